import { strict as assert } from "node:assert";
import { setImmediate } from "node:timers/promises";
import { describe, it } from "mocha";
import { BodyCache } from "../../../media-service/origin/body-cache";
import type { GrowingBody } from "../../../media-service/origin/growing-body";

describe("bodies kept in memory", () => {
  const lengthOf = (body: Buffer | GrowingBody): number =>
    Buffer.isBuffer(body) ? body.length : body.sizeBytes;

  async function make(bytes: number): Promise<Buffer> {
    await setImmediate();
    return Buffer.alloc(bytes);
  }

  it("stay within their bound, the least recently asked for going first", async () => {
    const bodies = new BodyCache(250);
    for (const tag of ["a", "b"]) await bodies.get(tag, () => make(100));
    bodies.peek("a");
    await bodies.get("c", () => make(100));

    assert.deepEqual(
      ["a", "b", "c"].map((tag) => bodies.peek(tag) !== undefined),
      [true, false, true],
    );
  });

  it("are all delivered when they are far more than can be kept", async () => {
    const bodies = new BodyCache(1000);
    const asked = Array.from({ length: 100 }, (_, at) => bodies.get(`${at % 40}`, () => make(300)));

    assert.deepEqual([...new Set((await Promise.all(asked)).map(lengthOf))], [300]);
  });

  it("are made once for all who ask at the same time, and again for those who ask after a failure", async () => {
    const bodies = new BodyCache();
    let made = 0;
    const fail = async (): Promise<Buffer> => {
      made++;
      await setImmediate();
      throw new Error("no");
    };
    const results = await Promise.allSettled([bodies.get("a", fail), bodies.get("a", fail)]);

    assert.deepEqual(
      results.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    assert.equal(made, 1);
    assert.equal(lengthOf(await bodies.get("a", () => make(7))), 7);
  });

  it("are never kept when they are larger than the bound", async () => {
    const bodies = new BodyCache(10);

    assert.equal(lengthOf(await bodies.get("a", () => make(11))), 11);
    assert.equal(bodies.peek("a"), undefined);
  });
});
