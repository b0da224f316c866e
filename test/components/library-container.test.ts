import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { ConfigReader } from "../../components/settings/config-reader";
import { containerToList } from "../../components/settings/library";
import { libraryInWords } from "../../components/settings/library-in-words";
import { videosOfShard } from "../../components/settings/shard";
import { readVideos, type Video } from "../../components/settings/videos";
import type { BlobEntry } from "../../dynamic-providers/operations/copy/blob-entry";
import type { SourceListing } from "../../dynamic-providers/operations/source-container/list-source";

const container = "https://films.blob.core.windows.net/mezzanines";
const MD5 = "XUFAKrxLKna5cZ2REBfFkg==";

const blob = (name: string, changes: Partial<BlobEntry> = {}): BlobEntry => ({
  ...{ name, sizeBytes: 5, etag: "0x1", md5: MD5 },
  ...{ headers: {}, metadata: {}, tags: undefined },
  ...{ copiedFrom: undefined, tier: undefined, storeCopy: undefined },
  ...changes,
});

function reader(library: unknown): ConfigReader {
  return new ConfigReader((key) => (key === "library" ? JSON.stringify(library) : undefined));
}

function read(
  library: unknown,
  listing: SourceListing | BlobEntry[] = [],
  manifest?: string,
): { videos: Video[]; problems: string[] } {
  const config = reader(library);
  const videos = readVideos(config, {
    encodeIn: "east",
    dataCenterNames: ["east", "west"],
    fileSizeBytes: () => undefined,
    files: {
      find: () => [],
      readText: () => manifest,
      listing: Array.isArray(listing) ? { blobs: listing } : listing,
    },
  });
  return { videos, problems: config.problems };
}

