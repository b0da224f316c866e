import {
  AV_NOPTS_VALUE,
  Dictionary,
  FFmpegError,
  type FormatContext,
  type Packet,
  type Stream,
} from "node-av";
import type { CopiedOutput } from "../../plan/encode-plan";
import { startTicksOf } from "./input-clock";
import type { Mp4File } from "./mp4-file";

/** Takes a stream of the input into a file as it is. */
export class TrackCopier {
  private readonly stream: Stream;
  private readonly startTicks: bigint;
  private seenKeyframe = false;

  constructor(
    input: FormatContext,
    { kind, streamIndex, language }: CopiedOutput,
    private readonly target: { readonly file: Mp4File; readonly place: number },
  ) {
    const stream = input.streams[streamIndex];
    if (!stream) throw new RangeError(`the input has no stream ${streamIndex}`);
    this.stream = stream;
    this.startTicks = startTicksOf(input, stream.timeBase);
    this.seenKeyframe = kind === "copied audio";
    target.file.begin(target.place, (made) => {
      FFmpegError.throwIfError(stream.codecpar.copy(made.codecpar), "describe the track");
      made.codecpar.codecTag = 0;
      made.timeBase = stream.timeBase;
      if (language !== undefined) made.metadata = Dictionary.fromObject({ language });
    });
  }

  /** Takes a packet of the stream; what comes before the first keyframe cannot be shown. */
  take(packet: Packet): void {
    this.seenKeyframe ||= packet.isKeyframe;
    if (!this.seenKeyframe) return;
    const copy = packet.clone();
    if (!copy) throw new Error("node-av could not keep a packet");
    if (copy.pts !== AV_NOPTS_VALUE) copy.pts -= this.startTicks;
    if (copy.dts !== AV_NOPTS_VALUE) copy.dts -= this.startTicks;
    this.target.file.write(this.target.place, copy, this.stream.timeBase);
    copy.free();
  }

  /** Nothing is held back. */
  finish(): void {
    return;
  }
}
