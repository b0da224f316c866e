import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import {
  BlobServiceClient,
  type ContainerClient,
  ContainerSASPermissions,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { copyContainer } from "../dynamic-providers/operations/copy/copy-container";
import { type Azurite, startAzurite } from "../test/support/azurite";

/** Mixed as an encoded asset is: a few large files, some middling, many small. */
const BLOB_SIZES_MB = [
  180,
  120,
  80,
  50,
  30,
  ...Array<number>(5).fill(5),
  ...Array<number>(15).fill(1),
];
const TOTAL_MB = BLOB_SIZES_MB.reduce((sum, size) => sum + size, 0);
const ROUNDS = 3;
const GOAL_RATIO = 2;
const GOAL_RSS_MB = 200;
const SIGNED_FOR_MS = 3_600_000;

interface Measured {
  readonly seconds: number;
  readonly peakRssMb: number;
}

/** Compares the relay with rclone between the same two stores, in turns. */
async function main(): Promise<void> {
  if (spawnSync("rclone", ["version"]).status !== 0) {
    console.log("Skipped: there is no rclone on PATH to compare with.");
    return;
  }
  const directory = await mkdtemp(join(tmpdir(), "twinstream-bench-"));
  const stores: Azurite[] = [];
  try {
    for (const accountName of ["bencheast", "benchwest"]) {
      stores.push(await startAzurite({ accountName, dataDir: join(directory, accountName) }));
    }
    const [east, west] = stores.map(serviceOf);
    if (east && west) await compare(east, west);
  } finally {
    for (const store of stores) await store.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function compare(east: BlobServiceClient, west: BlobServiceClient): Promise<void> {
  const source = east.getContainerClient("asset-source");
  await source.create();
  for (const [index, size] of BLOB_SIZES_MB.entries()) {
    const blob = source.getBlockBlobClient(`video-${index.toString().padStart(2, "0")}.mp4`);
    await blob.uploadData(randomBytes(size * 1_000_000), { blockSize: 8 << 20 });
  }
  const relay: Measured[] = [];
  const rclone: Measured[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const [name, measure, results] of [
      ["relay", measureRelay, relay],
      ["rclone", measureRclone, rclone],
    ] as const) {
      const target = west.getContainerClient(`asset-${name}-${round}`);
      await target.create();
      const measured = await measure(await signed(source, "rl"), await signed(target, "rwdl"));
      results.push(measured);
      console.log(`round ${round}, ${name.padEnd(6)}: ${describe(measured)}`);
      await target.delete();
    }
  }
  report(relay, rclone);
}

function report(relay: readonly Measured[], rclone: readonly Measured[]): void {
  const rate = (runs: readonly Measured[]): number => TOTAL_MB / median(runs.map((r) => r.seconds));
  const ratio = rate(relay) / rate(rclone);
  const peak = Math.max(...relay.map((run) => run.peakRssMb));
  const verdict = (met: boolean): string => (met ? "met" : "MISSED");
  console.log(
    `${TOTAL_MB} MB in ${BLOB_SIZES_MB.length} blobs, median of ${ROUNDS}: ` +
      `relay ${rate(relay).toFixed(1)} MB/s, rclone ${rate(rclone).toFixed(1)} MB/s`,
  );
  console.log(`ratio ${ratio.toFixed(2)} (goal >= ${GOAL_RATIO}: ${verdict(ratio >= GOAL_RATIO)})`);
  console.log(
    `peak RSS of the relay ${peak.toFixed(0)} MB (goal <= ${GOAL_RSS_MB}: ${verdict(peak <= GOAL_RSS_MB)})`,
  );
}

/** The relay in a process of its own, so that its memory is its own. It compares what it copied. */
async function measureRelay(sourceUrl: string, targetUrl: string): Promise<Measured> {
  const child = spawn(process.execPath, ["-r", "tsx/cjs", __filename], {
    env: { ...process.env, BENCH_SOURCE_URL: sourceUrl, BENCH_TARGET_URL: targetUrl },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [output] = await Promise.all([text(child.stdout), once(child, "exit")]);
  return JSON.parse(output) as Measured;
}

async function relayInThisProcess(sourceUrl: string, targetUrl: string): Promise<void> {
  const startedAt = performance.now();
  const silent = (): void => undefined;
  await copyContainer({
    sourceUrl,
    targetUrl,
    options: { serverSideCopy: "never" },
    events: { note: silent, planned: silent, progress: silent },
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  const peakRssMb = process.resourceUsage().maxRSS / 1_000;
  console.log(JSON.stringify({ seconds, peakRssMb } satisfies Measured));
}

/** With its own defaults, and as many transfers at once as the relay has ranges. */
async function measureRclone(sourceUrl: string, targetUrl: string): Promise<Measured> {
  const startedAt = performance.now();
  const child = spawn(
    "rclone",
    ["copy", ...rcloneContainers(sourceUrl, targetUrl), "--transfers", "8"],
    {
      env: {
        ...process.env,
        RCLONE_CONFIG: "/notfound",
        RCLONE_CONFIG_EAST_TYPE: "azureblob",
        RCLONE_CONFIG_EAST_SAS_URL: sourceUrl,
        RCLONE_CONFIG_WEST_TYPE: "azureblob",
        RCLONE_CONFIG_WEST_SAS_URL: targetUrl,
      },
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  const [status] = (await once(child, "exit")) as [number];
  if (status !== 0) throw new Error(`rclone ended with status ${status}`);
  return { seconds: (performance.now() - startedAt) / 1_000, peakRssMb: 0 };
}

function rcloneContainers(sourceUrl: string, targetUrl: string): string[] {
  const container = (url: string): string => new URL(url).pathname.split("/").at(-1) ?? "";
  return [`east:${container(sourceUrl)}`, `west:${container(targetUrl)}`];
}

function serviceOf(store: Azurite): BlobServiceClient {
  const credential = new StorageSharedKeyCredential(store.accountName, store.accountKey);
  return new BlobServiceClient(store.blobEndpoint, credential);
}

function signed(container: ContainerClient, permissions: string): Promise<string> {
  return container.generateSasUrl({
    permissions: ContainerSASPermissions.parse(permissions),
    expiresOn: new Date(Date.now() + SIGNED_FOR_MS),
  });
}

function describe({ seconds, peakRssMb }: Measured): string {
  const memory = peakRssMb === 0 ? "" : `, peak RSS ${peakRssMb.toFixed(0)} MB`;
  return `${seconds.toFixed(1)} s, ${(TOTAL_MB / seconds).toFixed(1)} MB/s${memory}`;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

const { BENCH_SOURCE_URL: from, BENCH_TARGET_URL: to } = process.env;
void (from !== undefined && to !== undefined ? relayInThisProcess(from, to) : main());
