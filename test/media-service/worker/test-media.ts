import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

/** A media file to make: moving test picture, a tone, or both. */
export interface MediaSpec {
  readonly seconds: number;
  readonly video?: {
    readonly width: number;
    readonly height: number;
    /** As FFmpeg writes it, for example `25` or `30000/1001`. */
    readonly rate: string;
    readonly pixelFormat?: string;
    readonly displayMatrix?: readonly number[];
  };
  readonly audio?: {
    readonly layout: string;
    readonly sampleRate: number;
    readonly language?: string;
  };
}

const ONE = 0x10000;
const W = 0x40000000;

/** Display matrix of a picture that is shown after a clockwise quarter turn. */
export const CLOCKWISE = [0, ONE, 0, -ONE, 0, 0, 0, 0, W];

/** The files that tests use. */
const SPECS = {
  /** Three rungs, stereo. */
  plain: {
    seconds: 3,
    video: { width: 640, height: 360, rate: "25" },
    audio: { layout: "stereo", sampleRate: 48_000, language: "eng" },
  },
  /** Portrait of odd sides, a rate that is no whole number, surround at another sample rate. */
  odd: {
    seconds: 3,
    video: { width: 181, height: 321, rate: "30000/1001", pixelFormat: "yuv444p" },
    audio: { layout: "5.1", sampleRate: 44_100 },
  },
  /** Stored lying down, without sound. */
  turned: {
    seconds: 2.2,
    video: { width: 320, height: 180, rate: "24", displayMatrix: CLOCKWISE },
  },
  /** A voice at the rate of telephones. */
  mono: {
    seconds: 2.2,
    video: { width: 320, height: 180, rate: "50" },
    audio: { layout: "mono", sampleRate: 8000 },
  },
  soundOnly: { seconds: 1, audio: { layout: "stereo", sampleRate: 48_000 } },
} satisfies Record<string, MediaSpec>;

/** Names of the files. */
export type TestMedia = keyof typeof SPECS;

let made: Promise<string> | undefined;

/** The path of a test file; all are made at the first call, by node-av. */
async function testMedia(name: TestMedia): Promise<string> {
  made ??= makeAll();
  return path.join(await made, `${name}.mp4`);
}

/** The content of a test file. */
export async function testMediaBytes(name: TestMedia): Promise<Buffer> {
  return readFile(await testMedia(name));
}

async function makeAll(): Promise<string> {
  const directory = mkdtempSync(path.join(tmpdir(), "twinstream-media-"));
  process.once("exit", () => {
    rmSync(directory, { recursive: true, force: true });
  });
  const jobs = Object.entries(SPECS).map(([name, spec]) => ({
    path: path.join(directory, `${name}.mp4`),
    spec,
  }));
  await promisify(execFile)(process.execPath, [
    ...["-r", require.resolve("tsx/cjs"), path.join(__dirname, "make-media.ts")],
    JSON.stringify(jobs),
  ]);
  return directory;
}

/** The project's sample: 40 seconds of 720p, long enough to be broken off in the middle. */
export const SAMPLE = path.join(__dirname, "../../../samples/big-buck-bunny-40s.mp4");
