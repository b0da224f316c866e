import { strict as assert } from "node:assert";
import { afterEach, beforeEach, describe, it } from "mocha";
import { addressCheck } from "../../../media-service/domain/allowed-addresses";
import { LOCATOR, startOrigin, type TestOrigin } from "./test-origin";

const FILM = `/${LOCATOR}/film.ism`;
const MANIFEST = `${FILM}/manifest(format=m3u8-cmaf)`;
const SEGMENT = `${FILM}/QualityLevels(300000)/Fragments(video=20800000,format=m3u8-cmaf).m4s`;
const OFFICE = { name: "office", address: "203.0.113.0", subnetPrefixLength: 24 };

describe("who may use a streaming endpoint", () => {
  const ranges = [
    OFFICE,
    { name: "one", address: "198.51.100.7", subnetPrefixLength: null },
    { name: "v6", address: "2001:db8::", subnetPrefixLength: 32 },
  ];
  for (const [address, isAllowed] of [
    ["203.0.113.9", true],
    ["203.0.114.9", false],
    ["198.51.100.7", true],
    ["198.51.100.8", false],
    ["2001:db8:1::5", true],
    ["2001:db9::5", false],
    ["::ffff:203.0.113.9", true],
    ["::FFFF:203.0.114.9", false],
    ["203.0.113.9:4711", true],
    ["[2001:db8::1]:443", true],
    [" 203.0.113.9 ", true],
    ["203.0.113", false],
    ["unknown", false],
    ["", false],
  ] as const) {
    it(`is decided for "${address}"`, () => {
      assert.equal(addressCheck(ranges)(address), isAllowed);
    });
  }

  it("is anybody without a list, everybody with a range of all, nobody with an empty one", () => {
    const all = { name: "all", address: "0.0.0.0", subnetPrefixLength: 0 };
    assert.equal(addressCheck(null)("203.0.113.9"), true);
    assert.equal(addressCheck([all])("203.0.113.9"), true);
    assert.equal(addressCheck([])("203.0.113.9"), false);
  });
});

describe("an origin whose streaming endpoint has rules", () => {
  let origin: TestOrigin;
  beforeEach(async () => {
    origin = await startOrigin({ cache: { lookupMs: 1 } });
  });
  afterEach(() => origin.app.close());

  const get = (url: string, forwarded?: string) =>
    origin.app.inject({
      url,
      remoteAddress: "10.0.0.1",
      headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded },
    });

  it("serves only addresses on the list, by the last hop that the ingress added", async () => {
    origin.published.allowedAddresses = [OFFICE];

    for (const url of [
      MANIFEST,
      SEGMENT,
      `${FILM}/QualityLevels(300000)/Manifest(video,format=m3u8-cmaf)`,
    ]) {
      assert.equal((await get(url, "203.0.113.9")).statusCode, 200, url);
      assert.equal((await get(url, "192.0.2.1, 203.0.113.9")).statusCode, 200, url);
      const refused = await get(url, "203.0.113.9, 192.0.2.1");
      assert.equal(refused.statusCode, 403, url);
      assert.equal(refused.headers["cache-control"], "no-store");
      assert.equal((await get(url)).statusCode, 403, `${url} straight from 10.0.0.1`);
    }
    assert.equal((await get("/readyz", "192.0.2.1")).statusCode, 200);
  });

  it("says nothing of locators to others, whether there are or not", async () => {
    origin.published.allowedAddresses = [OFFICE];
    const unknown = MANIFEST.replace(LOCATOR, "00000000-0000-4000-8000-000000000000");

    assert.equal((await get(unknown, "203.0.113.9")).statusCode, 404);
    assert.equal((await get(unknown, "192.0.2.1")).statusCode, 403);
  });

  it("refuses a segment that it has just given to somebody else, and forgets a list that is gone", async () => {
    await get(SEGMENT, "192.0.2.1");
    assert.equal((await get(SEGMENT, "192.0.2.1")).statusCode, 200);
    origin.published.allowedAddresses = [OFFICE];
    await moment();
    assert.equal((await get(SEGMENT, "203.0.113.9")).statusCode, 200);
    assert.equal((await get(SEGMENT, "192.0.2.1")).statusCode, 403);
    origin.published.allowedAddresses = null;
    await moment();

    assert.equal((await get(SEGMENT, "192.0.2.1")).statusCode, 200);
  });

  it("lets manifests and segments be kept for as long as the endpoint says, also hot ones", async () => {
    const kept = async (url: string) => (await get(url)).headers["cache-control"];
    assert.equal(await kept(SEGMENT), "public, max-age=2592000, immutable");
    assert.equal(await kept(SEGMENT), "public, max-age=2592000, immutable");
    origin.published.maxAgeSeconds = 60;
    await moment();

    assert.equal(await kept(MANIFEST), "public, max-age=60");
    assert.equal(await kept(SEGMENT), "public, max-age=60");
    assert.equal(await kept(SEGMENT), "public, max-age=60");
    assert.equal(await kept(`/${LOCATOR}/film_640x360_300.mp4`), "public, max-age=4");
    origin.published.maxAgeSeconds = 0;
    await moment();
    assert.equal(await kept(SEGMENT), "public, max-age=0");
  });

  it("gives plug-ins its policies for pages of other sites, and 404 where it has none", async () => {
    const policies = {
      "/clientaccesspolicy.xml": "<access-policy/>",
      "/crossdomain.xml": "<cross-domain-policy>\u00fc</cross-domain-policy>",
    };
    for (const url of Object.keys(policies)) assert.equal((await get(url)).statusCode, 404);
    origin.published.clientAccessPolicy = policies["/clientaccesspolicy.xml"];
    origin.published.crossDomainPolicy = policies["/crossdomain.xml"];
    await moment();

    for (const [url, text] of Object.entries(policies)) {
      const { statusCode, body, headers } = await get(url);
      assert.deepEqual([statusCode, body], [200, text]);
      assert.equal(headers["content-type"], "text/xml; charset=utf-8");
      assert.equal(headers["cache-control"], "public, max-age=4");
      const head = await origin.app.inject({ method: "HEAD", url });
      assert.deepEqual([head.statusCode, head.body], [200, ""]);
    }
  });

  it("gives them to nobody whom it does not serve, nor while it is stopped", async () => {
    origin.published.crossDomainPolicy = "<cross-domain-policy/>";
    origin.published.allowedAddresses = [OFFICE];
    await moment();
    assert.equal((await get("/crossdomain.xml", "203.0.113.9")).statusCode, 200);
    assert.equal((await get("/crossdomain.xml", "192.0.2.1")).statusCode, 403);
    origin.published.running = false;
    await moment();

    assert.equal((await get("/crossdomain.xml", "203.0.113.9")).statusCode, 503);
  });

  it("serves under every host name that leads to it, with addresses that hold for all", async () => {
    const answers = await Promise.all(
      ["east.test", "video.example.com"].map((host) =>
        origin.app.inject({ url: MANIFEST, headers: { host } }),
      ),
    );

    assert.deepEqual(
      answers.map(({ statusCode }) => statusCode),
      [200, 200],
    );
    assert.equal(answers[0]?.body, answers[1]?.body);
    assert.doesNotMatch(answers[0]?.body ?? "", /https?:/);
  });
});

/** Longer than the origin believes what it has read of the endpoint. */
function moment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
