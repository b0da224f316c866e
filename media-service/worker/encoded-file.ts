import { open, stat } from "node:fs/promises";
import { MediaError } from "../domain/errors";
import { type MovieIndex, readMovieIndex } from "../packaging/movie-index";
import type { TrackKind } from "../packaging/server-manifest";
import { TICKS_PER_SECOND } from "../packaging/time";
import { bitratesOf, type TrackIndex } from "../packaging/track-index";
import type { AudioOutput, EncodePlan, VideoOutput } from "./encode-plan";
import { fileSource } from "./file-source";
import { TaskError } from "./task-error";

/** A file that an encoder wrote, as it really is. */
export interface EncodedFile {
  readonly kind: TrackKind;
  /** What it was meant to be. */
  readonly output: VideoOutput | AudioOutput;
  readonly sizeBytes: number;
  readonly movie: MovieIndex;
  readonly track: TrackIndex;
  /** Measured, mean and highest segment. */
  readonly bitsPerSecond: number;
  readonly peakBitsPerSecond: number;
  readonly durationSeconds: number;
}

/**
 * Reads back what an encoder wrote, with the eyes of the origin that will serve it.
 *
 * @throws TaskError `ErrorExecutingTaskMalformedContent` for a file that is missing or holds nothing.
 */
export async function readEncodedFiles(plan: EncodePlan): Promise<EncodedFile[]> {
  return Promise.all([
    ...plan.video.map((output) => readEncodedFile("video", output)),
    ...plan.audio.map((output) => readEncodedFile("audio", output)),
  ]);
}

async function readEncodedFile(
  kind: TrackKind,
  output: VideoOutput | AudioOutput,
): Promise<EncodedFile> {
  const movie = await readIndex(kind, output.path);
  const track = movie.tracks.find(({ header }) => header.kind === kind);
  const last = track?.segments.at(-1);
  if (!track || !last) throw nothingEncoded(kind);
  const { average, peak } = bitratesOf(track);
  return {
    kind,
    output,
    sizeBytes: (await stat(output.path)).size,
    movie,
    track,
    bitsPerSecond: average,
    peakBitsPerSecond: peak,
    durationSeconds: (last.time + last.duration) / TICKS_PER_SECOND,
  };
}

async function readIndex(kind: TrackKind, path: string): Promise<MovieIndex> {
  try {
    await using file = await open(path);
    return await readMovieIndex(await fileSource(file));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (missing || error instanceof MediaError) throw nothingEncoded(kind, error);
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
