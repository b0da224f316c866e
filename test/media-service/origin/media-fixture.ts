import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { FakeBlobStore } from "./fake-store";
import { renderServerManifest } from "../../../media-service/packaging/server-manifest";

const SAMPLE = join(__dirname, "..", "..", "..", "samples", "big-buck-bunny-40s.mp4");
const CMAF = ["-movflags", "+cmaf+frag_keyframe+delay_moov+global_sidx"];
const KEY_FRAMES = [
  "-force_key_frames",
  "expr:gte(t,n_forced*2)",
  "-sc_threshold",
  "0",
  "-g",
  "500",
];

/** Seconds of each asset that this makes. */
export const FIXTURE_SECONDS = 8;

/** Whether FFmpeg and its reader are on this machine. */
export function hasFfmpeg(): boolean {
  return ["ffmpeg", "ffprobe"].every((tool) => spawnSync(tool, ["-version"]).status === 0);
}

/** Whether this FFmpeg was built with an encoder: HEVC's is often left out. */
export function hasEncoder(name: string): boolean {
  const { stdout } = spawnSync("ffmpeg", ["-hide_banner", "-encoders"], { encoding: "utf8" });
  return stdout.includes(` ${name} `);
}

/**
 * Runs a tool and gives back what it printed. The origin under test lives in this process, so waiting
 * for the tool must not block it.
 */
export async function run(tool: "ffmpeg" | "ffprobe", args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(tool, ["-v", "error", ...args], {
    maxBuffer: 64 * 1024 * 1024,
    timeout: 60_000,
  });
  return stdout;
}

/** Every form of the fixture that this machine's FFmpeg can make. */
export function encodeAll(): Promise<Map<string, Buffer>> {
  return encode({
    ...CMAF_OUTPUTS,
    ...PROGRESSIVE_OUTPUTS,
    ...(hasEncoder(HEVC_ENCODER) ? HEVC_OUTPUTS : {}),
  });
}

/** Files made by FFmpeg from the sample, by name. */
export async function encode(
  outputs: Readonly<Record<string, readonly string[]>>,
): Promise<Map<string, Buffer>> {
  const folder = mkdtempSync(join(tmpdir(), "origin-media-"));
  const files = new Map<string, Buffer>();
  try {
    for (const [name, args] of Object.entries(outputs)) {
      const file = join(folder, name);
      await run("ffmpeg", ["-i", SAMPLE, "-t", String(FIXTURE_SECONDS), ...args, file]);
      files.set(name, readFileSync(file));
    }
    return files;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How the worker writes: one CMAF file a track, video in two qualities. */
export const CMAF_OUTPUTS = {
  "cmaf_640x360_600.mp4": ["-an", "-vf", "scale=640:360", ...x264("600k"), ...CMAF],
  "cmaf_320x180_200.mp4": ["-an", "-vf", "scale=320:180", ...x264("200k"), ...CMAF],
  "cmaf_AACAudio_128_Audio1.mp4": [
    ...["-vn", "-c:a", "aac", "-b:a", "128k", "-frag_duration", "2000000"],
    ...CMAF,
  ],
};

/** Long enough for a player to need segments after its buffer is empty; encoded once a process. */
export function encodeLongVideo(): Promise<Map<string, Buffer>> {
  longVideo ??= encode(
    Object.fromEntries(
      Object.entries(CMAF_OUTPUTS).map(([name, args]) => [
        name,
        [...args, "-t", "40", "-preset", "ultrafast"],
      ]),
    ),
  );
  return longVideo;
}
let longVideo: Promise<Map<string, Buffer>> | undefined;

/** What people upload: one progressive file with B frames, index at the back. */
export const PROGRESSIVE_OUTPUTS = {
  "plain.mp4": ["-vf", "scale=640:360", ...x264("600k"), "-bf", "3", "-c:a", "aac"],
};

/** The encoder of {@link HEVC_OUTPUTS}. */
const HEVC_ENCODER = "libx265";

/** HEVC as its encoder likes it: open groups of pictures, composition offsets from the beginning. */
const HEVC_OUTPUTS = {
  "hevc.mp4": [
    ...["-vf", "scale=320:180", "-c:v", HEVC_ENCODER, "-preset", "ultrafast", "-tag:v", "hvc1"],
    ...["-x265-params", "open-gop=1:keyint=50:min-keyint=50:scenecut=0:bframes=4:log-level=none"],
    ...["-c:a", "aac"],
  ],
};

function x264(bitrate: string): string[] {
  return ["-c:v", "libx264", "-preset", "veryfast", "-b:v", bitrate, ...KEY_FRAMES];
}

/** Writes the assets' files and server manifests into one container. */
export function putAssets(
  blobs: FakeBlobStore,
  container: string,
  files: ReadonlyMap<string, Buffer>,
): void {
  for (const [name, bytes] of files) blobs.put(container, name, bytes);
  const video = { kind: "video", trackId: 1, trackName: "video" } as const;
  blobs.put(
    container,
    "cmaf.ism",
    renderServerManifest(
      [
        { ...video, src: "cmaf_640x360_600.mp4", systemBitrate: 600_000 },
        { ...video, src: "cmaf_320x180_200.mp4", systemBitrate: 200_000 },
        {
          kind: "audio",
          src: "cmaf_AACAudio_128_Audio1.mp4",
          systemBitrate: 128_000,
          trackId: 1,
          trackName: "Audio1",
          language: "eng",
        },
      ],
      "cmaf",
    ),
  );
  for (const name of ["plain", "hevc"].filter((name) => files.has(`${name}.mp4`))) {
    const src = `${name}.mp4`;
    const body = `<switch><video src="${src}"/><audio src="${src}"/></switch>`;
    blobs.put(container, `${name}.ism`, `<smil><body>${body}</body></smil>`);
  }
}
