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
  type Frame,
  Packet,
  Rational as AvRational,
} from "node-av";
import type { FfmpegOptions } from "../../plan/encode-plan";
import type { Rational } from "../../probed-media";
import { applyOptions } from "./apply-options";
import type { Mp4File } from "./mp4-file";

/** How frames become a track: the part that video and audio do not share. */
export interface TrackEncoderOptions {
  readonly encoder: "libx264" | "aac";
  /** Ticks of the encoder's clock. */
  readonly timeBase: Rational;
  readonly codecOptions: FfmpegOptions;
  readonly language?: string;
  /** Sets what the encoder takes from its first frame. */
  readonly describe: (context: CodecContext, first: Frame) => void;
  /** Distance of forced keyframes, for video. */
  readonly keyframeSeconds?: number;
}

/** Encodes frames into one track of a file. */
export class TrackEncoder {
  private readonly context = new CodecContext();
  private readonly packet = new Packet();
  private begun = false;
  private lastTicks = -1n;
  private forcedKeyframes = 0;

  constructor(
    private readonly target: { readonly file: Mp4File; readonly place: number },
    private readonly options: TrackEncoderOptions,
  ) {
    this.packet.alloc();
  }

  /** How much was handed in so far. */
  get encodedSeconds(): number {
    const { num, den } = this.options.timeBase;
    return (Math.max(0, Number(this.lastTicks)) * num) / den;
  }

  /** Encodes a frame whose time is in the given base; a second one for the same tick is dropped. */
  write(frame: Frame, timeBase: Rational): void {
    const ticks = avRescaleQ(frame.pts, timeBase, this.options.timeBase);
    if (ticks <= this.lastTicks) return;
    this.lastTicks = ticks;
    if (!this.begun) this.begin(frame);
    frame.pts = ticks;
    if (this.options.keyframeSeconds !== undefined) this.forceKeyframe(frame);
    FFmpegError.throwIfError(this.context.sendFrameSync(frame), "encode");
    this.drain();
  }

  /** Ends the track. */
  finish(): void {
    if (!this.begun) return;
    FFmpegError.throwIfError(this.context.sendFrameSync(null), "end the encoder");
    this.drain();
  }

  /** The rule of ffmpeg's `-force_key_frames expr:gte(t,n_forced*N)`. */
  private forceKeyframe(frame: Frame): void {
    const due = this.forcedKeyframes * (this.options.keyframeSeconds ?? 0);
    const force = this.encodedSeconds >= due;
    if (force) this.forcedKeyframes++;
    frame.pictType = force ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
  }

  private begin(first: Frame): void {
    const { encoder, timeBase, codecOptions, language, describe } = this.options;
    const codec = Codec.findEncoderByName(encoder as never);
    if (!codec) throw new Error(`node-av was built without the encoder ${encoder}`);
    this.context.allocContext3(codec);
    this.context.timeBase = new AvRational(timeBase.num, timeBase.den);
    this.context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
    describe(this.context, first);
    applyOptions(this.context, { threads: "auto", ...codecOptions });
    FFmpegError.throwIfError(this.context.open2Sync(codec), `open ${encoder}`);
    this.begun = true;
    this.target.file.begin(this.target.place, (stream) => {
      FFmpegError.throwIfError(stream.codecpar.fromContext(this.context), "describe the track");
      stream.timeBase = this.context.timeBase;
      if (language !== undefined) stream.metadata = Dictionary.fromObject({ language });
    });
  }

  private drain(): void {
    for (;;) {
      const status = this.context.receivePacketSync(this.packet);
      if (status === AVERROR_EAGAIN || status === AVERROR_EOF) return;
      FFmpegError.throwIfError(status, "encode");
      // libx264 does not know how long the last picture is shown: as long as any other.
      if (this.packet.duration === 0n) this.packet.duration = 1n;
      this.target.file.write(this.target.place, this.packet, this.context.timeBase);
      this.packet.unref();
    }
  }
}
