import { strict as assert } from "node:assert";
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { parse, stringify } from "yaml";

interface Settings {
  config: Record<string, unknown>;
}
interface Played {
  readonly status: number | null;
  readonly printed: string;
}

const clip = "test/fixtures/tiny-clip.mp4";
const readiness = "media-service/origin/readiness-route.ts";

describe("npm run promote", function () {
  this.timeout(600_000);
  let folder: string;
  let good: Played;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "twinstream-promotion-"));
    await writeSettings("settings", {});
    // The drill is the real one where it takes longest to notice a loss; elsewhere it compares, for time.
    good = await promote("settings", "--check-only", "dev,prod");
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** The stacks' settings with a video that is quick to encode, and staging's changed. */
  async function writeSettings(name: string, staging: Record<string, unknown>): Promise<void> {
    await mkdir(join(folder, name));
    for (const stack of ["dev", "staging", "prod"]) {
      const file = `Pulumi.${stack}.yaml`;
      const settings = parse(await readFile(file, "utf8")) as Settings;
      Object.assign(settings.config, {
        "twinstream:videos": [{ name: "clip", file: video() }],
        ...(stack === "staging" ? staging : {}),
      });
      await writeFile(join(folder, name, file), stringify(settings));
    }
  }

  /** The tiny clip, over and over: the drill's viewers have to be watching still when a data center goes. */
  function video(): string {
    const long = join(folder, "clip.mp4");
    if (existsSync(long)) return long;
    const loop = ["-v", "error", "-stream_loop", "24", "-i", clip, "-c", "copy", long];
    if (spawnSync("ffmpeg", loop).status === 0) return long;
    console.log("      no ffmpeg here: the drill's viewers see the end of the clip too soon");
    return clip;
  }

  function promote(settings: string, ...more: string[]): Promise<Played> {
    const child = spawn(
      process.execPath,
      [
        ...["scripts/promote.cjs", "--settings", join(folder, settings)],
        ...["--home", join(folder, "homes"), ...more],
      ],
      {
        env: { ...process.env, DRILL_ARGUMENTS: "--sample 1" },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    let printed = "";
    const take = (chunk: Buffer): void => void (printed += chunk.toString());
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    return new Promise((resolve) => {
      child.once("close", (status) => {
        resolve({ status, printed });
      });
    });
  }

  const buildOf = ({ printed }: Played): string =>
    /^build: localhost\/twinstream\/media-service@sha256:([0-9a-f]{64})$/m.exec(printed)?.[1] ?? "";
  const stateOf = (stack: string): string =>
    readFileSync(join(folder, "homes", stack, `state/.pulumi/stacks/twinstream/${stack}.json`), {
      encoding: "utf8",
    });
  const report = (stack: string): string =>
    readFileSync(join(folder, "homes", `${stack}.md`), "utf8");

  describe("with a good build", () => {
    it("brings one build, named by its digest, through all stages", () => {
      assert.equal(good.status, 0, good.printed);
      assert.match(buildOf(good), /./);
      for (const stack of ["dev", "staging", "prod"]) {
        assert(stateOf(stack).includes(buildOf(good)), stack);
        assert.match(report(stack), new RegExp(`### Preview: stack \`${stack}\`[^]*all kept`));
      }
    });

    it("takes a data center of staging away, and brings it back, before prod is touched", () => {
      const [, staging = "", prod = ""] = good.printed.split(/==> (?:staging|prod): Deploy/);

      assert.match(staging, /killed \(drill\): east/);
      assert.match(staging, /failback \(edge\): east is asked again/);
      assert.match(staging, /^passed; report: /m);
      assert.match(prod, /^checked; report: /m);
      assert.match(good.printed, /^staging +deployed and drilled$/m);
      assert.match(good.printed, /^prod +deployed and compared; nothing was taken away$/m);
    });
  });

  describe("with a build that is never ready without a store's key, which dev has and staging has not", () => {
    let bad: Played;

    before(async () => {
      const source = join(folder, "source");
      const sent = readFileSync(".dockerignore", "utf8").split("\n");
      const files = sent.flatMap((line) => (line.startsWith("!") ? [line.slice(1)] : []));
      for (const file of [".dockerignore", "Dockerfile", ...files]) {
        cpSync(file, join(source, file), { recursive: true });
      }
      const route = await readFile(join(source, readiness), "utf8");
      const worse = route.replace(
        "readiness.ready ? 200 : 503",
        'readiness.ready && process.env["STORAGE_ACCOUNT_KEY"] ? 200 : 503',
      );
      assert.notEqual(worse, route);
      await writeFile(join(source, readiness), worse);
      bad = await promote("settings", "--source", source, "--check-only", "dev");
    });

    it("gets past dev, which can't tell", () => {
      assert.notEqual(buildOf(bad), buildOf(good));
      assert.match(bad.printed, /^dev +deployed and compared/m);
      assert(stateOf("dev").includes(buildOf(bad)));
    });

    it("is found by staging's drill, which then takes nothing away", () => {
      const [, drill = ""] = bad.printed.split("==> staging: Drill");

      assert.match(drill, /^WRONG +ready /m);
      assert.match(drill, /^refused; report: /m);
      assert.doesNotMatch(drill, /killed \(drill\)/);
    });

    it("leaves staging with the build that ran before, which answers", () => {
      const [, putBack = ""] = bad.printed.split("==> staging: Put back");

      assert.match(putBack, /^same +ready /m);
      assert.match(putBack, /^checked; report: /m);
      assert.match(bad.printed, /^staging +stopped at Drill, then Put back$/m);
      assert(stateOf("staging").includes(buildOf(good)));
      assert(!stateOf("staging").includes(buildOf(bad)));
      assert.match(report("staging"), new RegExp(`was put back to .*${buildOf(good)}`));
    });

    it("never reaches prod", () => {
      assert.equal(bad.status, 1);
      assert.match(bad.printed, /^prod +not reached$/m);
      assert(stateOf("prod").includes(buildOf(good)));
    });
  });

  describe("with a change that would bring staging's data centers together", () => {
    let refused: Played;

    before(async () => {
      await writeSettings("together", {
        "twinstream:dataCenters": [
          { name: "east", location: "eastus2" },
          { name: "west", location: "eastus" },
        ],
      });
      refused = await promote("together", "--from", "staging");
    });

    it("stops before anything is deployed, where the policies are asked, and mends nothing", () => {
      assert.match(
        refused.printed,
        /\[mandatory\] distant-regions: The data centers are in eastus2, eastus/,
      );
      assert.match(refused.printed, /^staging +stopped at Preview$/m);
      assert.doesNotMatch(refused.printed, /==> staging: (?:Deploy|Put back)/);
      assert.match(refused.printed, /^prod +not reached$/m);
      assert.equal(refused.status, 1);
    });

    it("writes a report of the preview that failed", () => {
      assert.match(report("staging"), /### Preview failed: stack `staging`[^]*distant-regions/);
    });
  });
});
