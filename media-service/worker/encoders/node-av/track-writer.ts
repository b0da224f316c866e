import {
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  avRescaleQ,
  Codec,
  CodecContext,
  Dictionary,
  FFmpegError,
  FormatContext,
  type Frame,
  Packet,
  Rational as AvRational,
  type Stream,
} from "node-av";
import type { FfmpegOptions } from "../../encode-plan";
import type { Rational } from "../../probed-media";
import { applyOptions } from "./apply-options";

/** One file with one track. */
export interface TrackWriterOptions {
  readonly path: string;
  readonly language?: string;
  readonly codecOptions: FfmpegOptions;
  readonly muxerOptions: FfmpegOptions;
}

/** How frames become a track: the part that video and audio do not share. */
export interface TrackKindOptions {
  readonly encoder: "libx264" | "aac";
  /** Ticks of the encoder's clock. */
  readonly timeBase: Rational;
  /** Sets what the encoder takes from its first frame. */
  readonly describe: (context: CodecContext, first: Frame) => void;
  /** Distance of forced keyframes, for video. */
  readonly keyframeSeconds?: number;
}

/** Encodes the frames of one output and writes them to its file. */
export class TrackWriter {
  private readonly context = new CodecContext();
  private readonly output = new FormatContext();
  private readonly packet = new Packet();
  private stream: Stream | undefined;
  private lastTicks = -1n;
  private forcedKeyframes = 0;

  constructor(
    private readonly options: TrackWriterOptions,
    private readonly kind: TrackKindOptions,
  ) {
    this.packet.alloc();
  }

  /** How much was handed in so far. */
  get encodedSeconds(): number {
    const { num, den } = this.kind.timeBase;
    return (Math.max(0, Number(this.lastTicks)) * num) / den;
  }

  /** Encodes a frame whose time is in the given base; a second one for the same tick is dropped. */
  write(frame: Frame, timeBase: Rational): void {
    const ticks = avRescaleQ(frame.pts, timeBase, this.kind.timeBase);
    if (ticks <= this.lastTicks) return;
    this.lastTicks = ticks;
    this.stream ??= this.begin(frame);
    frame.pts = ticks;
    if (this.kind.keyframeSeconds !== undefined) this.forceKeyframe(frame);
    FFmpegError.throwIfError(this.context.sendFrameSync(frame), "encode");
    this.drain(this.stream);
  }

  /** Ends the track and its file; without a single frame there is none. */
  finish(): void {
    if (!this.stream) return;
    FFmpegError.throwIfError(this.context.sendFrameSync(null), "end the encoder");
    this.drain(this.stream);
    FFmpegError.throwIfError(this.output.writeTrailerSync(), "finish the file");
    this.output.closeOutputSync();
  }

  /** The rule of ffmpeg's `-force_key_frames expr:gte(t,n_forced*N)`. */
  private forceKeyframe(frame: Frame): void {
    const due = this.forcedKeyframes * (this.kind.keyframeSeconds ?? 0);
    const force = this.encodedSeconds >= due;
    if (force) this.forcedKeyframes++;
    frame.pictType = force ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
  }

  private begin(first: Frame): Stream {
    const { path, language, codecOptions, muxerOptions } = this.options;
    const { encoder, timeBase, describe } = this.kind;
    const codec = Codec.findEncoderByName(encoder as never);
    if (!codec) throw new Error(`node-av was built without the encoder ${encoder}`);
    this.context.allocContext3(codec);
    this.context.timeBase = new AvRational(timeBase.num, timeBase.den);
    this.context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
    describe(this.context, first);
    applyOptions(this.context, { threads: "auto", ...codecOptions });
    FFmpegError.throwIfError(this.context.open2Sync(codec), `open ${encoder}`);

    FFmpegError.throwIfError(this.output.allocOutputContext2(null, "mp4", `file:${path}`), "mp4");
    const stream = this.output.newStream(null);
    FFmpegError.throwIfError(stream.codecpar.fromContext(this.context), "describe the track");
    stream.timeBase = this.context.timeBase;
    if (language !== undefined) stream.metadata = Dictionary.fromObject({ language });
    FFmpegError.throwIfError(this.output.openOutputSync(), "open the output");
    applyOptions(this.output, muxerOptions);
    FFmpegError.throwIfError(this.output.writeHeaderSync(), "begin the file");
    return stream;
  }

  private drain(stream: Stream): void {
    for (;;) {
      const status = this.context.receivePacketSync(this.packet);
      if (status === AVERROR_EAGAIN || status === AVERROR_EOF) return;
      FFmpegError.throwIfError(status, "encode");
      // libx264 does not know how long the last picture is shown: as long as any other.
      if (this.packet.duration === 0n) this.packet.duration = 1n;
      this.packet.rescaleTs(this.context.timeBase, stream.timeBase);
      this.packet.streamIndex = 0;
      FFmpegError.throwIfError(this.output.interleavedWriteFrameSync(this.packet), "write");
      this.packet.unref();
    }
  }
}
