import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { readClassicEndpoint } from "../../components/settings/classic-endpoint";
import { ConfigReader } from "../../components/settings/config-reader";
import { readMediaServices } from "../../components/settings/media-services";

function read(streamingEndpoint: unknown) {
  const config = new ConfigReader(() =>
    streamingEndpoint === undefined ? undefined : JSON.stringify(streamingEndpoint),
  );
  return { endpoint: readClassicEndpoint(config), problems: config.problems };
}

const key = { identifier: "one", base64Key: "a2V5", expiration: "2030-01-31T00:00:00Z" };

describe("the settings of a classic streaming endpoint", () => {
  it("are those of a Standard one that streams to everybody where nothing is said", () => {
    const { endpoint, problems } = read(undefined);

    assert.deepEqual(problems, []);
    assert.deepEqual(
      [endpoint.scaleUnits, endpoint.allow, endpoint.akamaiKeys, endpoint.cdn],
      [0, [], [], undefined],
    );
  });

  it("take single addresses and ranges of both kinds", () => {
    const { endpoint, problems } = read({ allow: ["203.0.113.7", "10.0.0.0/8", "2001:db8::/32"] });

    assert.deepEqual(problems, []);
    assert.deepEqual(
      endpoint.allow.map(({ address, prefixLength }) => `${address} ${prefixLength}`),
      ["203.0.113.7 32", "10.0.0.0 8", "2001:db8:: 32"],
    );
  });

  for (const { why, given, problem } of [
    {
      why: "more scale units than there are",
      given: { scaleUnits: 11 },
      problem: "streamingEndpoint.scaleUnits: is 11; allowed: a whole number from 0 to 10",
    },
    {
      why: "a cache age of nothing",
      given: { maxCacheAgeSeconds: 0 },
      problem:
        "streamingEndpoint.maxCacheAgeSeconds: is 0; allowed: a whole number from 1 to 2147483647",
    },
    {
      why: "a range that ends behind its address",
      given: { allow: ["203.0.113.0/33"] },
      problem: /^streamingEndpoint\.allow: has "203\.0\.113\.0\/33" in it; allowed: an IP address/,
    },
    {
      why: "an address that is none",
      given: { allow: ["1.2.3"] },
      problem: /^streamingEndpoint\.allow: has "1\.2\.3" in it/,
    },
    {
      why: "a host with a scheme",
      given: { customHostNames: ["https://video.example.com"] },
      problem: /^streamingEndpoint\.customHostNames\[0\]: is "https:.*; allowed: a domain/,
    },
    {
      why: "a list that is none",
      given: { allow: "203.0.113.7" },
      problem: 'streamingEndpoint.allow: must be a list, got "203.0.113.7"',
    },
    {
      why: "a provider that there never was",
      given: { cdn: { provider: "Acme" } },
      problem: /^streamingEndpoint\.cdn\.provider: is "Acme"; allowed: StandardVerizon, /,
    },
    {
      why: "addresses beside a content delivery network",
      given: { cdn: { provider: "StandardVerizon" }, allow: ["203.0.113.7"] },
      problem: /^streamingEndpoint\.allow: is set beside cdn/,
    },
    {
      why: "a key that is none, without showing it",
      given: { akamaiKeys: [{ ...key, base64Key: "not 4711" }] },
      problem: "streamingEndpoint.akamaiKeys[0].base64Key: is required; allowed: a key in base64",
    },
    {
      why: "a key without an end",
      given: { akamaiKeys: [{ ...key, expiration: "2030" }] },
      problem: /^streamingEndpoint\.akamaiKeys\[0\]\.expiration: is "2030"; allowed: a moment/,
    },
    {
      why: "a misspelt member",
      given: { scaleunits: 1 },
      problem: /^streamingEndpoint\.scaleunits: is not known; allowed: akamaiKeys, allow, /,
    },
  ]) {
    it(`refuse ${why}`, () => {
      const { problems } = read(given);

      assert.equal(problems.length, 1, problems.join("\n"));
      assert(!problems.join().includes("4711"));
      if (typeof problem === "string") assert.equal(problems[0], problem);
      else assert.match(problems[0] ?? "", problem);
    });
  }

  it("are refused where no classic account is declared", () => {
    const values: Record<string, string> = {
      image: `registry.test/media@sha256:${"a".repeat(64)}`,
      streamingEndpoint: JSON.stringify({ scaleUnits: 1 }),
      keyDeliveryAllow: JSON.stringify(["203.0.113.7"]),
    };
    const config = new ConfigReader((name) => values[name]);
    readMediaServices(config, ["east", "west"]);

    assert.deepEqual(config.problems, [
      'streamingEndpoint: is set, but mediaServices is "self-hosted"; allowed with "azure" only',
      'keyDeliveryAllow: is set, but mediaServices is "self-hosted"; allowed with "azure" only',
    ]);
  });
});
