import { readdir } from "node:fs/promises";
import path from "node:path";
import { type EncodePlan, type ImageSet, INDEX_MARK } from "./plan/encode-plan";
import { TaskError } from "./task-error";

/** An image that an encoder wrote. */
export interface EncodedImage {
  /** Name in the asset. */
  readonly name: string;
  readonly path: string;
  readonly contentType: string;
}

const CONTENT_TYPES = { mjpeg: "image/jpeg", png: "image/png", bmp: "image/bmp" };
/** Digits of an image's number in its name. */
const INDEX_DIGITS = 6;

/**
 * Finds the images that an encoder wrote.
 *
 * @throws TaskError `ErrorExecutingTaskMalformedContent` when a set has none.
 */
export async function readEncodedImages({ images }: EncodePlan): Promise<EncodedImage[]> {
  const sets = await Promise.all(images.map(readImageSet));
  return sets.flat();
}

async function readImageSet(set: ImageSet): Promise<EncodedImage[]> {
  const { name, pathPrefix, extension, codec } = set;
  const written = new Set(await readdir(path.dirname(pathPrefix)));
  const found: EncodedImage[] = [];
  for (let number = 1; ; number++) {
    const file = imagePath(set, number);
    if (!written.has(path.basename(file))) break;
    found.push({
      name: name.replace(INDEX_MARK, String(number).padStart(INDEX_DIGITS, "0")),
      path: file,
      contentType: CONTENT_TYPES[codec],
    });
  }
  if (found.length > 0) return found;
  throw new TaskError(
    "ErrorExecutingTaskMalformedContent",
    `no picture of the input could be decoded for the ${extension} images: it has none at the times asked for, or is damaged`,
  );
}

/** Path of an image of a set; numbers count from 1. */
function imagePath({ pathPrefix, extension }: ImageSet, number: number): string {
  return `${pathPrefix}${number}${extension}`;
}
