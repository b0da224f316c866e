import path from "node:path";
import { InvalidInputError } from "../../domain/errors";
import type { Encoder, EncoderConfig } from "./encoder";
import { FfmpegEncoder, type FfmpegPrograms } from "./ffmpeg/ffmpeg-encoder";
import { runProcess } from "./ffmpeg/process-runner";
import { NodeAvEncoder } from "./node-av/node-av-encoder";

/** The chosen encoder, and why it is not ffmpeg where that was possible. */
export interface EncoderChoice {
  readonly encoder: Encoder;
  readonly whyNotFfmpeg?: string;
}

/**
 * Finds the encoder to use.
 *
 * @throws InvalidInputError when ffmpeg was asked for and cannot do what is needed.
 */
export async function chooseEncoder(
  config: EncoderConfig,
  signal: AbortSignal,
): Promise<EncoderChoice> {
  if (config.kind === "node-av") return { encoder: new NodeAvEncoder() };
  const programs = ffmpegPrograms(config);
  const lack = await whatFfmpegLacks(programs, signal);
  if (lack === undefined) return { encoder: new FfmpegEncoder(programs) };
  if (config.kind === "ffmpeg" || config.ffmpegPath !== undefined) {
    throw new InvalidInputError(
      `the encoder cannot be used: ${lack}; set FFMPEG_PATH to an ffmpeg (4.4 or later, with libx264) ` +
        "that has ffprobe beside it, or ENCODER=node-av",
    );
  }
  return { encoder: new NodeAvEncoder(), whyNotFfmpeg: lack };
}

/** ffprobe beside ffmpeg, both on PATH when no path is configured. */
function ffmpegPrograms({ ffmpegPath }: EncoderConfig): FfmpegPrograms {
  if (ffmpegPath === undefined) return { ffmpeg: "ffmpeg", ffprobe: "ffprobe" };
  const { dir, ext } = path.parse(ffmpegPath);
  return { ffmpeg: ffmpegPath, ffprobe: path.join(dir, `ffprobe${ext === ".exe" ? ext : ""}`) };
}

const NEEDS: readonly { args: readonly string[]; text: string; lack: string }[] = [
  {
    args: ["-h", "encoder=libx264"],
    text: "Encoder libx264",
    lack: "it has no H.264 encoder libx264",
  },
  {
    args: ["-h", "muxer=mp4"],
    text: "global_sidx",
    lack: "it is too old to write CMAF with an index",
  },
];

async function whatFfmpegLacks(
  { ffmpeg, ffprobe }: FfmpegPrograms,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (const { args, text, lack } of NEEDS) {
    const output = await outputOf(ffmpeg, args, signal);
    if (output === undefined) return `${ffmpeg} cannot be started`;
    if (!output.includes(text)) return `${ffmpeg}: ${lack}`;
  }
  const probe = await outputOf(ffprobe, ["-version"], signal);
  return probe === undefined ? `${ffprobe} cannot be started` : undefined;
}

/** What a program prints; undefined when there is no such program. */
async function outputOf(
  command: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const lines: string[] = [];
  const onStdoutLine = (line: string) => lines.push(line);
  try {
    await runProcess({ command, args: ["-hide_banner", ...args], signal, onStdoutLine });
  } catch (error) {
    signal.throwIfAborted();
    if (isNotStartable(error)) return undefined;
    throw error;
  }
  return lines.join("\n");
}

function isNotStartable(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "EACCES" || code === "ENOEXEC";
}
