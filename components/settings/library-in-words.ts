import type { LibraryContainer } from "./library-container";
import type { Shard } from "./shard";
import type { Video } from "./videos";

const units = ["bytes", "kB", "MB", "GB", "TB", "PB"];

/** What a stack takes from a container. */
export interface TakenFromContainer {
  /** Those of the stack. */
  videos: readonly Video[];
  shard: Shard | undefined;
  /** Blobs in the container that are no videos. */
  others: number;
}

/** What was found in a container, in a sentence: what a preview of a thousand videos is about. */
export function libraryInWords(
  { container, prefix }: LibraryContainer,
  { videos, shard, others }: TakenFromContainer,
): string {
  const blobs = videos.flatMap(({ blob }) => blob ?? []);
  const sizeBytes = blobs.reduce((sum, blob) => sum + blob.sizeBytes, 0);
  const place = prefix === "" ? container : `${container}/${prefix}`;
  const share = shard === undefined ? "" : ` (shard ${shard.index} of ${shard.count})`;
  const leftOut =
    others === 0 ? "" : `; ${others.toLocaleString("en")} that are no video files left out`;
  const withoutMd5 = blobs.filter(({ md5 }) => md5 === undefined).length;
  const known =
    withoutMd5 === 0
      ? ""
      : `; ${withoutMd5} without a Content-MD5, which count as changed whenever they are written`;
  return `library: ${counted(blobs.length)}, ${inUnits(sizeBytes)}, of ${place}${share}${leftOut}${known}`;
}

function counted(count: number): string {
  return count === 1 ? "1 video" : `${count.toLocaleString("en")} videos`;
}

function inUnits(bytes: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const amount = bytes / 1_000 ** power;
  return `${power === 0 ? amount : amount.toFixed(1)} ${units[power] ?? ""}`;
}
