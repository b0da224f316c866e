import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import {
  BlobServiceClient,
  type ContainerClient,
  ContainerSASPermissions,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { tinyMp4 } from "../test/media-service/packaging/tiny-mp4";
import { type Azurite, startAzurite } from "../test/support/azurite";
import { load, type Measured, type Server } from "./origin/load";
import { startQuickStore, startStaticAndProxy } from "./origin/nginx";
import { containerOf, locatorOf, startOrigin } from "./origin/serve";

/** How large segments are, and what of nginx's rate the origin has to reach with them. */
const SIZES = [
  { name: "1mb", segmentBytes: 1_000_000, warmGoal: 0.9, coldGoal: 1 },
  { name: "136kb", segmentBytes: 136_000, warmGoal: 0.35, coldGoal: undefined },
  { name: "34kb", segmentBytes: 34_000, warmGoal: 0.25, coldGoal: undefined },
];
const LOCATOR = locatorOf(0);
const CONTAINER = containerOf(0);
const SEGMENTS = 20;
const FRAMES_PER_SEGMENT = 50;
const SEGMENT_TICKS = 20_000_000;
const BITRATE = 1000;
const ROUNDS = 3;
const SECONDS = Number(process.env["BENCH_SECONDS"] ?? "4");
const SIGNED_FOR_MS = 3_600_000;
/** An origin that has just begun compiles what it runs; one that is in use has done that. */
const WARM_UP_SECONDS = 5;

type Size = (typeof SIZES)[number];

/** A server with the paths under which it has the segments of a size. */
interface Contender {
  readonly name: string;
  readonly server: Server;
  readonly paths: (size: Size) => readonly string[];
}

/**
 * Compares one process of the origin with one of nginx: what is kept in memory with files on disk,
 * and, where nothing is kept, a part of a film in the store with `proxy_pass` of the same part. Azurite
 * spends several times what either of them does, so the same is measured over a store that is quick. How
 * fast whole blobs come by `proxy_pass` is told too: Azurite reads parts twice, to sum them up.
 */
async function main(): Promise<void> {
  const missing = ["wrk", "nginx"].filter((tool) => spawnSync(tool, ["-v"]).error !== undefined);
  if (missing.length > 0 || process.platform !== "linux") {
    const why = missing.length > 0 ? `there is no ${missing.join(" and no ")}` : "this is no Linux";
    console.log(`Skipped: ${why} to measure with.`);
    return;
  }
  const directory = await mkdtemp(join(tmpdir(), "twinstream-bench-"));
  const stops: (() => Promise<void>)[] = [];
  try {
    const store = await startAzurite({ accountName: "bench", dataDir: join(directory, "store") });
    stops.push(() => store.stop());
    const signature = await fillStore(store, join(directory, "files"));
    const files = join(directory, "files");
    const { host, pathname: containerPath } = new URL(`${store.blobEndpoint}/${CONTAINER}`);
    const quick = await startQuickStore({
      directory: join(directory, "quick"),
      files,
      containerPath,
    });
    stops.push(quick.stop);
    const nginx = await startStaticAndProxy({
      directory: join(directory, "nginx"),
      files,
      storeHost: host,
      quickStoreHost: new URL(quick.baseUrl).host,
      containerPath,
      signature,
    });
    stops.push(nginx.stop);
    const warm = await startOrigin(store, { warmth: "warm" });
    stops.push(warm.stop);
    const cold = await startOrigin(store, { warmth: "cold" });
    stops.push(cold.stop);
    const { accountName, accountKey } = store;
    const blobEndpoint = `${quick.baseUrl}/${accountName}`;
    const quickCold = await startOrigin(
      { accountName, accountKey, blobEndpoint },
      { warmth: "cold" },
    );
    stops.push(quickCold.stop);
    await compare(directory, { nginx, warm, cold, quickCold });
  } finally {
    for (const stop of stops.reverse()) await stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function compare(
  directory: string,
  { nginx, warm, cold, quickCold }: Record<"nginx" | "warm" | "cold" | "quickCold", Server>,
): Promise<void> {
  const [cpu] = cpus();
  console.log(
    `${cpus().length} x ${cpu?.model ?? "unknown"}, Node ${process.version}; load by wrk,`,
  );
  console.log("one thread, 16 connections; the store is Azurite; one process of each server");
  const files = (prefix: string) => (size: Size) =>
    range(SEGMENTS).map((index) => `${prefix}/${size.name}-${index}.m4s`);
  const segments = (size: Size): string[] => range(SEGMENTS).map((index) => urlOf(size, index));
  const parts = (prefix: string) => (size: Size) =>
    range(SEGMENTS).map((index) => `${prefix}/${partOf(size, index)}/${size.name}.mp4`);
  const contenders: Contender[] = [
    { name: "nginx static", server: nginx, paths: files("/static") },
    { name: "origin warm", server: warm, paths: segments },
    { name: "nginx proxy_pass", server: nginx, paths: parts("/part") },
    { name: "origin cold", server: cold, paths: segments },
    { name: "nginx, quick store", server: nginx, paths: parts("/quick-part") },
    { name: "cold, quick store", server: quickCold, paths: segments },
    { name: "nginx, whole blobs", server: nginx, paths: files("/store") },
  ];
  for (const origin of [warm, cold, quickCold]) {
    const paths = SIZES.slice(-1).flatMap(segments);
    await load(origin, paths, { directory, seconds: WARM_UP_SECONDS });
  }
  for (const size of SIZES) {
    const results = new Map<string, Measured[]>(contenders.map(({ name }) => [name, []]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const { name, server, paths } of contenders) {
        results.get(name)?.push(await load(server, paths(size), { directory, seconds: SECONDS }));
      }
    }
    report(size, results);
  }
}

function report(size: Size, results: ReadonlyMap<string, readonly Measured[]>): void {
  const medians = new Map<string, Measured>();
  console.log(`\n${size.name}, median of ${ROUNDS} x ${SECONDS} s`);
  for (const [name, runs] of results) {
    const requestsPerSecond = median(runs.map((run) => run.requestsPerSecond));
    const cpuMicrosecondsPerRequest = median(runs.map((run) => run.cpuMicrosecondsPerRequest));
    medians.set(name, { requestsPerSecond, cpuMicrosecondsPerRequest });
    console.log(
      `  ${name.padEnd(18)} ${requestsPerSecond.toFixed(0).padStart(7)} requests/s ` +
        `${cpuMicrosecondsPerRequest.toFixed(0).padStart(6)} us CPU a request`,
    );
  }
  judge("warm against static", size.warmGoal, ratio(medians, "origin warm", "nginx static"));
  judge("cold against proxy", size.coldGoal, ratio(medians, "origin cold", "nginx proxy_pass"));
  const quick = ratio(medians, "cold, quick store", "nginx, quick store");
  judge("the same, quick store", undefined, quick);
}

function judge(
  what: string,
  goal: number | undefined,
  { rate, cpu }: ReturnType<typeof ratio>,
): void {
  const met = goal === undefined || rate >= goal;
  const verdict = goal === undefined ? "" : ` (goal >= ${goal}: ${met ? "met" : "MISSED"})`;
  console.log(`  ${what}: ${rate.toFixed(2)} of the rate${verdict}, ${cpu.toFixed(2)} x the CPU`);
  if (!met) process.exitCode = 1;
}

function ratio(
  medians: ReadonlyMap<string, Measured>,
  ours: string,
  theirs: string,
): { rate: number; cpu: number } {
  const [one, other] = [medians.get(ours), medians.get(theirs)];
  if (!one || !other) throw new Error(`nothing was measured of ${ours}`);
  return {
    rate: one.requestsPerSecond / other.requestsPerSecond,
    cpu: one.cpuMicrosecondsPerRequest / other.cpuMicrosecondsPerRequest,
  };
}

/** Writes the films that the origin cuts, and each segment's worth of bytes alone, on disk and in the store. */
async function fillStore(store: Azurite, folder: string): Promise<string> {
  const credential = new StorageSharedKeyCredential(store.accountName, store.accountKey);
  const service = new BlobServiceClient(store.blobEndpoint, credential);
  const container = service.getContainerClient(CONTAINER);
  await container.create();
  mkdirSync(folder);
  for (const size of SIZES) {
    const lines = `<video src="${size.name}.mp4" systemBitrate="${BITRATE}"/>`;
    const files: [string, Buffer][] = [
      [`${size.name}.mp4`, film(size)],
      [`${size.name}.ism`, Buffer.from(`<smil><body>${lines}</body></smil>`)],
      ...range(SEGMENTS).map((index): [string, Buffer] => [
        `${size.name}-${index}.m4s`,
        Buffer.alloc(size.segmentBytes, index + 1),
      ]),
    ];
    for (const [name, bytes] of files) {
      writeFileSync(join(folder, name), bytes);
      await put(container, name, bytes);
    }
  }
  const url = await container.generateSasUrl({
    permissions: ContainerSASPermissions.parse("r"),
    expiresOn: new Date(Date.now() + SIGNED_FOR_MS),
  });
  return new URL(url).search.slice(1);
}

function film({ segmentBytes }: Size): Buffer {
  const sizeBytes = segmentBytes / FRAMES_PER_SEGMENT;
  const samples = range(SEGMENTS * FRAMES_PER_SEGMENT).map((frame) => ({
    bytes: Buffer.alloc(sizeBytes, frame % 251),
    duration: 512,
    sync: frame % FRAMES_PER_SEGMENT === 0,
  }));
  return tinyMp4([{ kind: "video", trackId: 1, timescale: 12_800, samples }]);
}

/** First and last byte of a segment in its film. */
function partOf(size: Size, index: number): string {
  const start = film(size).length - (SEGMENTS - index) * size.segmentBytes;
  return `${start}-${start + size.segmentBytes - 1}`;
}

async function put(container: ContainerClient, name: string, bytes: Buffer): Promise<void> {
  // Without a stored MD5 Azurite computes one at each read.
  const blobContentMD5 = createHash("md5").update(bytes).digest();
  const blob = container.getBlockBlobClient(name);
  await blob.uploadData(bytes, { blobHTTPHeaders: { blobContentMD5 } });
}

function urlOf({ name }: Size, index: number): string {
  const quality = `/${LOCATOR}/${name}.ism/QualityLevels(${BITRATE})`;
  return `${quality}/Fragments(video=${index * SEGMENT_TICKS},format=m3u8-cmaf).m4s`;
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}

void main();
