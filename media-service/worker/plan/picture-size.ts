import type { PictureLength, Stretch, WantedSize } from "../presets/preset";

/** A picture's size in square pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** The picture that is scaled: as it is shown, and whether it was turned by a quarter for that. */
export interface ShownPicture extends PictureSize {
  readonly turned: boolean;
}

/** A size, and the filters that bring a picture to it. */
export interface SizedPicture extends PictureSize {
  readonly filter: string;
}

/** Shapes that differ by less than this share look the same. */
const SAME_SHAPE = 0.01;

/** How sides are rounded: H.264 4:2:0 needs even ones. */
type Step = 1 | 2;

/**
 * The size that a layer gets and how ("Media Encoder Standard schema", StretchMode): `None` has
 * exactly the asked for one, `AutoSize` fits into it with the source's shape, `AutoFit` fills it up
 * with black.
 */
export function sizedPicture(
  source: ShownPicture,
  wanted: WantedSize,
  { mode, preserveResolutionAfterRotation, step }: Stretch & { step: Step },
): SizedPicture {
  // Sizes are meant for the picture as it is stored, unless the preset says otherwise.
  const swapped = source.turned && preserveResolutionAfterRotation;
  const stored = source.turned ? { width: source.height, height: source.width } : source;
  const width = pixels(wanted.width, stored.width);
  const height = pixels(wanted.height, stored.height);
  const box = swapped ? { width: height, height: width } : { width, height };
  const fitted = fit(source, box, step);
  if (mode === "AutoSize") return scaled(fitted);
  const exact = {
    width: round(box.width ?? fitted.width, step),
    height: round(box.height ?? fitted.height, step),
  };
  return mode === "None" ? scaled(exact) : padded(fitted, exact);
}

function pixels(length: PictureLength | undefined, whole: number): number | undefined {
  if (!length) return undefined;
  return length.unit === "pixels" ? length.value : (whole * length.value) / 100;
}

function fit(
  source: PictureSize,
  box: { readonly width: number | undefined; readonly height: number | undefined },
  step: Step,
): PictureSize {
  const { width = Infinity, height = Infinity } = box;
  const scale = Math.min(width / source.width, height / source.height);
  const factor = Number.isFinite(scale) ? scale : 1;
  return {
    width: round(near(source.width * factor, width), step),
    height: round(near(source.height * factor, height), step),
  };
}

/** A box of nearly the source's shape, as 848x480 is for 16:9, is taken as it is. */
function near(side: number, boxSide: number): number {
  return side >= boxSide * (1 - SAME_SHAPE) && Number.isFinite(boxSide) ? boxSide : side;
}

function round(side: number, step: Step): number {
  return Math.max(step, step * Math.round(side / step));
}

function scaled({ width, height }: PictureSize): SizedPicture {
  return { width, height, filter: `scale=${width}:${height}:flags=bicubic,setsar=1` };
}

function padded(fitted: PictureSize, exact: PictureSize): SizedPicture {
  const inner = {
    width: Math.min(fitted.width, exact.width),
    height: Math.min(fitted.height, exact.height),
  };
  const { width, height } = exact;
  const bars = `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2`;
  return { width, height, filter: `${scaled(inner).filter},${bars}` };
}
