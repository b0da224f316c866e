import { Agent, request } from "undici";

/** What many viewers watch. */
export interface Audience {
  readonly viewers: number;
  readonly seconds: number;
  /** Segments of each track in order; viewers take a video track by turns, and the one of sound. */
  readonly video: readonly (readonly string[])[];
  readonly audio: readonly string[];
  /** Put before the paths. */
  readonly baseUrl: string;
}

/** What they noticed. */
export interface AudienceReport {
  readonly requests: number;
  readonly megabytes: number;
  readonly failed: readonly string[];
  /** Milliseconds from the request to the last byte of each segment, sorted. */
  readonly latenciesMs: readonly number[];
}

/** Length of the sample's segments. */
const SEGMENT_MS = 2_000;
/** A player would have run dry by then. */
const TIMEOUT_MS = 8_000;

/**
 * Lets viewers watch at the pace of real ones: each asks for a segment of picture and one of sound every
 * two seconds, from a place of the video of its own, and begins again at its end.
 */
export async function watch(audience: Audience): Promise<AudienceReport> {
  const agent = new Agent({ connections: audience.viewers, pipelining: 1 });
  const latenciesMs: number[] = [];
  const failed: string[] = [];
  let bytes = 0;
  const load = async (path: string): Promise<void> => {
    const started = performance.now();
    try {
      const { statusCode, body } = await request(audience.baseUrl + path, {
        dispatcher: agent,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      for await (const part of body) bytes += (part as Buffer).length;
      if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
      latenciesMs.push(performance.now() - started);
    } catch (error) {
      failed.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const until = performance.now() + audience.seconds * 1000;
  await Promise.all(
    Array.from({ length: audience.viewers }, (_, viewer) =>
      view({ audience, viewer, until, load }),
    ),
  );
  await agent.close();
  latenciesMs.sort((a, b) => a - b);
  return {
    requests: latenciesMs.length + failed.length,
    megabytes: bytes / 1e6,
    failed,
    latenciesMs,
  };
}

async function view({
  audience,
  viewer,
  until,
  load,
}: {
  audience: Audience;
  viewer: number;
  until: number;
  load: (path: string) => Promise<void>;
}): Promise<void> {
  const { viewers, video, audio } = audience;
  const track = video[viewer % video.length] ?? [];
  // Spread over the two seconds, so that they come as strangers do and not as one crowd.
  let due = performance.now() + (viewer / viewers) * SEGMENT_MS;
  for (let segment = viewer % track.length; due < until; segment++, due += SEGMENT_MS) {
    const waitMs = due - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const paths = [track[segment % track.length], audio[segment % audio.length]];
    await Promise.all(paths.flatMap((path) => (path === undefined ? [] : [load(path)])));
  }
}

/** The value that a share of all does not exceed; 0 to 1. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
