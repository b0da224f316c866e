import {
  AV_SAMPLE_FMT_FLTP,
  type CodecContext,
  type FormatContext,
  type Frame,
  type Packet,
  Rational as AvRational,
} from "node-av";
import {
  type AudioOutput,
  type EncodePlan,
  pictureFilterGraph,
  type PicturePlan,
  type TrackOutput,
  type VideoOutput,
} from "../../plan/encode-plan";
import type { Rational } from "../../probed-media";
import { ImageWriter } from "./image-writer";
import type { Mp4File } from "./mp4-file";
import { rotationFilters } from "./rotation-filters";
import { TrackCopier } from "./track-copier";
import { TrackDecoder } from "./track-decoder";
import { TrackEncoder } from "./track-encoder";
import { TrackFilter } from "./track-filter";

/** Samples of one AAC frame (ISO/IEC 14496-3, 4.5.1.1). */
const AAC_FRAME_SAMPLES = 1024;

/** Something that takes filtered frames. */
interface FrameWriter {
  write(frame: Frame, timeBase: Rational): void;
  finish(): void;
}

/** Something that takes the packets of a stream, and its end. */
export interface StreamUser {
  take(packet: Packet): void;
  finish(): void;
}

/** What is made of the streams of an input. */
export class StreamUsers {
  private readonly users = new Map<number, StreamUser[]>();
  private readonly encoders: TrackEncoder[] = [];
  private readonly pictures: FrameWriter[] = [];

  constructor(
    plan: EncodePlan,
    private readonly input: FormatContext,
    files: readonly Mp4File[],
  ) {
    for (const [number, file] of files.entries()) {
      for (const [place, track] of (plan.files[number]?.tracks ?? []).entries()) {
        this.addTrack({ file, place }, track, plan.picture);
      }
    }
    const { picture } = plan;
    if (!picture) return;
    this.pictures.push(...plan.images.map((images) => new ImageWriter(images)));
    this.use(picture.streamIndex, pictureUser(plan, picture, { input, pictures: this.pictures }));
  }

  /** The streams that something is made of. */
  get streams(): number[] {
    return [...this.users.keys()];
  }

  /** How much of the first encoded track is done. */
  get encodedSeconds(): number {
    return this.encoders[0]?.encodedSeconds ?? 0;
  }

  /** Hands a packet on. */
  take(packet: Packet): void {
    for (const user of this.users.get(packet.streamIndex) ?? []) user.take(packet);
  }

  /** Ends everything. */
  finish(): void {
    for (const list of this.users.values()) for (const user of list) user.finish();
  }

  private addTrack(
    target: { readonly file: Mp4File; readonly place: number },
    track: TrackOutput,
    picture: PicturePlan | undefined,
  ): void {
    if (track.kind === "video") {
      const encoder = videoEncoder(target, track, picture);
      this.encoders.push(encoder);
      this.pictures.push(encoder);
    } else if (track.kind === "audio") {
      const encoder = audioEncoder(target, track);
      this.encoders.push(encoder);
      this.use(track.streamIndex, audioUser(track, this.input, encoder));
    } else {
      this.use(track.streamIndex, new TrackCopier(this.input, track, target));
    }
  }

  private use(streamIndex: number, user: StreamUser): void {
    this.users.set(streamIndex, [...(this.users.get(streamIndex) ?? []), user]);
  }
}

/** Decodes a stream and hands it to a filter, and what comes out to writers. */
function decodedBy(
  decoder: TrackDecoder,
  filter: TrackFilter,
  writers: readonly FrameWriter[],
): StreamUser {
  const onFiltered = (frame: Frame, output: number, timeBase: Rational): void => {
    writers[output]?.write(frame, timeBase);
  };
  const advance = (packet: Packet | null): void => {
    decoder.decode(packet, (frame) => {
      filter.push(frame, onFiltered);
    });
  };
  return {
    take: advance,
    finish: () => {
      advance(null);
      filter.flush(onFiltered);
      for (const writer of writers) writer.finish();
    },
  };
}

function pictureUser(
  plan: EncodePlan,
  picture: PicturePlan,
  { input, pictures }: { input: FormatContext; pictures: readonly FrameWriter[] },
): StreamUser {
  const decoder = new TrackDecoder(input, picture.streamIndex);
  const filter = new TrackFilter({
    description: pictureFilterGraph(plan, "in", rotationFilters(picture.displayMatrix)) ?? "",
    outputCount: pictures.length,
    timeBase: decoder.timeBase,
    frameRate: picture.frameRate,
  });
  return decodedBy(decoder, filter, pictures);
}

function videoEncoder(
  target: { readonly file: Mp4File; readonly place: number },
  { codecOptions }: VideoOutput,
  picture: PicturePlan | undefined,
): TrackEncoder {
  const { num, den } = picture?.frameRate ?? { num: 25, den: 1 };
  return new TrackEncoder(target, {
    encoder: "libx264",
    timeBase: { num: den, den: num },
    codecOptions,
    keyframeSeconds: picture?.keyframeSeconds ?? 0,
    describe: (context, first) => {
      describeVideo(context, first);
      context.framerate = new AvRational(num, den);
    },
  });
}

function describeVideo(context: CodecContext, first: Frame): void {
  context.width = first.width;
  context.height = first.height;
  context.pixelFormat = first.format as CodecContext["pixelFormat"];
  context.sampleAspectRatio = first.sampleAspectRatio;
  context.colorRange = first.colorRange;
  context.colorPrimaries = first.colorPrimaries;
  context.colorTrc = first.colorTrc;
  context.colorSpace = first.colorSpace;
  context.chromaLocation = first.chromaLocation;
}

function audioEncoder(
  target: { readonly file: Mp4File; readonly place: number },
  { samplesPerSecond, codecOptions, language }: AudioOutput,
): TrackEncoder {
  return new TrackEncoder(target, {
    encoder: "aac",
    timeBase: { num: 1, den: samplesPerSecond },
    codecOptions,
    ...(language === undefined ? {} : { language }),
    describe: (context, first) => {
      context.sampleRate = first.sampleRate;
      context.sampleFormat = AV_SAMPLE_FMT_FLTP;
      context.channelLayout = first.channelLayout;
    },
  });
}

function audioUser(
  { streamIndex, filter }: AudioOutput,
  input: FormatContext,
  encoder: TrackEncoder,
): StreamUser {
  const decoder = new TrackDecoder(input, streamIndex);
  const graph = new TrackFilter({
    // The encoder takes frames of one length; ffmpeg sees to that outside of its filters.
    description: `[in]${filter},asetnsamples=n=${AAC_FRAME_SAMPLES}:p=0[v0]`,
    outputCount: 1,
    timeBase: decoder.timeBase,
  });
  return decodedBy(decoder, graph, [encoder]);
}
