import type { Rational } from "../probed-media";

/** A length as presets write it: pixels, or a share of the input's. */
export type PictureLength =
  | { readonly unit: "pixels"; readonly value: number }
  | { readonly unit: "percent"; readonly value: number };

/** How a picture is brought into the box that width and height make (MES schema, StretchMode). */
export type StretchMode = "None" | "AutoSize" | "AutoFit";

/** Width and height that a layer asks for; a missing one follows from the other. */
export interface WantedSize {
  readonly width?: PictureLength;
  readonly height?: PictureLength;
}

/** One quality of an H.264 encode. */
export interface H264Layer extends WantedSize {
  readonly profile: "Auto" | "Baseline" | "Main" | "High";
  /** `auto`, or for example `3.1`. */
  readonly level: string;
  readonly kilobitsPerSecond: number;
  readonly maxKilobitsPerSecond: number;
  readonly bufferSeconds: number;
  readonly bFrames?: number;
  readonly referenceFrames?: number;
  readonly adaptiveBFrame?: boolean;
  readonly entropyMode?: "Cabac" | "Cavlc";
  /** 0 leaves it to the encoder. */
  readonly slices: number;
  /** The source's when left out. */
  readonly frameRate?: Rational;
  readonly label?: string;
}

/** How sizes are understood. */
export interface Stretch {
  readonly mode: StretchMode;
  /** Width and height are those of the picture after it was turned upright. */
  readonly preserveResolutionAfterRotation: boolean;
}

/** Video encoded in the given layers. */
export interface H264Video {
  readonly kind: "h264";
  readonly layers: readonly H264Layer[];
  readonly stretch: Stretch;
  readonly keyframeSeconds: number;
  readonly sceneChangeDetection: boolean;
  readonly complexity: "Speed" | "Balanced" | "Quality";
  readonly insertBlackIfNoVideo: boolean;
}

/** What becomes of the input's video. */
export type VideoCodec =
  | H264Video
  /** Layers chosen by the source. */
  | { readonly kind: "ladder" }
  | { readonly kind: "copy" };

/** Sound encoded as AAC-LC. */
export interface AacAudio {
  readonly kind: "aac";
  readonly channels: 1 | 2 | 5 | 6;
  readonly samplesPerSecond: number;
  readonly kilobitsPerSecond: number;
  readonly insertSilenceIfNoAudio: boolean;
}

/** What becomes of the input's sound. */
export type AudioCodec = AacAudio | { readonly kind: "copy" };

/** A moment or a length of the input. */
export type Position =
  | { readonly unit: "seconds"; readonly value: number }
  | { readonly unit: "percent"; readonly value: number }
  | { readonly unit: "frames"; readonly value: number };

/** One size of the images. */
export interface ImageLayer extends WantedSize {
  /** 1 to 100; of JPEG alone. */
  readonly quality?: number;
}

/** The kinds of images. */
export type ImageFormat = "jpg" | "png" | "bmp";

/** Images of the input. */
export interface ImageCodec {
  readonly format: ImageFormat;
  readonly layers: readonly ImageLayer[];
  readonly stretch: Stretch;
  /** `best`: one picture that shows something. */
  readonly start: Position | "best";
  readonly step: Position;
  readonly range: Position;
  /** The images' file names. */
  readonly fileName: string;
}

/** A rectangle of the input's picture, in pixels. */
export interface Crop {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What is taken of the input, and how it is prepared. */
export interface PresetSource {
  /** On the input's own clock. */
  readonly startSeconds?: number;
  readonly durationSeconds?: number;
  readonly crop?: Crop;
  /** Clockwise; the input's own word when left out. */
  readonly rotationDegrees?: 0 | 90 | 180 | 270;
  readonly deinterlace: boolean;
}

/** What a task of "Media Encoder Standard" is to make, whatever form the client wrote it in. */
export interface Preset {
  /** The system's name for it, or `custom`. */
  readonly name: string;
  readonly source: PresetSource;
  readonly video?: VideoCodec;
  readonly audio?: AudioCodec;
  readonly images: readonly ImageCodec[];
  /**
   * How tracks become MP4 files: each its own, or each video with all sound.
   */
  readonly layout: "separate" | "interleaved";
  /** The MP4 files' names; without it, files are called by what is in them. */
  readonly mp4FileName?: string;
}
