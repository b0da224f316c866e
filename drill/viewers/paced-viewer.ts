import { setTimeout as sleep } from "node:timers/promises";
import { fetchText } from "../checks/fetch-whole";
import { hlsPlaylists, hlsSegments, type ListedSegment } from "../checks/hls";
import { DrillError } from "../drill-error";
import type { SegmentAnswer, ViewerReport } from "../report/drill-report";
import type { Stopwatch } from "../stopwatch";
import { BufferModel } from "./buffer-model";
import type { Viewer } from "./viewer";

/** What is watched, and how. */
export interface PacedViewing {
  video: string;
  via: ViewerReport["via"];
  /** HLS multivariant playlist. */
  url: string;
  promised: boolean;
  stopwatch: Stopwatch;
}

/** As much as the usual players keep in a test: short, so that a loss shows. */
const bufferSeconds = 8;
const retryMs = 250;
const lookMs = 100;
const sampleMs = 500;
const answerWithinMs = 10_000;

/**
 * Reads the best quality at the pace of the clock, over and over, with a buffer of 8 s; asks again
 * when it gets no good answer, as players do.
 */
export class PacedViewer implements Viewer {
  readonly settled: Promise<void>;
  private readonly buffer = new BufferModel();
  private readonly answers: SegmentAnswer[] = [];
  private readonly levels: ViewerReport["buffer"] = [];
  private readonly ending = new AbortController();
  private readonly work: Promise<void>;
  private readonly sampler: NodeJS.Timeout;
  private settle: () => void = () => undefined;

  private constructor(
    private readonly viewing: PacedViewing,
    private readonly segments: readonly ListedSegment[],
  ) {
    this.settled = new Promise((resolve) => {
      this.settle = resolve;
    });
    this.sampler = setInterval(() => {
      this.sample();
    }, sampleMs);
    this.work = this.watch();
  }

  /** @throws DrillError when there is nothing to watch. */
  static async start(viewing: PacedViewing): Promise<PacedViewer> {
    const segments = await mediaSegments(viewing.url);
    if (segments.length === 0) throw new DrillError(`${viewing.url} lists no segment`);
    return new PacedViewer(viewing, segments);
  }

  /** How many seconds there are to watch. */
  static async secondsOf(url: string): Promise<number> {
    return (await mediaSegments(url)).reduce((sum, { seconds }) => sum + seconds, 0);
  }

  async stop(): Promise<ViewerReport> {
    this.ending.abort();
    clearInterval(this.sampler);
    await this.work;
    const { video, via, promised, stopwatch } = this.viewing;
    this.buffer.finish(stopwatch.now());
    const { stalls } = this.buffer;
    return {
      ...{ player: "paced reader", via, promised, video, stalls, errors: [] },
      stallSeconds: stalls.reduce((sum, { from, to }) => sum + to - from, 0),
      segments: this.answers,
      buffer: this.levels,
    };
  }

  private async watch(): Promise<void> {
    const { signal } = this.ending;
    const ended = (): boolean => signal.aborted;
    for (let i = 0; !ended(); i += 1) {
      const segment = this.segments[i % this.segments.length];
      if (segment === undefined) return;
      while (!ended() && this.isFull(segment)) {
        this.settle();
        await sleep(lookMs, undefined, { signal }).catch(() => undefined);
      }
      while (!ended() && !(await this.load(segment))) {
        await sleep(retryMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private isFull({ seconds }: ListedSegment): boolean {
    const level = this.buffer.levelAt(this.viewing.stopwatch.now());
    return level > 0 && level + seconds > bufferSeconds;
  }

  private async load({ url, seconds }: ListedSegment): Promise<boolean> {
    const { stopwatch } = this.viewing;
    const signal = AbortSignal.any([this.ending.signal, AbortSignal.timeout(answerWithinMs)]);
    let status = 0;
    let dataCenter: string | null = null;
    try {
      const response = await fetch(url, { signal });
      ({ status } = response);
      dataCenter = response.headers.get("x-data-center");
      await response.arrayBuffer();
      if (response.ok) this.buffer.add(stopwatch.now(), seconds);
    } catch {
      status = 0; // broken off in the middle counts as no answer
    }
    if (this.ending.signal.aborted && status === 0) return false;
    this.answers.push({ at: stopwatch.now(), dataCenter, status });
    this.sample();
    return status >= 200 && status < 300;
  }

  private sample(): void {
    const at = this.viewing.stopwatch.now();
    this.levels.push({ at, seconds: Math.round(this.buffer.levelAt(at) * 100) / 100 });
  }
}

/** Of the first quality that is listed. */
async function mediaSegments(url: string): Promise<ListedSegment[]> {
  const [playlist] = hlsPlaylists(await fetchText(url), url);
  if (playlist === undefined) return [];
  const segments = hlsSegments(await fetchText(playlist), playlist);
  return segments.filter(({ seconds }) => seconds > 0);
}
