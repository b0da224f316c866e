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
  readonly bitsPerSecond?: number;
  readonly startSeconds?: number;
  readonly durationSeconds?: number;
}

/** A media file as an encoder's probe sees it; both encoders answer in this form. */
export interface ProbedMedia {
  /** FFmpeg's name of the demuxer, for example `mov,mp4,m4a,3gp,3g2,mj2`. */
  readonly formatName: string;
  readonly sizeBytes: number;
  readonly durationSeconds?: number;
  readonly startSeconds?: number;
  readonly streams: readonly ProbedStream[];
}
