import { strict as assert } from "node:assert";
import { afterEach, beforeEach, describe, it } from "mocha";
import { UnavailableError } from "../../../media-service/domain/errors";
import type { Readiness } from "../../../media-service/origin/readiness";
import { CONTAINER, LOCATOR, putFilm, startOrigin, type TestOrigin } from "./test-origin";

const OTHER = "99999999-4b5a-4697-8877-665544332211";

describe("GET /readyz", () => {
  let origin: TestOrigin;
  const ask = async (): Promise<{ status: number; readiness: Readiness }> => {
    const response = await origin.app.inject("/readyz");
    assert.equal(response.headers["cache-control"], "no-store");
    return { status: response.statusCode, readiness: response.json<Readiness>() };
  };

  beforeEach(async () => {
    origin = await startOrigin();
  });
  afterEach(() => origin.app.close());

  it("is ready when it has read a segment from the store", async () => {
    const { status, readiness } = await ask();

    assert.equal(status, 200);
    assert.equal(readiness.dataCenter, "east");
    assert.equal(readiness.checks.segment.detail, "read a segment of 'film.ism'");
    assert(origin.blobs.reads.some(({ blob }) => blob === "film_640x360_300.mp4"));
  });

  it("is ready when nothing is published yet", async () => {
    origin.published.assets.clear();
    const { status, readiness } = await ask();

    assert.equal(status, 200);
    assert.equal(readiness.checks.segment.detail, "nothing is published yet");
  });

  it("is not ready when its streaming endpoint is stopped", async () => {
    origin.published.running = false;
    const { status, readiness } = await ask();

    assert.equal(status, 503);
    assert.deepEqual(readiness.checks.streamingEndpoint, {
      ok: false,
      detail: "the streaming endpoint is stopped",
    });
  });

  it("is not ready when the store is unreachable, and says so", async () => {
    origin.blobs.before = () => Promise.reject(new UnavailableError("the store is away"));
    const { status, readiness } = await ask();

    assert.equal(status, 503);
    assert.deepEqual(readiness.checks.store, { ok: false, detail: "the store is away" });
    assert.equal(readiness.checks.segment.ok, false);
  });

  it("stays ready when one of its assets is bad", async () => {
    origin.blobs.remove(CONTAINER, "film_640x360_300.mp4");
    origin.published.publish(OTHER);
    putFilm(origin.blobs, `asset-${OTHER}`, "second");
    const { status, readiness } = await ask();

    assert.equal(status, 200);
    assert.equal(readiness.checks.segment.detail, "read a segment of 'second.ism'");
  });

  it("is not ready when none of its assets can be read", async () => {
    origin.blobs.remove(CONTAINER, "film_640x360_300.mp4");
    const { status, readiness } = await ask();

    assert.equal(status, 503);
    assert.match(
      readiness.checks.segment.detail,
      /no published asset can be read: there is no blob/,
    );
  });

  it("keeps what is not written for strangers to itself", async () => {
    origin.blobs.before = () => Promise.reject(new Error("key=secret"));

    assert.doesNotMatch(JSON.stringify(await ask()), /secret/);
  });

  it("gives up on a store that hangs, in less than three seconds", async () => {
    const never = new Promise<void>(() => undefined);
    origin.blobs.before = () => never;
    origin.published.before = () => never;
    const begun = performance.now();
    const { status, readiness } = await ask();

    assert.equal(status, 503);
    assert(performance.now() - begun < 3000);
    assert.equal(readiness.checks.store.detail, "no answer within 2500 ms");
  });

  it("asks the store once for many probes at the same time", async () => {
    let pings = 0;
    origin.blobs.before = (operation) => {
      if (operation === "ping") pings += 1;
      return Promise.resolve();
    };
    await Promise.all(Array.from({ length: 10 }, ask));

    assert.equal(pings, 1);
    assert.equal(origin.published.assets.has(LOCATOR), true);
  });
});
