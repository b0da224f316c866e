import { strict as assert } from "node:assert";
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { describe, it } from "mocha";
import { stringify } from "yaml";
import { deploymentOf, stacks } from "./declared-resources";
import type { Declared, Deployment } from "./deploy";
import { expectedText, howToUpdate } from "./expectations";

const folder = resolve(__dirname, "expected/stacks");

/** Every resource with its exact inputs, in an order that doesn't depend on the run. */
function written({ resources }: Deployment): string {
  const entries = resources
    .filter(({ type }) => !type.startsWith("twinstream:"))
    .map((one) => [`${one.type} ${one.name}`, essence(one)] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return stringify(Object.fromEntries(entries), {
    sortMapEntries: false,
    aliasDuplicateObjects: false,
    lineWidth: 0,
  });
}

/** What the engine is told beside the inputs, where it is not the usual. */
function essence({ inputs, secrets, provider, protect, ignoreChanges }: Declared): object {
  return {
    inputs,
    ...(secrets.length > 0 && { secrets: [...secrets].sort() }),
    ...(provider !== "" && { provider }),
    ...(protect && { protect }),
    ...(ignoreChanges.length > 0 && { ignoreChanges }),
  };
}

describe("Every resource's exact inputs", function () {
  this.timeout(120_000);

  for (const stack of stacks) {
    it(`in stack ${stack} are as expected`, async () => {
      const actual = written(await deploymentOf(stack));
      const expected = expectedText(resolve(folder, `${stack}.yaml`), actual);

      // Lines, for a difference that can be read.
      assert.deepEqual(actual.split("\n"), expected.split("\n"), howToUpdate);
    });
  }

  it("are expected of no stack that isn't there any more", () => {
    assert.deepEqual(
      readdirSync(folder).sort(),
      stacks.map((stack) => `${stack}.yaml`),
    );
  });
});
