import type { TrackKind } from "./server-manifest";

/** One sample of a run. */
export interface Sample {
  /** Its place in the buffer that the run was read from. */
  readonly offset: number;
  readonly sizeBytes: number;
  readonly duration: number;
  readonly compositionOffset: number;
  /** Whether it can be decoded without others. */
  readonly sync: boolean;
}

/** Samples that follow one another, in decoding order; times in the track's timescale. */
export interface SampleRun {
  readonly baseDecodeTime: number;
  readonly samples: readonly Sample[];
}

/**
 * Moves a run from the media's time line to the presentation's, so that no edit list is needed.
 * Video keeps its decode times and gets other composition offsets. Audio loses what would be heard
 * before time 0: the encoder's priming.
 *
 * @param shift - Taken from each composition time.
 */
export function shiftRun(run: SampleRun, shift: number, kind: TrackKind): SampleRun {
  if (shift === 0) return run;
  if (kind === "video") {
    const earlier = Math.max(0, shift);
    return {
      baseDecodeTime: run.baseDecodeTime - Math.min(0, shift),
      samples: run.samples.map((sample) => ({
        ...sample,
        compositionOffset: sample.compositionOffset - earlier,
      })),
    };
  }
  let decodeTime = run.baseDecodeTime - shift;
  let skipped = 0;
  for (const sample of run.samples) {
    if (decodeTime >= 0) break;
    decodeTime += sample.duration;
    skipped++;
  }
  return { baseDecodeTime: decodeTime, samples: run.samples.slice(skipped) };
}

/** Earliest presentation time of a run. */
export function earliestPresentation({ baseDecodeTime, samples }: SampleRun): number {
  let decodeTime = baseDecodeTime;
  let earliest = Number.POSITIVE_INFINITY;
  for (const sample of samples) {
    earliest = Math.min(earliest, decodeTime + sample.compositionOffset);
    decodeTime += sample.duration;
  }
  return earliest;
}

/** How long a run lasts. */
export function runDuration({ samples }: Pick<SampleRun, "samples">): number {
  return samples.reduce((sum, sample) => sum + sample.duration, 0);
}
