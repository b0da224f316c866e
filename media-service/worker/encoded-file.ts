import { open, stat } from "node:fs/promises";
import { MediaError } from "../domain/errors";
import { type MovieIndex, readMovieIndex } from "../packaging/movie-index";
import type { TrackKind } from "../packaging/server-manifest";
import { TICKS_PER_SECOND } from "../packaging/time";
import { bitratesOf, type TrackIndex } from "../packaging/track-index";
import { fileSource } from "./file-source";
import type { EncodePlan, MediaFile, TrackOutput } from "./plan/encode-plan";
import { TaskError } from "./task-error";

/** A track that an encoder wrote, as it really is. */
export interface EncodedTrack {
  readonly kind: TrackKind;
  /** What it was meant to be. */
  readonly output: TrackOutput;
  readonly track: TrackIndex;
  /** Measured, mean and highest segment. */
  readonly bitsPerSecond: number;
  readonly peakBitsPerSecond: number;
  readonly durationSeconds: number;
}

/** A file that an encoder wrote, as it really is. */
export interface EncodedFile {
  readonly file: MediaFile;
  readonly sizeBytes: number;
  readonly movie: MovieIndex;
  readonly tracks: readonly EncodedTrack[];
}

/**
 * Reads back what an encoder wrote, with the eyes of the origin that will serve it.
 *
 * @throws TaskError `ErrorExecutingTaskMalformedContent` for a file that is missing or holds nothing.
 */
export async function readEncodedFiles({ files }: EncodePlan): Promise<EncodedFile[]> {
  return Promise.all(files.map(readEncodedFile));
}

/** What a track holds. */
export function trackKind({ kind }: TrackOutput): TrackKind {
  return kind === "video" || kind === "copied video" ? "video" : "audio";
}

async function readEncodedFile(file: MediaFile): Promise<EncodedFile> {
  const movie = await readIndex(file);
  // Encoders write tracks in the order of the plan.
  const left = [...movie.tracks];
  const tracks = file.tracks.map((output) => {
    const kind = trackKind(output);
    const at = left.findIndex(({ header }) => header.kind === kind);
    const [track] = at === -1 ? [] : left.splice(at, 1);
    const last = track?.segments.at(-1);
    if (!track || !last) throw nothingEncoded(kind);
    const { average, peak } = bitratesOf(track);
    const durationSeconds = (last.time + last.duration) / TICKS_PER_SECOND;
    return {
      kind,
      output,
      track,
      bitsPerSecond: average,
      peakBitsPerSecond: peak,
      durationSeconds,
    };
  });
  return { file, sizeBytes: (await stat(file.path)).size, movie, tracks };
}

async function readIndex({ path, tracks }: MediaFile): Promise<MovieIndex> {
  try {
    await using file = await open(path);
    return await readMovieIndex(await fileSource(file));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const [first] = tracks;
    if (first && (missing || error instanceof MediaError)) {
      throw nothingEncoded(trackKind(first), error);
    }
    throw error;
  }
}

function nothingEncoded(kind: TrackKind, cause?: unknown): TaskError {
  return new TaskError(
    "ErrorExecutingTaskMalformedContent",
    `nothing of the input's ${kind} could be decoded: the file is damaged or was cut off`,
    { cause },
  );
}
