import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { inRunOrder } from "../../../media-service/domain/run-order";

const task = (name: string, inputAssetIds: string[], outputs: string[]) => ({
  name,
  inputAssetIds,
  outputs: outputs.map((assetId) => ({ assetId, name: "", options: 0, formatOption: 0 })),
});

describe("the order of a job's tasks", () => {
  it("puts a task behind those whose outputs it reads, and keeps the rest", () => {
    const tasks = [task("c", ["b"], ["c"]), task("x", ["in"], ["x"]), task("b", ["in"], ["b"])];
    assert.deepEqual(
      inRunOrder(tasks).map(({ name }) => name),
      ["x", "b", "c"],
    );
  });

  it("is refused when tasks wait for each other", () => {
    assert.throws(() => inRunOrder([task("a", ["b"], ["a"]), task("b", ["a"], ["b"])]), {
      name: "InvalidInputError",
    });
  });
});
