import { strict as assert } from "node:assert";
import {
  AVERROR_EAGAIN,
  AVERROR_EOF,
  avChannelLayoutDescribe,
  avGetPixFmtName,
  avGetSampleFmtName,
  AVMEDIA_TYPE_VIDEO,
  AV_BUFFERSRC_FLAG_KEEP_REF,
  FFmpegError,
  type FilterContext,
  FilterGraph,
  Frame,
} from "node-av";
import type { Rational } from "../../probed-media";
import { TaskError } from "../../task-error";

/** A filtered picture or piece of sound, from the output of that number. */
export type OnFiltered = (frame: Frame, output: number, timeBase: Rational) => void;

/** What a filter graph is made from. */
export interface TrackFilterOptions {
  /** From `[in]` to `[v0]`, `[v1]` and so on. */
  readonly description: string;
  readonly outputCount: number;
  readonly timeBase: Rational;
  readonly frameRate?: Rational;
}

/**
 * A graph with one input and several outputs. It is built from the first frame, whose form no header
 * tells for sure. Outputs are emptied one after the other: two at a time abort the process.
 */
export class TrackFilter {
  private readonly graph = new FilterGraph();
  private readonly frame = new Frame();
  private source: FilterContext | undefined;
  private sinks: { context: FilterContext; timeBase: Rational }[] = [];

  constructor(private readonly options: TrackFilterOptions) {
    this.frame.alloc();
  }

  /** Hands a frame in, and everything that comes out on. */
  push(frame: Frame, onFiltered: OnFiltered): void {
    this.source ??= this.build(frame);
    const status = this.source.buffersrcAddFrameSync(frame, AV_BUFFERSRC_FLAG_KEEP_REF);
    // A graph that trims its input has enough at some point.
    if (status === AVERROR_EOF) return;
    FFmpegError.throwIfError(status, "filter");
    this.drain(onFiltered);
  }

  /** Hands the end in; a graph that never saw a frame has nothing to give. */
  flush(onFiltered: OnFiltered): void {
    if (!this.source) return;
    const status = this.source.buffersrcAddFrameSync(null);
    if (status !== AVERROR_EOF) FFmpegError.throwIfError(status, "end the filter");
    this.drain(onFiltered);
  }

  private drain(onFiltered: OnFiltered): void {
    // Sinks feed each other's queues through `split`: go round until none has anything left.
    for (let found = true; found;) {
      found = false;
      for (const [output, sink] of this.sinks.entries()) {
        const status = sink.context.buffersinkGetFrameSync(this.frame);
        if (status === AVERROR_EAGAIN || status === AVERROR_EOF) continue;
        FFmpegError.throwIfError(status, "filter");
        found = true;
        onFiltered(this.frame, output, sink.timeBase);
        this.frame.unref();
      }
    }
  }

  private build(first: Frame): FilterContext {
    const video = first.getMediaType() === AVMEDIA_TYPE_VIDEO;
    const kind = video ? "" : "a";
    const args = video ? this.videoArgs(first) : this.audioArgs(first);
    const sinks = Array.from({ length: this.options.outputCount }, (_, index) => `v${index}`);
    const description = [
      `${kind}buffer@in=${args}[in]`,
      this.options.description,
      ...sinks.map((label) => `[${label}]${kind}buffersink@${label}`),
    ].join(";");

    this.graph.alloc();
    const parsed = this.graph.parsePtr(description);
    if (parsed < 0) {
      throw new TaskError(
        "ErrorExecutingTaskUnsupportedFormat",
        `the form of the decoded input cannot be filtered (${args})`,
      );
    }
    FFmpegError.throwIfError(this.graph.configSync(), "set up the filter");
    this.sinks = sinks.map((label) => {
      const context = this.find(`${kind}buffersink@${label}`);
      return { context, timeBase: context.buffersinkGetTimeBase() };
    });
    return this.find(`${kind}buffer@in`);
  }

  private find(name: string): FilterContext {
    const context = this.graph.getFilter(name);
    assert(context, `the filter graph has no '${name}'`);
    return context;
  }

  private videoArgs(frame: Frame): string {
    const { timeBase, frameRate } = this.options;
    const { num, den } = frame.sampleAspectRatio;
    return [
      `video_size=${frame.width}x${frame.height}`,
      `pix_fmt=${avGetPixFmtName(frame.format as never) ?? ""}`,
      `time_base=${timeBase.num}/${timeBase.den}`,
      `pixel_aspect=${num}/${Math.max(1, den)}`,
      `colorspace=${frame.colorSpace}`,
      `range=${frame.colorRange}`,
      ...(frameRate ? [`frame_rate=${frameRate.num}/${frameRate.den}`] : []),
    ].join(":");
  }

  private audioArgs(frame: Frame): string {
    const { timeBase } = this.options;
    return [
      `time_base=${timeBase.num}/${timeBase.den}`,
      `sample_rate=${frame.sampleRate}`,
      `sample_fmt=${avGetSampleFmtName(frame.format as never) ?? ""}`,
      `channel_layout=${avChannelLayoutDescribe(frame.channelLayout) ?? ""}`,
    ].join(":");
  }
}
