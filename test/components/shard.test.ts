import { strict as assert } from "node:assert";
import fc from "fast-check";
import { describe, it } from "mocha";
import { ConfigReader } from "../../components/settings/config-reader";
import { readShard, videosOfShard } from "../../components/settings/shard";
import { committedConfig, type Config, runProgram } from "./run-program";

const video = (name: string) => ({ title: name, name, file: `${name}.mp4`, encodeIn: "east" });
const library = fc.uniqueArray(fc.stringMatching(/^[a-z0-9-]{1,60}$/), { maxLength: 60 });
const counts = fc.integer({ min: 1, max: 1_000 });
const place = fc.record({ count: counts, wanted: counts });

/** Names of the videos of each shard, the first shard's first. */
function shardsOf(names: string[], count: number): string[][] {
  return Array.from({ length: count }, (_, place) =>
    videosOfShard(names.map(video), { index: place + 1, count, front: undefined }).map(
      ({ name }) => name,
    ),
  );
}

describe("The shards of a library", () => {
  it("hold every video exactly once together, in the library's order", () => {
    fc.assert(
      fc.property(library, fc.integer({ min: 1, max: 40 }), (names, count) => {
        const shards = shardsOf(names, count);
        assert.deepEqual(shards.flat().sort(), [...names].sort());
        for (const shard of shards) {
          assert.deepEqual(
            shard,
            names.filter((name) => shard.includes(name)),
          );
        }
      }),
    );
  });

  it("keep each video where it is when others come or go", () => {
    fc.assert(
      fc.property(library, library, place, (names, others, { count, wanted }) => {
        const shard = { index: Math.min(wanted, count), count, front: undefined };
        const mine = (all: string[]) =>
          videosOfShard(all.map(video), shard).map(({ name }) => name);
        const both = [...names, ...others.filter((name) => !names.includes(name))];
        assert.deepEqual(
          mine(both).filter((name) => names.includes(name)),
          mine(names),
        );
      }),
    );
  });

  it("lose videos to added shards only when there are more of them", () => {
    fc.assert(
      fc.property(library, place, counts, (names, { count, wanted }, other) => {
        const [few, many] = count < other ? [count, other] : [other, count];
        const index = Math.min(wanted, few);
        const held = (count: number) =>
          videosOfShard(names.map(video), { index, count, front: undefined });
        const before = held(few);
        assert(held(many).every((after) => before.some(({ name }) => name === after.name)));
      }),
    );
  });

  it("are of about one size, also where names differ by a number only", () => {
    const names = Array.from({ length: 5_000 }, (_, number) => `episode-${number}`);
    for (const shard of shardsOf(names, 5)) {
      assert(Math.abs(shard.length - 1_000) < 130, `one holds ${shard.length} of 5,000`);
    }
  });

  it("are the same for ever", () => {
    // Any other answer would move videos of libraries that are deployed.
    const names = ["big-buck-bunny", "charge", "sintel", "spring", "tears-of-steel", "tiny-clip"];
    assert.deepEqual(shardsOf(names, 2), [
      ["spring", "tiny-clip"],
      ["big-buck-bunny", "charge", "sintel", "tears-of-steel"],
    ]);
    assert.deepEqual(shardsOf(names, 3), [
      ["spring", "tiny-clip"],
      ["big-buck-bunny", "sintel"],
      ["charge", "tears-of-steel"],
    ]);
  });
});

