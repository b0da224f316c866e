import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, it } from "mocha";
import { parse } from "yaml";
import type { Sample } from "../../policy/apply-rule";
import { applyRules, type PackConfig } from "../../policy/apply-rules";
import { rules } from "../../policy/rules";
import { deploy, type Deployment } from "../components/deploy";
import { deployed } from "./deployed";

const stacks = readdirSync(resolve()).flatMap(
  (file) => /^Pulumi\.(\w+)\.yaml$/.exec(file)?.[1] ?? [],
);

/** What each deployment is given for the image, which committed files leave out. */
const builtImage = `registry.test/media@sha256:${createHash("sha256").update("a build").digest("hex")}`;

/** The only subscription that an image of this machine may go to. */
const localCloud = "00000000-0000-0000-0000-000000000000";

/** What a deployment gives to stacks that leave it open. */
const IMAGE =
  "registry.example/media-service@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/** Runs the program with the committed configuration of a stack, changed by key without namespace. */
function run(stack: string, changes: Record<string, unknown> = {}): Promise<Deployment> {
  const file = parse(readFileSync(resolve(`Pulumi.${stack}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
  const given = stack === "dev" ? changes : { image: builtImage, ...changes };
  const changed = Object.entries(given).map(([key, value]) => [`twinstream:${key}`, value]);
  const values = [["twinstream:image", IMAGE], ...Object.entries(file.config), ...changed] as [
    string,
    unknown,
  ][];
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  const config = Object.fromEntries(values.map(([key, value]) => [key, text(value)]));
  const program = resolve("index.ts");
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a module's cache is such a map
  delete require.cache[program];
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- runs it once more, on purpose
  return deploy(() => require(program) as object, {
    config,
    stack,
    ...(stack === "dev" && { subscriptionId: localCloud }),
  });
}

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
      assert.deepEqual(await complaints(deployed(await run(stack)), packConfig(stack)), []);
    });
  }

  it("would refuse stack dev without the exemptions of its pack configuration", async () => {
    const messages = await complaints(deployed(await run("dev")), {});

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
    const declared = deployed(await run("dev", { dataCenters, softDeleteDays: 1 }));

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
