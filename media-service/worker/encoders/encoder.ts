import type { EncodePlan } from "../plan/encode-plan";
import type { ProbedMedia } from "../probed-media";

/** Which encoder a worker uses. */
export interface EncoderConfig {
  /** `auto`: ffmpeg where there is one that can do it, else node-av. */
  readonly kind: "auto" | "ffmpeg" | "node-av";
  /** The program; ffprobe is looked for beside it. Without it both are looked for on PATH. */
  readonly ffmpegPath?: string;
}

/** How an encode is watched and stopped. */
export interface EncodeOptions {
  readonly signal: AbortSignal;
  /** Called with the length of what is encoded so far. */
  readonly onProgress: (encodedSeconds: number) => void;
}

/**
 * Something that looks into media files and encodes them, always in a process of its own. Throws
 * TaskError for what the content is to blame for, the signal's reason when stopped.
 */
export interface Encoder {
  readonly name: "ffmpeg" | "node-av";
  /** @throws TaskError when the file is not media. */
  probe(path: string, signal: AbortSignal): Promise<ProbedMedia>;
  /** Writes every file of the plan into the directory. */
  encode(plan: EncodePlan, options: EncodeOptions): Promise<void>;
}
