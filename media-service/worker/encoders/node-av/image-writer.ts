import { writeFileSync } from "node:fs";
import {
  AVERROR_EAGAIN,
  AVERROR_EOF,
  Codec,
  CodecContext,
  FFmpegError,
  type Frame,
  Packet,
  Rational as AvRational,
} from "node-av";
import type { ImageSet } from "../../plan/encode-plan";
import { applyOptions } from "./apply-options";

/** Writes each picture of a set to a file of its own. */
export class ImageWriter {
  private readonly context = new CodecContext();
  private readonly packet = new Packet();
  private begun = false;
  private frames = 0;
  private written = 0;

  constructor(private readonly images: ImageSet) {
    this.packet.alloc();
  }

  write(frame: Frame): void {
    if (!this.begun) this.begin(frame);
    frame.pts = BigInt(this.frames++);
    FFmpegError.throwIfError(this.context.sendFrameSync(frame), "encode an image");
    this.drain();
  }

  finish(): void {
    if (!this.begun) return;
    FFmpegError.throwIfError(this.context.sendFrameSync(null), "end the image encoder");
    this.drain();
  }

  private begin(first: Frame): void {
    const { codec: name, codecOptions } = this.images;
    const codec = Codec.findEncoderByName(name as never);
    if (!codec) throw new Error(`node-av was built without the encoder ${name}`);
    this.context.allocContext3(codec);
    this.context.timeBase = new AvRational(1, 25);
    this.context.width = first.width;
    this.context.height = first.height;
    this.context.pixelFormat = first.format as CodecContext["pixelFormat"];
    this.context.colorRange = first.colorRange;
    applyOptions(this.context, { threads: "1", ...codecOptions });
    FFmpegError.throwIfError(this.context.open2Sync(codec), `open ${name}`);
    this.begun = true;
  }

  private drain(): void {
    const { pathPrefix, extension } = this.images;
    for (;;) {
      const status = this.context.receivePacketSync(this.packet);
      if (status === AVERROR_EAGAIN || status === AVERROR_EOF) return;
      FFmpegError.throwIfError(status, "encode an image");
      const { data } = this.packet;
      if (data) writeFileSync(`${pathPrefix}${++this.written}${extension}`, data);
      this.packet.unref();
    }
  }
}
