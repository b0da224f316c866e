import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BlobServiceClient,
  type ContainerClient,
  ContainerSASPermissions,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { tinyCmaf } from "../test/media-service/packaging/tiny-cmaf";
import { tinyMp4, type TinyTrack } from "../test/media-service/packaging/tiny-mp4";
import { type Azurite, startAzurite } from "../test/support/azurite";
import { containerOf, locatorOf, startOrigin } from "./origin/serve";

const ASSETS = 200;
const PLAYERS = Number(process.env["BENCH_PLAYERS"] ?? "64");
/** Millions of bytes. */
const GOAL_MB = 300;
const SECONDS = Number(process.env["BENCH_SECONDS"] ?? "60");
const FILM_SECONDS = 600;
const SEGMENT_SECONDS = 2;
const FRAMES_PER_SECOND = 25;
/** Bytes of a picture in each quality: 0.4 to 6 Mbit/s. */
const RUNGS = [30_000, 15_000, 8_000, 4_000, 2_000];

/**
 * How much memory one process of the origin takes while players watch 200 films of ten minutes, at any
 * place and in any quality. Half of the films are as the encoder writes them, half are progressive, whose
 * indexes are larger than all that may be remembered.
 */
async function main(): Promise<void> {
  if (process.platform !== "linux") {
    console.log("Skipped: this is no Linux to measure on.");
    return;
  }
  const directory = await mkdtemp(join(tmpdir(), "twinstream-bench-"));
  const stops: (() => Promise<void>)[] = [];
  try {
    const store = await startAzurite({ accountName: "bench", dataDir: join(directory, "store") });
    stops.push(() => store.stop());
    await fillStore(store);
    const origin = await startOrigin(store, { warmth: "warm", assets: ASSETS });
    stops.push(origin.stop);
    const idle = residentMb(origin.pid, "VmRSS");
    const { requests, failed } = await play(origin.baseUrl);
    const highest = residentMb(origin.pid, "VmHWM");
    const met = highest <= GOAL_MB && failed === 0;
    console.log(
      `${ASSETS} films, ${PLAYERS} players, ${SECONDS} s: ${requests} requests, ${failed} failed`,
    );
    console.log(
      `  resident: ${idle} MB at first, ${residentMb(origin.pid, "VmRSS")} MB at last, at most ` +
        `${highest} MB (goal <= ${GOAL_MB}: ${met ? "met" : "MISSED"})`,
    );
    if (!met) process.exitCode = 1;
  } finally {
    for (const stop of stops.reverse()) await stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Players that ask for a segment anywhere, then for the two after it, and go elsewhere. */
async function play(baseUrl: string): Promise<{ requests: number; failed: number }> {
  const end = Date.now() + SECONDS * 1000;
  const counts = { requests: 0, failed: 0 };
  const player = async (): Promise<void> => {
    while (Date.now() < end) {
      const film = `${baseUrl}/${locatorOf(random(ASSETS))}/film.ism`;
      const quality = `${film}/QualityLevels(${1000 + random(RUNGS.length)})`;
      const first = random(FILM_SECONDS / SEGMENT_SECONDS - 3);
      const urls = [0, 1, 2].map(
        (next) =>
          `${quality}/Fragments(video=${(first + next) * SEGMENT_SECONDS * 1e7},format=m3u8-cmaf).m4s`,
      );
      for (const url of [`${film}/manifest(format=m3u8-cmaf)`, ...urls]) {
        const response = await fetch(url);
        await response.arrayBuffer();
        counts.requests += 1;
        if (!response.ok) counts.failed += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: PLAYERS }, player));
  return counts;
}

async function fillStore(store: Azurite): Promise<void> {
  const credential = new StorageSharedKeyCredential(store.accountName, store.accountKey);
  const service = new BlobServiceClient(store.blobEndpoint, credential);
  const models = service.getContainerClient("models");
  await models.create();
  for (const [rung, sizeBytes] of RUNGS.entries()) {
    const track = pictures(sizeBytes);
    const samplesPerFragment = FRAMES_PER_SECOND * SEGMENT_SECONDS;
    const files = { cmaf: tinyCmaf(track, { samplesPerFragment }), plain: tinyMp4([track]) };
    for (const [kind, bytes] of Object.entries(files)) {
      await models.getBlockBlobClient(`${kind}-${rung}`).uploadData(bytes);
    }
  }
  const signed = await models.generateSasUrl({
    permissions: ContainerSASPermissions.parse("r"),
    expiresOn: new Date(Date.now() + 3_600_000),
  });
  for (let asset = 0; asset < ASSETS; asset++) {
    await copyFilm(service.getContainerClient(containerOf(asset)), new URL(signed), asset);
  }
}

/** The store copies by itself, so that 200 films take the place of two. */
async function copyFilm(container: ContainerClient, models: URL, asset: number): Promise<void> {
  await container.create();
  const kind = asset % 2 === 0 ? "cmaf" : "plain";
  const lines = await Promise.all(
    RUNGS.map(async (_, rung) => {
      const source = new URL(models);
      source.pathname += `/${kind}-${rung}`;
      await container.getBlobClient(`${rung}.mp4`).syncCopyFromURL(source.href);
      return `<video src="${rung}.mp4" systemBitrate="${1000 + rung}"/>`;
    }),
  );
  const manifest = `<smil><body>${lines.join("")}</body></smil>`;
  await container.getBlockBlobClient("film.ism").upload(manifest, manifest.length);
}

function pictures(sizeBytes: number): TinyTrack {
  const bytes = Buffer.alloc(sizeBytes, 7);
  const samples = Array.from({ length: FILM_SECONDS * FRAMES_PER_SECOND }, (_, frame) => ({
    bytes,
    duration: 512,
    sync: frame % (FRAMES_PER_SECOND * SEGMENT_SECONDS) === 0,
  }));
  return { kind: "video", trackId: 1, timescale: 512 * FRAMES_PER_SECOND, samples };
}

function residentMb(pid: number, field: "VmRSS" | "VmHWM"): number {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  // What the kernel calls kB are 1,024 bytes.
  const kibibytes = Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]);
  return Math.round((kibibytes * 1024) / 1e6);
}

function random(below: number): number {
  return Math.floor(Math.random() * below);
}

void main();
