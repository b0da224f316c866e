import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import * as path from "node:path";
import { pipeline } from "node:stream/promises";
import { PROJECT_ROOT } from "../project-paths";
import { type FileReader, fileReader } from "./file-reader";
import { isoMediaFault, looksLikeIsoMedia } from "./iso-media";
import { HEAD_BYTES, otherContainerFault } from "./other-containers";

/** What a file holds. */
export interface FileContent {
  readonly sizeBytes: number;
  /** Hex. */
  readonly contentSha256: string;
  readonly md5: Buffer;
}

/** Where a path of the program's inputs leads. */
export function sourcePath(file: string): string {
  return path.resolve(PROJECT_ROOT, file);
}

/** What makes a file unfit as a mezzanine, as a sentence that names it; undefined when it is fit. */
export async function sourceFileFault(file: string): Promise<string | undefined> {
  const place = sourcePath(file);
  const fault = await faultOf(place);
  return fault === undefined
    ? undefined
    : `The file '${file}' (${place}) ${fault}. Give a whole video file.`;
}

async function faultOf(place: string): Promise<string | undefined> {
  const found = await stat(place).catch((error: unknown) => error as NodeJS.ErrnoException);
  if (found instanceof Error) {
    return found.code === "ENOENT" ? "does not exist" : `can't be read: ${found.message}`;
  }
  if (!found.isFile()) return "is not a file";
  if (found.size === 0) return "is empty";
  let handle: FileHandle;
  try {
    handle = await open(place, "r");
  } catch (error) {
    return `can't be read: ${(error as Error).message}`;
  }
  try {
    return await mediaFault(fileReader(handle, found.size));
  } finally {
    await handle.close();
  }
}

/** What makes content unfit as a mezzanine, wherever it lies; undefined when it is fit. */
export async function mediaFault(reader: FileReader): Promise<string | undefined> {
  const head = await reader.read(0, HEAD_BYTES);
  return looksLikeIsoMedia(head) ? await isoMediaFault(reader) : otherContainerFault(head, reader);
}

/** Reads a file once and says what it holds. */
export async function readContent(file: string): Promise<FileContent> {
  const sha256 = createHash("sha256");
  const md5 = createHash("md5");
  let sizeBytes = 0;
  await pipeline(createReadStream(sourcePath(file), { highWaterMark: 1 << 20 }), async (chunks) => {
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      sha256.update(chunk);
      md5.update(chunk);
      sizeBytes += chunk.length;
    }
  });
  return { sizeBytes, contentSha256: sha256.digest("hex"), md5: md5.digest() };
}

// Media Services v2, "AssetFile entity", Name: none of these, one dot only, 260 characters at most.
const FORBIDDEN_IN_NAMES = /[!*'();:@&=+$,/?%#[\]"\\\p{Cc}]/gu;
const LONGEST_NAME = 260;

/** The name of the asset file for a source file: what the account does not allow becomes `_`. */
export function assetFileName(file: string): string {
  const { name, ext } = path.parse(file);
  const base = name.replaceAll(".", "_").replace(FORBIDDEN_IN_NAMES, "_");
  return `${base.slice(0, LONGEST_NAME - ext.length)}${ext.replace(FORBIDDEN_IN_NAMES, "_")}`;
}

const MIME_TYPES: Readonly<Record<string, string>> = {
  ".mp4": "video/mp4",
  ".m4v": "video/mp4",
  ".mov": "video/quicktime",
  ".mkv": "video/x-matroska",
  ".webm": "video/webm",
  ".ts": "video/mp2t",
  ".mpg": "video/mpeg",
  ".avi": "video/x-msvideo",
  ".mxf": "application/mxf",
  ".wmv": "video/x-ms-wmv",
};

/** The media type that a file's name tells. */
export function mimeTypeOf(name: string): string {
  return MIME_TYPES[path.extname(name).toLowerCase()] ?? "application/octet-stream";
}
