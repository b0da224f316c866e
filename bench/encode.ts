import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { encodeFile } from "../media-service/worker/encode-file";
import { FfmpegEncoder } from "../media-service/worker/encoders/ffmpeg/ffmpeg-encoder";
import { videoOutputs } from "../media-service/worker/plan/encode-plan";
import type { Rung } from "../media-service/worker/plan/ladder";
import { readPreset } from "../media-service/worker/presets/read-preset";

const SAMPLE = join(__dirname, "../samples/big-buck-bunny-40s.mp4");
const ROUNDS = 3;
const GOAL_RATIO = 1.05;
/** Makes this program the product's side of the comparison. */
const PRODUCT = "--product";

interface Measured {
  readonly wallSeconds: number;
  /** Of the process and everything it started. */
  readonly cpuSeconds: number;
}

/** What the product's side prints. */
interface ProductReport {
  readonly wallSeconds: number;
  /** Spent before the encode began: a worker starts once, not for each film. */
  readonly startupCpuSeconds: number;
  readonly rungs: readonly Rung[];
}

/** Compares the worker's encode with one bare ffmpeg command that makes the same ladder, in turns. */
async function main(input: string): Promise<void> {
  if (process.platform === "win32") {
    console.log("Skipped: processor time is measured by the shell's `times`, which Windows lacks.");
    return;
  }
  if (spawnSync("ffmpeg", ["-version"]).status !== 0) {
    console.log("Skipped: there is no ffmpeg on PATH to compare with.");
    return;
  }
  const directory = await mkdtemp(join(tmpdir(), "twinstream-bench-"));
  try {
    await compare(input, directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function compare(input: string, directory: string): Promise<void> {
  const wall: number[] = [];
  const cpu: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const { product, rungs } = await encodeByProduct(input, directory);
    const bare = await encodeByHand(input, rungs, directory);
    wall.push(product.wallSeconds / bare.wallSeconds);
    cpu.push(product.cpuSeconds / bare.cpuSeconds);
    console.log(`round ${round}: worker ${show(product)}, bare ffmpeg ${show(bare)}`);
  }
  report("wall time", wall);
  report("processor time", cpu);
}

function show({ wallSeconds, cpuSeconds }: Measured): string {
  return `${wallSeconds.toFixed(1)} s (${cpuSeconds.toFixed(1)} CPU s)`;
}

function report(what: string, ratios: readonly number[]): void {
  const sorted = [...ratios].sort((one, other) => one - other);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Infinity;
  const verdict = median <= GOAL_RATIO ? "reached" : "MISSED";
  console.log(
    `${what}: ${median.toFixed(3)} of bare ffmpeg (median of ${ratios.length}, ` +
      `${sorted[0]?.toFixed(3) ?? ""} to ${sorted.at(-1)?.toFixed(3) ?? ""}), ` +
      `goal at most ${GOAL_RATIO}: ${verdict}`,
  );
  if (median > GOAL_RATIO) process.exitCode = 1;
}

async function encodeByProduct(
  input: string,
  directory: string,
): Promise<{ product: Measured; rungs: readonly Rung[] }> {
  const program = ["-r", require.resolve("tsx/cjs"), __filename, PRODUCT, input, directory];
  const { output, cpuSeconds } = await timed(process.execPath, program);
  const { startupCpuSeconds, ...rest } = JSON.parse(output) as ProductReport;
  const product = { wallSeconds: rest.wallSeconds, cpuSeconds: cpuSeconds - startupCpuSeconds };
  return { product, rungs: rest.rungs };
}

/** The product's side, in a process of its own: probe, encode, and check of what came out. */
async function runProduct(input: string, directory: string): Promise<void> {
  const { signal } = new AbortController();
  const encoder = new FfmpegEncoder({ ffmpeg: "ffmpeg", ffprobe: "ffprobe" });
  const { user, system } = process.cpuUsage();
  const began = performance.now();
  const { plan } = await encodeFile(encoder, {
    preset: readPreset("Adaptive Streaming"),
    input,
    baseName: "bench",
    output: (name) => join(directory, name),
    signal,
    onProgress: () => undefined,
  });
  const reported: ProductReport = {
    wallSeconds: (performance.now() - began) / 1000,
    startupCpuSeconds: (user + system) / 1e6,
    rungs: videoOutputs(plan),
  };
  console.log(JSON.stringify(reported));
}

/** The command that a person would type, with the same sizes and rates. */
async function encodeByHand(
  input: string,
  rungs: readonly Rung[],
  directory: string,
): Promise<Measured> {
  const split = rungs.map((_, index) => `[i${index}]`).join("");
  const scale = rungs.map(
    ({ width, height }, index) => `[i${index}]scale=${width}:${height},setsar=1[o${index}]`,
  );
  const flags = "+cmaf+frag_keyframe+delay_moov+global_sidx";
  const video = rungs.flatMap(({ kilobitsPerSecond: rate }, index) => [
    ...["-map", `[o${index}]`, "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p"],
    ...["-b:v", `${rate}k`, "-maxrate", `${Math.round(rate * 1.2)}k`, "-bufsize", `${rate * 2}k`],
    ...["-g", "100000", "-sc_threshold", "0", "-force_key_frames", "expr:gte(t,n_forced*2)"],
    ...["-movflags", flags, join(directory, `bare-${index}.mp4`)],
  ]);
  const audio = [
    ...["-map", "0:a:0?", "-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000"],
    ...["-frag_duration", "2000000", "-movflags", flags, join(directory, "bare-audio.mp4")],
  ];
  const graph = [`[0:v:0]split=${rungs.length}${split}`, ...scale].join(";");
  const began = performance.now();
  const { cpuSeconds } = await timed("ffmpeg", [
    ...["-nostdin", "-v", "error", "-y", "-i", input, "-filter_complex", graph],
    ...video,
    ...audio,
  ]);
  return { wallSeconds: (performance.now() - began) / 1000, cpuSeconds };
}

/** Runs a program under a shell that tells the processor time of all its children (POSIX `times`). */
async function timed(
  command: string,
  args: readonly string[],
): Promise<{ output: string; cpuSeconds: number }> {
  const child = spawn("sh", ["-c", '"$@" || exit; times >&2', "sh", command, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, LC_ALL: "C" },
  });
  const [output, errors, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number | null]>,
  ]);
  if (status !== 0) throw new Error(`${command} failed:\n${errors}`);
  // The second line is that of the children: user, then system, each as 1m2.34s.
  const times = [...errors.matchAll(/(\d+)m([\d.]+)s/g)].slice(-2);
  const cpuSeconds = times.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
  return { output, cpuSeconds };
}

const [first, second, third] = process.argv.slice(2);
if (first === PRODUCT) void runProduct(second ?? "", third ?? "");
else void main(first ?? SAMPLE);
