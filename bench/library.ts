import { readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { LocalCloud } from "../test/support/local-cloud";
import { manyVideos, TEMPLATE } from "./support/many-videos";
import { watchedRun, type WatchedRun } from "./support/watched-run";

/**
 * `npm run bench -- library`: an `up` that changes nothing over 10, 100 and 1,000 videos in one stack.
 * A thousand may take a minute on two cores, and ten times what a hundred take at most; the engine,
 * the program and the dynamic provider may hold 1 GB together. `BENCH_VIDEOS` sets other numbers.
 */
const COUNTS = (process.env["BENCH_VIDEOS"] ?? "10,100,1000").split(",").map(Number);
const MOST_SECONDS = 60;
const MOST_BYTES = 1_000_000_000;

async function main(): Promise<number> {
  const cloud = await LocalCloud.create({ config: { videos: [TEMPLATE], watchPage: undefined } });
  try {
    await cloud.start(600);
    const stateFile = join(cloud.home, "state", ".pulumi", "stacks", "twinstream", "dev.json");
    const template = readFileSync(stateFile, "utf8");
    let status = 0;
    for (const count of COUNTS) {
      const { state, manifest } = manyVideos(template, count, cloud.home);
      writeFileSync(stateFile, state);
      await cloud.configure({ videos: undefined, library: { manifest }, watchPage: undefined });
      await up(cloud); // reads every file, and takes over what the program's outputs are now
      const run = await up(cloud, "--expect-no-changes");
      if (!report(count, run)) status = 1;
    }
    return status;
  } finally {
    await cloud[Symbol.asyncDispose]();
  }
}

function up(cloud: LocalCloud, ...more: string[]): Promise<WatchedRun> {
  const options = ["--yes", "--skip-preview", "--config-file", cloud.configFile];
  return watchedRun({
    args: ["scripts/run.cjs", "local-cloud/pulumi.ts", "up", ...options, ...more],
    env: { ...process.env, TWINSTREAM_HOME: cloud.home },
  });
}

function report(count: number, { seconds, peak, output }: WatchedRun): boolean {
  const unchanged = Number(/(\d+) unchanged/.exec(output)?.[1] ?? 0);
  if (unchanged < count * 8) throw new Error(`not all of ${count} videos are in:\n${output}`);
  const lines = output.split("\n").length;
  const each = (1000 * seconds) / count;
  const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(0);
  const load = loadavg()[0]?.toFixed(1) ?? "";
  console.log(
    `${count} videos: ${seconds.toFixed(1)} s (${each.toFixed(0)} ms a video), ` +
      `${megabytes(peak.together)} MB at most (engine ${megabytes(peak.engine)}, program ` +
      `${megabytes(peak.program)}, provider ${megabytes(peak.provider)}), ${unchanged} resources, ` +
      `${lines} lines, load ${load}`,
  );
  return seconds <= MOST_SECONDS && peak.together <= MOST_BYTES;
}

void main().then((status) => {
  process.exitCode = status;
});
