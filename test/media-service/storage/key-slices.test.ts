import { strict as assert } from "node:assert";
import fc from "fast-check";
import { describe, it } from "mocha";
import { type KeySlice, KeySlices } from "../../../media-service/storage/key-slices";

function slicesOf(
  guids: readonly string[],
  after?: string,
): { slices: KeySlice[]; keys: string[] } {
  const cutter = new KeySlices("kind", after);
  const slices: KeySlice[] = [];
  const keys: string[] = [];
  let found: number | undefined;
  for (let slice = cutter.next(); slice !== undefined; slice = cutter.next(found)) {
    const { first, end } = slice;
    const here = guids.map((guid) => `kind!${guid}`).filter((key) => key > first && key < end);
    found = here.length;
    keys.push(...here.sort());
    slices.push(slice);
  }
  return { slices, keys };
}

describe("slices of keys", () => {
  it("hold every key once, in order, from where they begin", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.uuid()), fc.option(fc.uuid()), (guids, after) => {
        const wanted = guids.filter((guid) => after === null || guid > after).sort();
        const { keys } = slicesOf(guids, after ?? undefined);
        assert.deepEqual(
          keys,
          wanted.map((guid) => `kind!${guid}`),
        );
      }),
    );
  });

  it("are two for a short list, and about one for each answer of a long one", () => {
    assert.equal(slicesOf([]).slices.length, 2);
    const guids = Array.from(
      { length: 20_000 },
      (_, n) =>
        `${Math.floor((n / 20_000) * 2 ** 32)
          .toString(16)
          .padStart(8, "0")}-0000-4000-8000-000000000000`,
    );
    const { slices, keys } = slicesOf(guids);
    assert.equal(keys.length, 20_000);
    assert.ok(slices.length >= 20 && slices.length <= 30, `${slices.length} slices`);
  });
});
