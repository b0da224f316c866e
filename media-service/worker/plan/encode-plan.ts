import type { Rational } from "../probed-media";

/** Options of a codec or a muxer by FFmpeg's names; both encoders understand the same ones. */
export type FfmpegOptions = Readonly<Record<string, string>>;

/** A track that is encoded from the picture. */
export interface VideoOutput {
  readonly kind: "video";
  readonly width: number;
  readonly height: number;
  readonly kilobitsPerSecond: number;
  readonly label?: string;
  /** Brings the picture to this track's size. */
  readonly filter: string;
  readonly codecOptions: FfmpegOptions;
}

/** A track that is encoded from a stream of sound. */
export interface AudioOutput {
  readonly kind: "audio";
  readonly streamIndex: number;
  readonly kilobitsPerSecond: number;
  readonly samplesPerSecond: number;
  readonly channels: number;
  readonly language?: string;
  readonly filter: string;
  readonly codecOptions: FfmpegOptions;
}

/** A stream of the input that goes into a file as it is. */
export interface CopiedOutput {
  readonly kind: "copied video" | "copied audio";
  readonly streamIndex: number;
  readonly kilobitsPerSecond: number;
  readonly codec: string;
  /** Of video. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Of sound. */
  readonly channels?: number;
  readonly language?: string;
}

/** A track of a file to be made. */
export type TrackOutput = VideoOutput | AudioOutput | CopiedOutput;

/** One MP4 file to be made: at most one track of video, any number with sound. */
export interface MediaFile {
  /** Name in the asset. */
  readonly name: string;
  /** Path of the scratch file. */
  readonly path: string;
  readonly tracks: readonly TrackOutput[];
  readonly muxerOptions: FfmpegOptions;
}

/** Images of one size, each a file of its own. */
export interface ImageSet {
  /** Name in the asset, with {@link INDEX_MARK} for the image's number. */
  readonly name: string;
  /** Path of the scratch files, up to their numbers, which count from 1. */
  readonly pathPrefix: string;
  readonly extension: string;
  readonly codec: "mjpeg" | "png" | "bmp";
  /** Picks the pictures and brings them to their size. */
  readonly filter: string;
  readonly codecOptions: FfmpegOptions;
}

/** Stands for an image's number in a name; in no name a client can give. */
export const INDEX_MARK = "\u0000";

/** How the input's picture is decoded and prepared for everything that is made from it. */
export interface PicturePlan {
  readonly streamIndex: number;
  /** Turn the picture upright by what its stream says. */
  readonly autoRotate: boolean;
  readonly displayMatrix?: readonly number[];
  /** Of the encoded video. */
  readonly frameRate: Rational;
  readonly keyframeSeconds: number;
  /** Filters that the picture passes before it is split. */
  readonly filters: readonly string[];
}

/** Everything an encoder has to know: decisions are made here, once, for both encoders. */
export interface EncodePlan {
  readonly inputPath: string;
  /** Of what is made. */
  readonly durationSeconds: number;
  /** Where in the input nothing is needed any more. */
  readonly endSeconds?: number;
  readonly picture?: PicturePlan;
  readonly files: readonly MediaFile[];
  readonly images: readonly ImageSet[];
}

/** The encoded video of a plan, in the order of the filter graph's outputs. */
export function videoOutputs({ files }: Pick<EncodePlan, "files">): VideoOutput[] {
  return files.flatMap(({ tracks }) => tracks.filter((track) => track.kind === "video"));
}

/**
 * The filter graph that makes all video outputs and images from one decoded picture: `[in]` becomes
 * `[v0]`, `[v1]` and so on, images last. Undefined when nothing is made from the picture.
 */
export function pictureFilterGraph(
  plan: EncodePlan,
  input: string,
  before: readonly string[] = [],
): string | undefined {
  const filters = [...videoOutputs(plan), ...plan.images].map(({ filter }) => filter);
  if (!plan.picture || filters.length === 0) return undefined;
  const common = [...before, ...plan.picture.filters, `split=${filters.length}`].join(",");
  const labels = filters.map((_, index) => `[s${index}]`).join("");
  const scaled = filters.map((filter, index) => `[s${index}]${filter}[v${index}]`);
  return [`[${input}]${common}${labels}`, ...scaled].join(";");
}
