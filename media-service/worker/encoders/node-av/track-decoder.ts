import {
  AV_NOPTS_VALUE,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  Codec,
  CodecContext,
  FFmpegError,
  type FormatContext,
  Frame,
  type Packet,
} from "node-av";
import type { Rational } from "../../probed-media";
import { TaskError } from "../../task-error";
import { applyOptions } from "./apply-options";
import { startTicksOf } from "./input-clock";

/** Decodes one stream of an input. Times count from the beginning of the file, in `timeBase`. */
export class TrackDecoder {
  readonly timeBase: Rational;
  private readonly context = new CodecContext();
  private readonly frame = new Frame();
  private readonly startTicks: bigint;

  /** @throws TaskError when no decoder is built in for the stream. */
  constructor(input: FormatContext, streamIndex: number) {
    const stream = input.streams[streamIndex];
    const codec = stream && Codec.findDecoder(stream.codecpar.codecId);
    if (!codec) {
      throw new TaskError(
        "ErrorExecutingTaskUnsupportedFormat",
        `there is no decoder for stream ${streamIndex} of the input`,
      );
    }
    this.timeBase = { num: stream.timeBase.num, den: stream.timeBase.den };
    this.startTicks = startTicksOf(input, this.timeBase);
    this.context.allocContext3(codec);
    FFmpegError.throwIfError(this.context.parametersToContext(stream.codecpar), "set up decoder");
    this.context.pktTimebase = stream.timeBase;
    applyOptions(this.context, { threads: "auto" });
    FFmpegError.throwIfError(this.context.open2Sync(codec), "open decoder");
    this.frame.alloc();
  }

  /**
   * Hands a packet in, `null` at the end, and every picture or piece of sound that comes out on. What
   * cannot be decoded is passed over, as ffmpeg does; too much of it shows in the output's length.
   */
  decode(packet: Packet | null, onFrame: (frame: Frame) => void): void {
    const sent = this.context.sendPacketSync(packet);
    this.receive(onFrame);
    if (sent === AVERROR_EAGAIN) {
      this.context.sendPacketSync(packet);
      this.receive(onFrame);
    }
  }

  private receive(onFrame: (frame: Frame) => void): void {
    for (;;) {
      const status = this.context.receiveFrameSync(this.frame);
      if (status === AVERROR_EAGAIN || status === AVERROR_EOF) return;
      if (status < 0) continue;
      const ticks = this.frame.bestEffortTimestamp;
      if (ticks !== AV_NOPTS_VALUE) this.frame.pts = ticks - this.startTicks;
      onFrame(this.frame);
      this.frame.unref();
    }
  }
}
