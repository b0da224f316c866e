import { createHash } from "node:crypto";

/** Names of videos go into names of assets, resources and containers. */
const LONGEST_NAME = 60;
const HASH_LENGTH = 8;

/** Endings of the files that a library found by their places takes. */
export const videoEndings = [
  ...["mp4", "m4v", "mov", "mkv", "webm"],
  ...["ts", "mpg", "avi", "mxf", "wmv"],
];

/** "Big Buck Bunny" and "big-buck-bunny" name the same assets. */
export function assetName(title: string): string {
  return title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}

/**
 * The name of a video that is known by its file alone: the path without its ending, in letters,
 * digits and hyphens. It follows from the path only, so other files do not change it. What is too
 * long, or has nothing left, ends in a hash of the path.
 */
export function nameOfFile(relativePath: string): string {
  const path = relativePath.replaceAll("\\", "/").replace(/\.[^./]*$/, "");
  const plain = path.normalize("NFKD").replaceAll(/\p{M}/gu, "");
  const name = assetName(plain).replaceAll(/^-|-$/g, "");
  if (name.length <= LONGEST_NAME && name !== "") return name;
  const head = name.slice(0, LONGEST_NAME - HASH_LENGTH - 1).replace(/-$/, "");
  const hash = createHash("sha256").update(path).digest("hex").slice(0, HASH_LENGTH);
  return `${head === "" ? "video" : head}-${hash}`;
}
