import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { isKnownRegion, regionDistanceKm } from "../../policy/region-distance";

describe("the distance between regions", () => {
  it("is about what a map says", () => {
    assert(Math.abs((regionDistanceKm("eastus", "West Europe") ?? 0) - 6_500) < 500);
    assert.equal(regionDistanceKm("eastus", "eastus"), 0);
  });

  for (const name of ["moonbase", "", "constructor"]) {
    it(`is not known for '${name}'`, () => {
      assert.equal(isKnownRegion(name), false);
      assert.equal(regionDistanceKm("eastus", name), undefined);
    });
  }
});
