import { strict as assert } from "node:assert";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, it } from "mocha";
import { UnavailableError } from "../../../media-service/domain/errors";
import type { Readiness } from "../../../media-service/origin/readiness";
import { CONTAINER, LOCATOR, putFilm, startOrigin, type TestOrigin } from "./test-origin";

const OTHER = "99999999-4b5a-4697-8877-665544332211";
/** An answer is given again for two seconds. */
const KEPT_MS = 2_050;

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
      /no published asset can be read \(1 tried\): there is no blob/,
    );
  });

  it("stays ready when more of its assets are bad than it tries at once", async () => {
    origin.blobs.remove(CONTAINER, "film_640x360_300.mp4");
    for (let i = 10; i < 40; i += 1) {
      const guid = `${i}000000-4b5a-4697-8877-665544332211`;
      origin.published.publish(guid);
      putFilm(origin.blobs, `asset-${guid}`);
      origin.blobs.remove(`asset-${guid}`, "film_640x360_300.mp4");
    }
    origin.published.publish(OTHER);
    putFilm(origin.blobs, `asset-${OTHER}`, "good");
    const { status, readiness } = await ask();

    assert.equal(status, 200);
    assert.equal(readiness.checks.segment.detail, "read a segment of 'good.ism'");
  });

  it("stays ready when the asset that it read last hangs from now on", async () => {
    await ask();
    origin.blobs.before = (_operation, name) =>
      name === CONTAINER || name.startsWith("film")
        ? new Promise(() => undefined)
        : Promise.resolve();
    origin.published.publish(OTHER);
    putFilm(origin.blobs, `asset-${OTHER}`, "second");
    await delay(KEPT_MS);
    const { status, readiness } = await ask();

    assert.equal(status, 200);
    assert.equal(readiness.checks.segment.detail, "read a segment of 'second.ism'");
  });

  it("believes its memory of a file no longer than the file is the same", async () => {
    await ask();
    origin.blobs.put(CONTAINER, "film_640x360_300.mp4", "this is no film any more");
    await delay(KEPT_MS);
    const { status } = await ask();

    assert.equal(status, 503);
  });

  it("reads a file anew that was replaced by a good one", async () => {
    await ask();
    putFilm(origin.blobs, CONTAINER);
    await delay(KEPT_MS);

    assert.equal((await ask()).status, 200);
  });

  it("does not take its own being held up for a store that is silent", async () => {
    origin.blobs.before = () => delay(10);
    const asked = ask();
    await new Promise(setImmediate);
    const until = performance.now() + 3_000;
    while (performance.now() < until); // as a worker in this process could

    const answer = await asked;
    assert.equal(answer.status, 200, JSON.stringify(answer));
  });

  it("does not begin a check while another one has not ended", async () => {
    let pings = 0;
    origin.blobs.before = (operation) => {
      if (operation === "ping") pings += 1;
      return new Promise(() => undefined);
    };
    const first = ask();
    await delay(KEPT_MS);
    await Promise.all([first, ask()]);

    assert.equal(pings, 1);
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
