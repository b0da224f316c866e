import { fileName } from "../presets/file-name-template";
import type { ImageCodec, ImageFormat, ImageLayer, Position } from "../presets/preset";
import { presetError } from "../presets/preset-error";
import { TaskError } from "../task-error";
import { type FfmpegOptions, type ImageSet, INDEX_MARK } from "./encode-plan";
import { type ShownPicture, sizedPicture } from "./picture-size";

/** What images are made of. */
export interface ImageSource {
  readonly picture: ShownPicture;
  readonly durationSeconds: number;
  readonly framesPerSecond: number;
}

/** Where images go, and what they are called. */
export interface ImagePaths {
  readonly basename: string;
  readonly output: (fileName: string) => string;
}

const CODECS: Readonly<Record<ImageFormat, Pick<ImageSet, "codec"> & { pixels: string }>> = {
  jpg: { codec: "mjpeg", pixels: "yuvj420p" },
  png: { codec: "png", pixels: "rgb24" },
  bmp: { codec: "bmp", pixels: "bgr24" },
};
const MAX_IMAGES = 1000;
/** `{Best}` is chosen among so many pictures of the first seconds. */
const BEST = { seconds: 10, picturesPerSecond: 2 };
/** A picture counts as being at a time that it misses by the rounding of clocks. */
const TOLERANCE_SECONDS = 0.0005;
const DEFAULT_QUALITY = 90;

/**
 * The images that a codec of a preset makes, a set for each layer.
 *
 * @throws TaskError when they begin behind the input's end, or are too many.
 */
export function imageSets(codec: ImageCodec, source: ImageSource, paths: ImagePaths): ImageSet[] {
  const pick = codec.start === "best" ? bestPicture() : pictures(codec, codec.start, source);
  return codec.layers.map((layer, index) => {
    const { filter, width, height } = sizedPicture(source.picture, layer, {
      ...codec.stretch,
      step: 1,
    });
    const extension = `.${codec.format}`;
    const name = fileName(codec.fileName, {
      basename: paths.basename,
      extension,
      width,
      height,
      index: INDEX_MARK,
    });
    if (name === undefined) {
      throw presetError("Outputs", `name images by what they have not: '${codec.fileName}'`);
    }
    const { codec: encoder, pixels } = CODECS[codec.format];
    // The best picture is looked for among small ones: they are all held in memory.
    const steps = codec.start === "best" ? [filter, pick] : [pick, filter];
    return {
      name: withExtension(name, extension),
      pathPrefix: paths.output(`${codec.format}-${index}-`),
      extension,
      codec: encoder,
      filter: [...steps, `format=${pixels}`, "settb=1/25", "setpts=N", "fps=25"].join(","),
      codecOptions: codec.format === "jpg" ? jpegOptions(layer) : {},
    };
  });
}

function withExtension(name: string, extension: string): string {
  return name.toLowerCase().endsWith(extension) ? name : `${name}${extension}`;
}

function bestPicture(): string {
  const { seconds, picturesPerSecond } = BEST;
  return [
    `trim=end=${seconds}`,
    `select='isnan(prev_selected_t)+gte(t-prev_selected_t,${1 / picturesPerSecond})'`,
    `thumbnail=n=${seconds * picturesPerSecond}`,
    "trim=end_frame=1",
  ].join(",");
}

/** The first picture at or after each of the times. */
function pictures({ step, range }: ImageCodec, start: Position, source: ImageSource): string {
  const from = secondsOf(start, source);
  const every = secondsOf(step, source);
  const length = Math.min(secondsOf(range, source), source.durationSeconds - from);
  if (from >= source.durationSeconds) {
    throw new TaskError(
      "ErrorExecutingTaskUnsupportedFormat",
      `the preset's images begin at ${from.toFixed(3)} s, and the input has ${source.durationSeconds.toFixed(3)} s`,
    );
  }
  const count = Math.max(1, Math.ceil((length - TOLERANCE_SECONDS) / every));
  if (count > MAX_IMAGES) {
    throw presetError("Codecs", `ask for ${count} images; at most ${MAX_IMAGES} are made`);
  }
  const first = Math.max(0, from - TOLERANCE_SECONDS).toFixed(6);
  return `select='lt(selected_n,${count})*gte(t,${first}+selected_n*${every.toFixed(6)})'`;
}

function secondsOf(
  { unit, value }: Position,
  { durationSeconds, framesPerSecond }: ImageSource,
): number {
  if (unit === "seconds") return value;
  return unit === "frames" ? value / framesPerSecond : (durationSeconds * value) / 100;
}

/** JPEG's scale of 1 to 100 on FFmpeg's of 31 to 2. */
function jpegOptions({ quality = DEFAULT_QUALITY }: ImageLayer): FfmpegOptions {
  const scale = String(Math.round(31 - ((quality - 1) * 29) / 99));
  return { qmin: scale, qmax: scale };
}
