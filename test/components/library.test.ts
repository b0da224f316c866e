import { strict as assert } from "node:assert";
import fc from "fast-check";
import { describe, it } from "mocha";
import { ConfigReader } from "../../components/settings/config-reader";
import { readVideos, type Video } from "../../components/settings/videos";
import { nameOfFile } from "../../components/settings/video-names";

interface Read {
  videos: Video[];
  problems: string[];
}

/** Reads a library of files that are there, the texts of some of them given. */
function read(config: Record<string, unknown>, disk: Record<string, string> = {}): Read {
  const reader = new ConfigReader((key) => {
    return config[key] === undefined ? undefined : JSON.stringify(config[key]);
  });
  const videos = readVideos(reader, {
    encodeIn: "east",
    dataCenterNames: ["east", "west"],
    fileSizeBytes: (file) => disk[file]?.length,
    files: {
      find: (pattern) => {
        const base = pattern.slice(0, pattern.indexOf("*"));
        return Object.keys(disk)
          .filter((file) => file.startsWith(base))
          .sort();
      },
      readText: (file) => disk[file],
    },
  });
  return { videos, problems: reader.problems };
}

const named = ({ videos }: Read): string[][] => videos.map(({ name, file }) => [name, file]);

describe("a library", () => {
  it("of a folder is its video files, named by their paths below it", () => {
    const disk = { "films/Big Buck Bunny.mp4": "x", "films/season-1/e01.mov": "x" };

    assert.deepEqual(named(read({ library: { folder: "films/" } }, disk)), [
      ["big-buck-bunny", "films/Big Buck Bunny.mp4"],
      ["season-1-e01", "films/season-1/e01.mov"],
    ]);
  });

  it("of a pattern names files by what follows its fixed folders", () => {
    const disk = { "films/a/one.mp4": "x", "films/b/one.mp4": "x" };

    assert.deepEqual(named(read({ library: { glob: "films/*/*.mp4" } }, disk)), [
      ["a-one", "films/a/one.mp4"],
      ["b-one", "films/b/one.mp4"],
    ]);
  });

  it("comes after the videos that are listed one by one", () => {
    const disk = { "films/two.mp4": "x", "one.mp4": "x" };
    const videos = [{ name: "One", file: "one.mp4" }];
    const found = read({ videos, library: { glob: "films/*.mp4" } }, disk);

    assert.deepEqual([found.videos.map(({ name }) => name), found.problems], [["one", "two"], []]);
  });

  it("refuses two files of one name, and names both", () => {
    const disk = { "films/a/b.mp4": "x", "films/a-b.mp4": "x", "films/A b.mov": "x" };

    assert.deepEqual(read({ library: { folder: "films" } }, disk).problems, [
      'library.folder "films/a-b.mp4".name: "a-b" of "films/a-b.mp4" is taken by "a-b" of "films/A b.mov"; choose another name',
      'library.folder "films/a/b.mp4".name: "a-b" of "films/a/b.mp4" is taken by "a-b" of "films/A b.mov"; choose another name',
    ]);
  });

  it("of a CSV manifest is its lines", () => {
    const csv =
      '\uFEFFname,file,encodeIn\r\n"Sintel, the film",a.mp4,\r\n\r\nTwo,"b, c.mp4",west\r\n';
    const bad = read({ library: { manifest: "list.csv" } }, { "list.csv": csv, "a.mp4": "x" });
    assert.deepEqual(bad.problems, [
      'library.manifest "list.csv" line 2.name: is "Sintel, the film"; allowed: up to 60 letters, digits, spaces, dots, hyphens and underscores',
      'library.manifest "list.csv" line 4.file: there is no file "b, c.mp4" below the project\'s root',
    ]);

    const good = csv.replace('"Sintel, the film"', "Sintel");
    const disk = { "list.csv": good, "a.mp4": "x", "b, c.mp4": "x" };
    assert.deepEqual(
      read({ library: { manifest: "list.csv" } }, disk).videos.map(({ name, file, encodeIn }) => [
        ...[name, file, encodeIn],
      ]),
      [
        ["sintel", "a.mp4", "east"],
        ["two", "b, c.mp4", "west"],
      ],
    );
  });

  it("of a JSON manifest is its entries", () => {
    const list = JSON.stringify([{ name: "One", file: "a.mp4", encodeIn: "west" }]);

    assert.deepEqual(
      read({ library: { manifest: "list.json" } }, { "list.json": list, "a.mp4": "x" }).videos,
      [{ title: "One", name: "one", file: "a.mp4", encodeIn: "west" }],
    );
  });

  for (const [why, library, problem, disk = {}] of [
    [
      "no source",
      { fodler: "x" },
      /^library: names no source; allowed: one of folder, glob, manifest, container, or a manifest with the container that its files are in$/,
    ],
    ["two sources", { folder: "x", glob: "y" }, /^library: names folder and glob; allowed: one of/],
    ["a member that is not known", { folder: "x", depth: 2 }, /^library\.depth: is not known/],
    ["a folder that is no text", { folder: 7 }, /^library\.folder: is 7; allowed: a path/],
    [
      "a folder without videos",
      { folder: "none" },
      /^library\.folder: "none" holds no video files/,
    ],
    ["a manifest that is missing", { manifest: "a.csv" }, /there is no file "a\.csv"/],
    [
      "a manifest of another kind",
      { manifest: "a.txt" },
      /is "a\.txt"; allowed: a file that ends in/,
    ],
    [
      "a manifest without videos",
      { manifest: "a.csv" },
      /lists no videos/,
      { "a.csv": "name,file\n" },
    ],
    [
      "a broken CSV",
      { manifest: "a.csv" },
      /"a\.csv" is not CSV: /,
      { "a.csv": 'name,file\n"x,y\n' },
    ],
    ["a broken JSON", { manifest: "a.json" }, /"a\.json" is not JSON: /, { "a.json": "[{" }],
    ["a JSON object", { manifest: "a.json" }, /must hold a list/, { "a.json": "{}" }],
    ["a list of texts", { manifest: "a.json" }, /entry 1 is none/, { "a.json": '["x"]' }],
    [
      "an unknown column",
      { manifest: "a.csv" },
      /line 2\.title: is not known/,
      { "a.csv": "title\nx\n" },
    ],
  ] as [string, object, RegExp, Record<string, string>?][]) {
    it(`is refused with ${why}`, () => {
      assert.match(read({ library }, disk).problems.join("\n"), problem);
    });
  }
});

describe("the name of a file's video", () => {
  it("is legal, whatever the file is called", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (path) => {
        assert.match(nameOfFile(`${path}.mp4`), /^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$/);
      }),
    );
  });

  it("tells long paths apart by a hash, and keeps what people can read", () => {
    const [first, second] = ["1", "2"].map((end) =>
      nameOfFile(`${"series/".repeat(12)}${end}.mp4`),
    );

    assert.match(first ?? "", /^series-series-.*-[0-9a-f]{8}$/);
    assert.notEqual(first, second);
    assert.equal(nameOfFile("Amélie (2001).mkv"), "amelie-2001");
    assert.match(nameOfFile("映画.mp4"), /^video-[0-9a-f]{8}$/);
  });
});
