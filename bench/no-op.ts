import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { LocalCloud } from "../test/support/local-cloud";
import { median } from "./support/median";
import { type WatchedProgram, watchedRun } from "./support/watched-run";

/**
 * `npm run bench -- no-op`: an `up` that changes nothing, of the project with one video and of a program
 * with one dynamic resource, in turns on the same engine. The program is read by Pulumi's own loader, as
 * most projects' are, and by this project's; the faster one counts. `BENCH_ROUNDS` sets how many.
 */
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 7);
const MAX_RATIO = 1.5;
const ENGINE = ["-r", "tsx/cjs", "engine/cli.ts"];
const UP = ["up", "--yes", "--skip-preview"];

async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "twinstream-bench-"));
  const cloud = await LocalCloud.create({
    config: {
      videos: [{ name: "clip", file: "test/fixtures/tiny-clip.mp4" }],
      watchPage: undefined,
    },
  });
  try {
    await cloud.start(600);
    const programs = {
      "one resource": await oneResource(folder, "one-resource"),
      "one resource, the project's loader": await oneResource(folder, "same-loader"),
      "one video": await oneVideo(cloud),
    };
    return report(await inTurns(programs));
  } finally {
    await cloud[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Median seconds of each program. */
async function inTurns<Name extends string>(
  programs: Readonly<Record<Name, WatchedProgram>>,
): Promise<Map<Name, number>> {
  const names = Object.keys(programs) as Name[];
  const seconds = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const name of names) {
      const run = await watchedRun(programs[name]);
      if (round < 0) continue; // the first makes what the others find
      if (/ (?:created|updated|replaced|deleted)$/m.test(run.output)) throw new Error(run.output);
      seconds.get(name)?.push(run.seconds);
    }
  }
  return new Map(names.map((name) => [name, median(seconds.get(name) ?? [])]));
}

function report(seconds: ReadonlyMap<string, number>): number {
  const ours = seconds.get("one video") ?? Number.NaN;
  const load = loadavg()[0]?.toFixed(1) ?? "";
  console.log(`median of ${ROUNDS}, load average ${load}:`);
  for (const [name, each] of seconds) console.log(`${name}: ${each.toFixed(2)} s`);
  const others = [...seconds].filter(([name]) => name !== "one video");
  const ratio = ours / Math.min(...others.map(([, each]) => each));
  console.log(`one video takes ${ratio.toFixed(2)} times as long as the faster of the others`);
  return ratio <= MAX_RATIO ? 0 : 1;
}

async function oneResource(folder: string, project: string): Promise<WatchedProgram> {
  const settings = join(folder, `${project}.yaml`);
  const args = [...ENGINE, "-C", `bench/no-op/${project}`, "--config-file", settings];
  const env = {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_HOME: folder,
    PULUMI_CONFIG_PASSPHRASE: "bench",
  };
  await watchedRun({ args: [...args, "stack", "init", "dev"], env });
  return { args: [...args, "-s", "dev", ...UP], env };
}

async function oneVideo(cloud: LocalCloud): Promise<WatchedProgram> {
  const { providers } = (await cloud.facts()) as unknown as { providers: string };
  const settings = join(cloud.home, "stack-settings", "Pulumi.dev.yaml");
  return {
    args: [...ENGINE, "-s", "dev", "--config-file", settings, ...UP],
    env: {
      ...process.env,
      PULUMI_BACKEND_URL: `file://${join(cloud.home, "state")}`,
      PULUMI_CONFIG_PASSPHRASE_FILE: join(cloud.home, "passphrase"),
      PULUMI_DEBUG_PROVIDERS: providers,
    },
  };
}

void main().then((status) => {
  process.exitCode = status;
});