describe("a library in Azure Storage", () => {
  it("is the video files in a container, named by their paths", () => {
    const listing = [blob("Big Buck Bunny.mp4"), blob("notes.txt"), blob("season-1/e01.mov")];

    assert.deepEqual(read({ container }, listing), {
      videos: [
        {
          ...{ title: "big-buck-bunny", name: "big-buck-bunny", encodeIn: "east" },
          ...{ file: "Big Buck Bunny.mp4" },
          blob: { container, etag: "0x1", sizeBytes: 5, md5: MD5 },
        },
        {
          ...{ title: "season-1-e01", name: "season-1-e01", encodeIn: "east" },
          ...{ file: "season-1/e01.mov" },
          blob: { container, etag: "0x1", sizeBytes: 5, md5: MD5 },
        },
      ],
      problems: [],
    });
  });

  it("takes the same files as a folder does, hidden ones and other endings left out", () => {
    const listing = ["a.mp4", ".b.mp4", "x/.y/c.mp4", "d.MP4", "e.mp4.part", "f/g.wmv", ".mp4"];

    assert.deepEqual(
      read(
        { container },
        listing.map((name) => blob(name)),
      ).videos.map(({ file }) => file),
      ["a.mp4", "f/g.wmv"],
    );
  });

  it("names videos by what follows the prefix's folders", () => {
    for (const [prefix, name] of [
      ["films/", "a-one"],
      ["films", "films-a-one"],
      ["films/a/o", "one"],
    ] as const) {
      const { videos, problems } = read({ container, prefix }, [blob("films/a/one.mp4")]);
      assert.deepEqual([videos.map((video) => video.name), problems], [[name], []], prefix);
    }
  });

  it("keeps a blob without a Content-MD5 by its ETag alone", () => {
    const { videos } = read({ container }, [blob("a.mp4", { md5: undefined })]);
    assert.deepEqual(videos[0]?.blob, { container, etag: "0x1", sizeBytes: 5 });
  });

  it("refuses two blobs of one name, empty ones and archived ones, and names each", () => {
    const listing = [
      ...[blob("a b.mp4"), blob("a/b.mp4"), blob("c.mp4", { sizeBytes: 0 })],
      blob("d.mp4", { tier: "Archive" }),
    ];

    assert.deepEqual(read({ container }, listing).problems, [
      'library.container "d.mp4": lies in the archive tier, where nobody can read it; move it to another tier, or out of the library',
      'library.container "a/b.mp4".name: "a-b" of "a/b.mp4" is taken by "a-b" of "a b.mp4"; choose another name',
      'library.container "c.mp4".file: "c.mp4" is empty',
    ]);
  });

  it("is what a manifest names, with all that it says of a video", () => {
    const guid = "fb403e51-8536-45ff-b4a2-e7602eaa44e3";
    const csv = `name,file,encodeIn,locatorId\nHeat,a/heat.dat,west,${guid}\n`;
    const library = { container, prefix: "films/", manifest: "list.csv" };
    const listing = [blob("films/a/heat.dat"), blob("films/b.mp4")];

    assert.deepEqual(read(library, listing, csv), {
      videos: [
        {
          ...{ title: "Heat", name: "heat", encodeIn: "west", file: "films/a/heat.dat" },
          ...{ locatorId: `nb:lid:UUID:${guid}` },
          blob: { container, etag: "0x1", sizeBytes: 5, md5: MD5 },
        },
      ],
      problems: [],
    });
  });

  it("is refused where a manifest names blobs that are not there, or can't be read", () => {
    const library = { container, manifest: "list.json" };
    const entries = ["gone.mp4", "cold.mp4", "empty.mp4", 7].map((file) => ({ name: "x", file }));
    const listing = [blob("cold.mp4", { tier: "Archive" }), blob("empty.mp4", { sizeBytes: 0 })];

    assert.deepEqual(read(library, listing, JSON.stringify(entries)).problems, [
      `library.manifest "list.json" entry 1.file: there is no blob "gone.mp4" in "${container}"`,
      'library.manifest "list.json" entry 2: lies in the archive tier, where nobody can read it; move it to another tier, or out of the library',
      'library.manifest "list.json" entry 3.file: "empty.mp4" is empty',
      'library.manifest "list.json" entry 3.name: "x" of "empty.mp4" is taken by "x" of "cold.mp4"; choose another name',
      'library.manifest "list.json" entry 4.file: is 7; allowed: a path relative to the project\'s root',
      'library.manifest "list.json" entry 4.name: "x" of "" is taken by "x" of "cold.mp4"; choose another name',
    ]);
    assert.deepEqual(read(library, { fault: "no such thing" }, "[]").problems, [
      'library.manifest: "list.json" lists no videos',
      `library.container: "${container}" can't be listed: no such thing`,
    ]);
    assert.match(
      read({ container, manifest: "a.csv", glob: "x" }).problems.join(),
      /^library: names glob and manifest and container; allowed: one of/,
    );
  });

  it("is refused without video files, and where it can't be listed", () => {
    assert.deepEqual(read({ container, prefix: "x/" }, [blob("x/y.txt")]).problems, [
      `library.container: "${container}" holds no video files below "x/"; give one that does`,
    ]);
    assert.deepEqual(read({ container }, { fault: "no such thing" }).problems, [
      `library.container: "${container}" can't be listed: no such thing`,
    ]);
  });

  it("is divided among shards by names, as any library", () => {
    const listing = Array.from({ length: 60 }, (_, index) => blob(`film ${index}.mp4`));
    const { videos } = read({ container }, listing);
    const parts = [1, 2, 3].map((index) =>
      videosOfShard(videos, { index, count: 3, front: undefined }),
    );

    assert.ok(parts.every((part) => part.length > 0));
    assert.deepEqual(new Set(parts.flat()), new Set(videos));
  });

  for (const [address, kept] of [
    [container, container],
    [`${container}/`, container],
    [
      "https://films.z12.blob.storage.azure.net/a-b",
      "https://films.z12.blob.storage.azure.net/a-b",
    ],
    ["https://f01.blob.core.usgovcloudapi.net/abc", "https://f01.blob.core.usgovcloudapi.net/abc"],
    ["http://127.0.0.1:10000/films/abc", "http://127.0.0.1:10000/films/abc"],
    ["https://localhost:10000/films/abc", "https://localhost:10000/films/abc"],
  ] as const) {
    it(`takes ${address}`, () => {
      const found = containerToList(reader({ container: address }));
      assert.deepEqual(found, { container: kept, prefix: "" });
    });
  }

  for (const [why, library, problem] of [
    ["another source beside it", { container, folder: "x" }, /names folder and container; allowed/],
    ["a member that is not known", { container, sas: "x" }, /^library\.sas: is not known; allowed/],
    [
      "a number",
      { container: 7 },
      /^library\.container: is 7; allowed: the address of a container/,
    ],
    ["plain http elsewhere", { container: "http://films.blob.core.windows.net/abc" }, /allowed: /],
    ["an account alone", { container: "https://films.blob.core.windows.net" }, /allowed: the addr/],
    ["a folder in it", { container: `${container}/a` }, /is "https:\/\/films.*\/a"; allowed: /],
    ["no legal container", { container: "https://films.blob.core.windows.net/A--b" }, /allowed: /],
    ["another service", { container: "https://films.file.core.windows.net/abc" }, /allowed: /],
    [
      "a prefix from a root",
      { container, prefix: "/films" },
      /^library\.prefix: is "\/films"; all/,
    ],
    ["a prefix that is no text", { container, prefix: 1 }, /^library\.prefix: is 1; allowed: what/],
  ] as [string, object, RegExp][]) {
    it(`is refused with ${why}`, () => {
      const { problems } = read(library, [blob("a.mp4")]);
      assert.equal(problems.length, 1, problems.join("\n"));
      assert.match(problems[0] ?? "", problem);
    });
  }

  it("is refused with a signature or a password, which is not said again", () => {
    const signed = read({ container: `${container}?sv=2024&sig=c2VjcmV0` }).problems.join("\n");
    assert.match(
      signed,
      /is "https:\/\/films\.blob\.core\.windows\.net\/mezzanines\?\.\.\."; a signature \(SAS\) would be written into the settings .*"Storage Blob Data Reader"/,
    );
    assert.doesNotMatch(signed, /sig=|c2VjcmV0/);
    const named = read({ container: "https://me:c2VjcmV0@films.blob.core.windows.net/abc" });
    assert.match(named.problems.join("\n"), /is "https:\/\/\.\.\.@films/);
    assert.equal(containerToList(reader({ container: `${container}?sig=x` })), undefined);
  });

  it("is told in a sentence: how many, how much, from where, which share, and told by what", () => {
    const listing = Array.from({ length: 1_000 }, (_, index) =>
      blob(`films/${index}.mp4`, {
        sizeBytes: 3_200_000_000,
        ...(index < 12 && { md5: undefined }),
      }),
    );
    const { videos } = read({ container, prefix: "films/" }, listing);
    const shard = { index: 1, count: 2, front: undefined };

    assert.equal(
      libraryInWords({ container, prefix: "films/" }, { videos, shard: undefined, others: 1_004 }),
      `library: 1,000 videos, 3.2 TB, of ${container}/films/; 1,004 that are no video files left out; 12 without a Content-MD5, which count as changed whenever they are written`,
    );
    assert.equal(
      libraryInWords({ container, prefix: "" }, { videos: videos.slice(20, 21), shard, others: 0 }),
      `library: 1 video, 3.2 GB, of ${container} (shard 1 of 2)`,
    );
  });
});
