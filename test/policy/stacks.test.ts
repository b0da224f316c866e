import { strict as assert } from "node:assert";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, it } from "mocha";
import type { Sample } from "../../policy/apply-rule";
import { applyRules, type PackConfig } from "../../policy/apply-rules";
import { rules } from "../../policy/rules";
import { runProgram } from "../components/run-program";
import { deployed } from "./deployed";

const stacks = readdirSync(resolve()).flatMap(
  (file) => /^Pulumi\.(\w+)\.yaml$/.exec(file)?.[1] ?? [],
);

/** What the pack's configuration of a stack says; strict where there is none. */
function packConfig(stack: string): PackConfig {
  const file = resolve("policy", "config", `${stack}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as PackConfig) : {};
}

/** Complaints of all rules, each behind its rule's name. */
async function complaints(samples: readonly Sample[], pack: PackConfig): Promise<string[]> {
  return (await applyRules(samples, pack)).map(({ rule, message }) => `${rule}: ${message}`);
}

describe("The policy pack over what the program declares", function () {
  this.timeout(120_000);

  for (const stack of stacks) {
    it(`has no complaint of stack ${stack}`, async () => {
      assert.deepEqual(await complaints(deployed(await runProgram(stack)), packConfig(stack)), []);
    });
  }

  it("would refuse stack dev without the exemptions of its pack configuration", async () => {
    const messages = await complaints(deployed(await runProgram("dev")), {});

    assert.deepEqual(
      messages.map((message) => message.replace(/ (has|runs) .*/, "")).sort(),
      ["hardened-storage: Store 'east'", "hardened-storage: Store 'west'"].concat([
        "images-by-digest: App 'east'",
        "images-by-digest: App 'west'",
      ]),
    );
  });

  it("notices data centers that are moved together, and soft delete that is cut short", async () => {
    const dataCenters = [
      { name: "east", location: "eastus2" },
      { name: "west", location: "eastus" },
    ];
    const declared = deployed(await runProgram("dev", { dataCenters, softDeleteDays: 1 }));

    assert.deepEqual(
      (await complaints(declared, packConfig("dev"))).map((message) => message.split(":")[0]),
      ["distant-regions", ...Array<string>(4).fill("storage-soft-delete")],
    );
  });

  it("takes nothing in its configuration files that it does not know", () => {
    for (const file of readdirSync(resolve("policy", "config"))) {
      const pack = JSON.parse(readFileSync(join("policy", "config", file), "utf8")) as PackConfig;
      for (const [name, settings] of Object.entries(pack)) {
        const rule = rules.find((candidate) => candidate.name === name);
        assert(rule, `${file} speaks of "${name}", which is no rule`);
        if (typeof settings === "string") continue;
        for (const key of Object.keys(settings)) {
          const known = ["enforcementLevel", ...Object.keys(rule.configSchema?.properties ?? {})];
          assert(known.includes(key), `${file} sets "${key}" of ${name}, which it does not have`);
        }
      }
    }
  });
});
