import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startReverseCache } from "./edge/reverse-cache";
import { type AudienceReport, percentile, watch } from "./edge/viewers";
import type { Nginx } from "./support/nginx";
import { breakDataCenter, purgeEdge, restoreDataCenter } from "../test/support/faults";
import { LocalCloud, type StackOutputs } from "../test/support/local-cloud";
import { mediaPlaylists, segmentUrls } from "../test/support/streaming";

const VIEWERS = 200;
const ROUNDS = 3;
const SECONDS = 24;
const KILLED_AFTER_SECONDS = 12;
const GOAL_RATIO = 3;

/** What is watched: the paths of all segments, by track. */
interface Paths {
  readonly video: readonly (readonly string[])[];
  readonly audio: readonly string[];
}

/**
 * Two hundred viewers of the sample at the edge, and at nginx as a reverse cache over the same origins,
 * in turns. Data center east is killed in the middle of each turn.
 */
async function main(): Promise<void> {
  if (spawnSync("nginx", ["-v"]).status !== 0) {
    console.log("Skipped: there is no nginx on PATH to compare with.");
    return;
  }
  const directory = await mkdtemp(join(tmpdir(), "twinstream-bench-"));
  const cloud = await LocalCloud.create();
  try {
    await cloud.start();
    const outputs = await cloud.outputs();
    const paths = await segmentPaths(outputs);
    const reports: Record<"edge" | "nginx", AudienceReport[]> = { edge: [], nginx: [] };
    for (let round = 1; round <= ROUNDS; round++) {
      for (const name of ["edge", "nginx"] as const) {
        const report = await turn(name, { cloud, outputs, paths, directory, round });
        reports[name].push(report);
        console.log(`round ${round}, ${name.padEnd(5)}: ${describe(report)}`);
        for (const why of report.failed.slice(0, 3)) console.log(`  ${why}`);
      }
    }
    conclude(reports);
  } finally {
    await cloud[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
  }
}

/** One turn, from an empty cache; afterwards data center east serves again. */
async function turn(
  name: "edge" | "nginx",
  stage: {
    readonly cloud: LocalCloud;
    readonly outputs: StackOutputs;
    readonly paths: Paths;
    readonly directory: string;
    readonly round: number;
  },
): Promise<AudienceReport> {
  const { cloud, outputs, paths, directory, round } = stage;
  await purgeEdge(cloud);
  let cache: Nginx | undefined;
  if (name === "nginx") {
    const origins = ["east", "west"].map((each) => outputs.origins[each] ?? "");
    cache = await startReverseCache(join(directory, `nginx-${round}`), origins);
  }
  const baseUrl = cache?.baseUrl ?? `http://${outputs.edgeHost}`;
  try {
    const watched = watch({ viewers: VIEWERS, seconds: SECONDS, baseUrl, ...paths });
    await new Promise((resolve) => setTimeout(resolve, KILLED_AFTER_SECONDS * 1000));
    await breakDataCenter(cloud, "east");
    return await watched;
  } finally {
    await cache?.stop();
    await restoreDataCenter(cloud, "east", outputs);
  }
}

async function segmentPaths({ videos }: StackOutputs): Promise<Paths> {
  const playlists = await mediaPlaylists(videos[0]?.urls["west"]?.hls ?? "");
  const tracks = await Promise.all(
    playlists.map(async (playlist) => {
      const [, ...segments] = await segmentUrls(playlist);
      return segments.map((url) => new URL(url).pathname);
    }),
  );
  const isVideo = (track: readonly string[]): boolean => (track[0] ?? "").includes("(video=");
  return { video: tracks.filter(isVideo), audio: tracks.find((track) => !isVideo(track)) ?? [] };
}

function describe({ requests, megabytes, failed, latenciesMs }: AudienceReport): string {
  const at = (share: number): string => `${percentile(latenciesMs, share).toFixed(1)} ms`;
  return (
    `${requests} requests, ${megabytes.toFixed(0)} MB, ${failed.length} failed; ` +
    `median ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)}`
  );
}

function conclude({ edge, nginx }: Record<"edge" | "nginx", readonly AudienceReport[]>): void {
  const p99 = (reports: readonly AudienceReport[]): number => {
    const sorted = reports.map(({ latenciesMs }) => percentile(latenciesMs, 0.99)).sort(ascending);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  };
  const ratio = p99(edge) / p99(nginx);
  const failed = edge.reduce((sum, report) => sum + report.failed.length, 0);
  const verdict = (met: boolean): string => (met ? "met" : "MISSED");
  console.log(
    `${VIEWERS} viewers through a kill of east, median of ${ROUNDS} turns: ` +
      `p99 edge ${p99(edge).toFixed(1)} ms, nginx ${p99(nginx).toFixed(1)} ms`,
  );
  console.log(`ratio ${ratio.toFixed(2)} (goal <= ${GOAL_RATIO}: ${verdict(ratio <= GOAL_RATIO)})`);
  console.log(`failed requests at the edge: ${failed} (goal 0: ${verdict(failed === 0)})`);
  if (ratio > GOAL_RATIO || failed > 0) process.exitCode = 1;
}

function ascending(a: number, b: number): number {
  return a - b;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
