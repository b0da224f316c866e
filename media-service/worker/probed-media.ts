/** A fraction as containers write it. */
export interface Rational {
  readonly num: number;
  readonly den: number;
}

/** A stream of a media file, as far as its container and first packets tell. */
export interface ProbedStream {
  readonly index: number;
  readonly kind: "video" | "audio" | "other";
  readonly codec: string;
  /** A cover picture, not moving video. */
  readonly attachedPicture?: boolean;
  readonly width?: number;
  readonly height?: number;
  readonly sampleAspectRatio?: Rational;
  readonly averageFrameRate?: Rational;
  readonly nominalFrameRate?: Rational;
  /** Nine numbers, row by row; 16.16 fixed point but for the last column (2.30). */
  readonly displayMatrix?: readonly number[];
  /** Frames are made of two fields. */
  readonly interlaced?: true;
  /** FFmpeg's name of the transfer function. */
  readonly transfer?: string;
  readonly channels?: number;
  readonly sampleRate?: number;
  readonly language?: string;
  /** Seconds of a tick of the stream's clock. */
  readonly timeBase?: Rational;
  /** The container's name of the codec, such as `avc1`. */
  readonly fourCc?: string;
  readonly bitsPerSecond?: number;
  readonly startSeconds?: number;
  readonly durationSeconds?: number;
}

/** A codec's name as FFmpeg prints it; bytes that can't be printed are written as `[0]`, which is no name. */
export const FOUR_CC = /^[\x20-\x5a\x5c\x5e-\x7e]{4}$/;

/** A media file as an encoder's probe sees it; both encoders answer in this form. */
export interface ProbedMedia {
  /** FFmpeg's name of the demuxer, for example `mov,mp4,m4a,3gp,3g2,mj2`. */
  readonly formatName: string;
  /** The same for people, for example `QuickTime / MOV`. */
  readonly formatLongName?: string;
  readonly sizeBytes: number;
  readonly durationSeconds?: number;
  readonly startSeconds?: number;
  readonly streams: readonly ProbedStream[];
}
