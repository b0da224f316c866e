import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { joinedBytes } from "../../../media-service/domain/joined-bytes";

describe("joining pieces of bytes", () => {
  const memory = Buffer.from("..0123456789..");
  const part = (start: number, end: number) => memory.subarray(start + 2, end + 2);

  it("copies nothing where they lie beside each other", () => {
    const joined = joinedBytes([part(1, 4), part(4, 4), part(4, 9)]);

    assert.equal(joined.toString(), "12345678");
    assert.equal(joined.buffer, memory.buffer);
  });

  for (const [why, pieces, expected] of [
    ["there is a gap", [part(1, 3), part(4, 6)], "1245"],
    ["they overlap", [part(1, 4), part(3, 6)], "123345"],
    ["they are the other way round", [part(4, 6), part(1, 4)], "45123"],
    ["they are of different memories", [part(1, 4), Buffer.from("456")], "123456"],
    ["there are none", [], ""],
  ] as const) {
    it(`copies where ${why}`, () => {
      assert.equal(joinedBytes(pieces).toString(), expected);
    });
  }
});
