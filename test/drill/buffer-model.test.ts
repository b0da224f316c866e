import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { BufferModel } from "../../drill/viewers/buffer-model";

describe("the buffer of a paced viewer", () => {
  it("begins to shrink when there is enough for a picture", () => {
    const buffer = new BufferModel();
    buffer.add(1, 2);
    assert.equal(buffer.levelAt(9), 2);
    buffer.add(9, 2);

    assert.equal(buffer.levelAt(10), 3);
  });

  it("counts a stall from when it was empty until something arrives", () => {
    const buffer = new BufferModel();
    buffer.add(0, 4);
    buffer.add(6.5, 2);

    assert.deepEqual(buffer.stalls, [{ from: 4, to: 6.5 }]);
    assert.equal(buffer.levelAt(7), 1.5);
  });

  it("has no stall when the next part arrives in time", () => {
    const buffer = new BufferModel();
    for (let at = 0; at < 20; at += 2) buffer.add(at, at === 0 ? 4 : 2);
    buffer.finish(21);

    assert.deepEqual(buffer.stalls, []);
  });

  it("counts a picture that stands still at the end", () => {
    const buffer = new BufferModel();
    buffer.add(0, 4);
    buffer.finish(10);

    assert.deepEqual(buffer.stalls, [{ from: 4, to: 10 }]);
  });
});
