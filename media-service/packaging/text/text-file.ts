import { CorruptError } from "../../domain/errors";
import { cutOff } from "../cut-off";
import { readMp4Text, type TextContent } from "./mp4-text";
import { parseTtml } from "./ttml";
import { parseWebVtt } from "./webvtt";

/** A film's subtitles are a hundred kilobytes; what is larger by far is something else. */
export const MAX_TEXT_FILE_BYTES = 16 * 1024 * 1024;

/** How files of text are read, by extension. */
const READERS: Readonly<Record<string, (file: Buffer) => TextContent | Promise<TextContent>>> = {
  vtt: (file) => ({ language: undefined, cues: parseWebVtt(file.toString("utf8")) }),
  ttml: (file) => parseTtml(file.toString("utf8")),
  dfxp: (file) => parseTtml(file.toString("utf8")),
  xml: (file) => parseTtml(file.toString("utf8")),
  mp4: readMp4Text,
  m4s: readMp4Text,
  ismt: readMp4Text,
  cmft: readMp4Text,
};

/**
 * Reads a file of text whole.
 *
 * @param name - Its extension tells what it is.
 * @throws CorruptError when it can't be read.
 */
export async function readTextFile(name: string, file: Buffer): Promise<TextContent> {
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  const read = READERS[extension];
  if (!read) {
    throw new CorruptError(
      `it can't be text: subtitles end in .${Object.keys(READERS).join(", .")}`,
    );
  }
  try {
    return await read(file);
  } catch (error) {
    throw cutOff(error, "the text");
  }
}
