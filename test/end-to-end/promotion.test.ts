import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { parse, stringify } from "yaml";

interface Settings {
  config: Record<string, unknown>;
}

const clip = { name: "clip", file: "test/fixtures/tiny-clip.mp4" };

describe("npm run promote, with a change that would bring staging's data centers together", function () {
  this.timeout(400_000);
  let folder: string;
  let printed = "";
  let status: number | null;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "twinstream-promotion-"));
    for (const stack of ["dev", "staging", "prod"]) {
      const name = `Pulumi.${stack}.yaml`;
      const settings = parse(await readFile(name, "utf8")) as Settings;
      settings.config["twinstream:videos"] = [clip];
      if (stack === "staging") {
        settings.config["twinstream:dataCenters"] = [
          { name: "east", location: "eastus2" },
          { name: "west", location: "eastus" },
        ];
      }
      await writeFile(join(folder, name), stringify(settings));
    }
    status = await promote();
  });
  after(() => rm(folder, { recursive: true, force: true }));

  function promote(): Promise<number | null> {
    const args = ["scripts/promote.cjs", "--settings", folder, "--home", join(folder, "homes")];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, DRILL_ARGUMENTS: "--check-only --sample 1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const take = (chunk: Buffer): void => void (printed += chunk.toString());
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    return new Promise((resolve) => child.once("close", resolve));
  }

  it("deploys and drills dev with a build that is named by its digest", () => {
    assert.match(printed, /^build: localhost\/twinstream\/media-service@sha256:[0-9a-f]{64}$/m);
    assert.match(printed, /^dev +deployed and drilled$/m, printed);
  });

  it("stops in staging, where the policies are asked before anything is deployed", () => {
    assert.match(printed, /\[mandatory\] distant-regions: The data centers are in eastus2, eastus/);
    assert.match(printed, /^staging +stopped at Preview$/m);
    assert.doesNotMatch(printed, /==> staging: Deploy/);
    assert.equal(status, 1);
  });

  it("never reaches prod", () => {
    assert.match(printed, /^prod +not reached$/m);
    assert.doesNotMatch(printed, /==> prod:/);
    assert(!existsSync(join(folder, "homes", "prod")));
  });

  it("writes a report of each preview, the failed one too", async () => {
    const report = (stack: string) => readFile(join(folder, "homes", `${stack}.md`), "utf8");

    assert.match(await report("dev"), /### Preview: stack `dev`[^]*all kept/);
    assert.match(await report("staging"), /### Preview failed: stack `staging`[^]*distant-regions/);
  });
});
