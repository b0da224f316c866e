import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { LocalCloud } from "../test/support/local-cloud";
import { median } from "./support/median";
import { type WatchedProgram, watchedRun } from "./support/watched-run";

/**
 * `npm run bench -- no-op`: an `up` that changes nothing, of the project with one video and of a program
 * with one dynamic resource, in turns on the same engine. `BENCH_ROUNDS` sets how many.
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
    const one = oneResource(folder);
    await watchedRun({ ...one, args: [...one.args, "stack", "init", "dev"] });
    return await compare(
      { ...one, args: [...one.args, "-s", "dev", ...UP] },
      await oneVideo(cloud),
    );
  } finally {
    await cloud[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(base: WatchedProgram, ours: WatchedProgram): Promise<number> {
  const times = { base: [] as number[], ours: [] as number[] };
  for (let round = -1; round < ROUNDS; round += 1) {
    const baseRun = await watchedRun(base);
    const ourRun = await watchedRun(ours);
    if (round < 0) continue; // the first makes what the others find
    for (const { output } of [baseRun, ourRun]) {
      if (/ (?:created|updated|replaced|deleted)$/m.test(output)) throw new Error(output);
    }
    times.base.push(baseRun.seconds);
    times.ours.push(ourRun.seconds);
  }
  const ratio = median(times.ours) / median(times.base);
  const load = loadavg()[0]?.toFixed(1) ?? "";
  console.log(`median of ${ROUNDS}, load average ${load}:`);
  console.log(`one resource ${median(times.base).toFixed(2)} s`);
  console.log(`one video    ${median(times.ours).toFixed(2)} s, ${ratio.toFixed(2)} times as long`);
  return ratio <= MAX_RATIO ? 0 : 1;
}

function oneResource(folder: string): WatchedProgram {
  return {
    args: [
      ...ENGINE,
      "-C",
      "bench/no-op/one-resource",
      "--config-file",
      join(folder, "Pulumi.dev.yaml"),
    ],
    env: {
      ...process.env,
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_HOME: folder,
      PULUMI_CONFIG_PASSPHRASE: "bench",
    },
  };
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
