import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { parseResourcePath } from "../../../media-service/odata/resource-path";

describe("resource paths", () => {
  for (const [path, segments] of [
    ["", []],
    ["/", []],
    ["//Assets", [{ name: "Assets" }]],
    ["/Assets()", [{ name: "Assets" }]],
    [
      "/Assets('nb:cid:UUID:1')/Files",
      [{ name: "Assets", key: "nb:cid:UUID:1" }, { name: "Files" }],
    ],
    ["/Assets(%27nb%3Acid%3AUUID%3A1%27)", [{ name: "Assets", key: "nb:cid:UUID:1" }]],
    ["/Assets('a%2Fb''c')", [{ name: "Assets", key: "a/b'c" }]],
    ["/Jobs('j')/OutputMediaAssets()", [{ name: "Jobs", key: "j" }, { name: "OutputMediaAssets" }]],
    ["/$batch", [{ name: "$batch" }]],
  ] as const) {
    it(`reads '${path}'`, () => {
      assert.deepEqual(parseResourcePath(path), segments);
    });
  }

  for (const path of [
    "/Assets('",
    "/Assets(1)",
    "/Assets('a'b')",
    "/As sets",
    "/%zz",
    "/Assets('a')x",
  ]) {
    it(`refuses '${path}'`, () => {
      assert.throws(() => parseResourcePath(path), { name: "InvalidInputError" });
    });
  }
});