describe("The setting of a shard", () => {
  const existing = { kind: "existing", accounts: {} } as const;
  const selfHosted = {
    ...({ kind: "self-hosted", encoder: "auto", logLevel: "info" } as const),
    ...{ image: "", watchPage: false },
  };
  const read = (shard: unknown, surroundings: Partial<Parameters<typeof readShard>[1]> = {}) => {
    const config = new ConfigReader(() => JSON.stringify(shard));
    const settings = { mediaServices: existing, domain: undefined, ...surroundings };
    return { shard: readShard(config, settings), problems: config.problems };
  };

  it("is none where nothing is set", () => {
    assert.deepEqual(read({}), { shard: undefined, problems: [] });
  });

  it("is an index and a count, and in further stacks what the first one declared", () => {
    assert.deepEqual(read({ index: 1, count: 3 }), {
      shard: { index: 1, count: 3, front: undefined },
      problems: [],
    });
    const hosts = { edgeHost: "edge.test:81", trafficManagerHost: "router.test" };
    assert.deepEqual(read({ index: 3, count: 3, ...hosts }), {
      shard: { index: 3, count: 3, front: hosts },
      problems: [],
    });
  });

  const further = { index: 2, count: 2, edgeHost: "edge.test" };
  for (const { why, shard, surroundings, problem } of [
    { why: "a number that is none", shard: 2, problem: /^shard: must be an object, got 2$/ },
    {
      why: "no count",
      shard: { index: 1 },
      problem: /^shard\.count: is required; allowed: .*1 to/,
    },
    {
      why: "no index",
      shard: { count: 2 },
      problem: /^shard\.index: is required; allowed: .*1 to 2/,
    },
    {
      why: "an index of 0",
      shard: { index: 0, count: 2 },
      problem: /^shard\.index: is 0; allowed/,
    },
    {
      why: "an index past the count",
      shard: { index: 3, count: 2 },
      problem: /index: is 3; .* to 2$/,
    },
    { why: "half an index", shard: { index: 1.5, count: 2 }, problem: /^shard\.index: is 1\.5; / },
    {
      why: "an index as text",
      shard: { index: "1", count: 2 },
      problem: /^shard\.index: is "1"; /,
    },
    { why: "a count of 0", shard: { index: 1, count: 0 }, problem: /^shard\.count: is 0; allowed/ },
    {
      why: "a further stack without a count, once",
      shard: { index: 2, edgeHost: "edge.test" },
      problem: /^shard\.count: is required; allowed: a whole number from 1 to 1000$/,
    },
    {
      why: "an index past the count, once, where the edge is said",
      shard: { index: 3, count: 2, edgeHost: "edge.test" },
      problem: /^shard\.index: is 3; allowed: a whole number from 1 to 2$/,
    },
    {
      why: "an edge of another stack in the first",
      shard: { index: 1, count: 2, edgeHost: "edge.test" },
      problem: "shard.edgeHost: is not known; allowed: index, count",
    },
    {
      why: "a further stack that does not know the edge",
      shard: { index: 2, count: 2 },
      problem: /^shard\.edgeHost: is required; allowed: the first stack's output/,
    },
    {
      why: "an address in a host's place",
      shard: { ...further, trafficManagerHost: "http://router.test/" },
      problem: /^shard\.trafficManagerHost: is "http:\/\/router\.test\/"; allowed: /,
    },
    {
      why: "accounts of its own in a further stack",
      shard: further,
      surroundings: { mediaServices: selfHosted },
      problem: /^mediaServices: is "self-hosted", but shard\.index is 2; allowed: existing/,
    },
    {
      why: "a domain in a further stack",
      shard: further,
      surroundings: { domain: { name: "a.test", zone: undefined, certificateId: undefined } },
      problem: /^domain: belongs to the first stack/,
    },
  ]) {
    it(`refuses ${why}`, () => {
      const { problems } = read(shard, surroundings);

      assert.equal(problems.length, 1, problems.join("\n"));
      if (typeof problem === "string") assert.equal(problems[0], problem);
      else assert.match(problems[0] ?? "", problem);
    });
  }
});

describe("A stack that holds a shard", function () {
  this.timeout(120_000);
  const dev = committedConfig("dev");
  const file = "samples/big-buck-bunny-40s.mp4";
  const videos = ["sintel", "big-buck-bunny", "spring", "tiny-clip"].map((name) => ({
    name,
    file,
  }));
  const account = (name: string) => ({
    apiUrl: `http://${name}.test/api/`,
    accountName: name,
    accountKey: "s3cret",
    streamingHost: `${name}.test`,
  });
  const further: Config = {
    ...{ videos, image: undefined, watchPage: undefined, mediaServices: "existing" },
    accounts: { east: account("east"), west: account("west") },
  };
  const titles = (outputs: Record<string, unknown>) =>
    (outputs["videos"] as { name: string }[]).map(({ name }) => name);

  it("declares, as a further one, its videos alone, and says their addresses on the first one's edge", async () => {
    const shard = { index: 2, count: 2, edgeHost: "edge.test", trafficManagerHost: "router.test" };
    const first = await runProgram("dev", { ...dev, videos, shard: { index: 1, count: 2 } });
    const second = await runProgram("dev", { ...dev, ...further, shard });

    assert.deepEqual(
      second.resources.filter(({ type }) => /^(?:azure-native|twinstream:edge):/.test(type)),
      [],
    );
    assert(first.resources.some(({ type }) => type === "azure-native:cdn:Profile"));
    assert.deepEqual(
      [...titles(first.outputs), ...titles(second.outputs)].sort(),
      videos.map(({ name }) => name).sort(),
    );
    const [video] = second.outputs["videos"] as [{ urls: Record<string, { hls: string }> }];
    assert.deepEqual(
      Object.fromEntries(
        Object.entries(video.urls).map(([on, { hls }]) => [on, new URL(hls).host]),
      ),
      { east: "east.test", west: "west.test", edge: "edge.test", trafficManager: "router.test" },
    );
    assert.equal(second.outputs["edgeHost"], "edge.test");
    assert.equal(second.outputs["trafficManagerHost"], "router.test");
  });
});
