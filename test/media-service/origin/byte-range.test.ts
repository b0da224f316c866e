import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { parseRange } from "../../../media-service/origin/byte-range";

describe("Range", () => {
  for (const [header, expected] of [
    ["bytes=0-99", { start: 0, end: 99 }],
    ["bytes=900-", { start: 900, end: 999 }],
    ["bytes=-10", { start: 990, end: 999 }],
    ["bytes=-5000", { start: 0, end: 999 }],
    ["bytes=500-5000", { start: 500, end: 999 }],
    ["bytes=1000-", "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=5-4", undefined],
    ["bytes=0-1,5-6", undefined],
    ["bytes=-", undefined],
    ["lines=1-2", undefined],
    [undefined, undefined],
  ] as const) {
    it(`'${header ?? "none"}' of 1000 bytes`, () => {
      assert.deepEqual(parseRange(header, 1000), expected);
    });
  }
});
