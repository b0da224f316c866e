import {
  AV_OPT_SEARCH_CHILDREN,
  type CodecContext,
  FFmpegError,
  type FormatContext,
  Option,
} from "node-av";
import type { FfmpegOptions } from "../../plan/encode-plan";

/**
 * Sets options by FFmpeg's names. `open2` and its like take a dictionary for this, but node-av 6.1.1
 * frees one that was read twice, which ends the process.
 */
export function applyOptions(target: CodecContext | FormatContext, options: FfmpegOptions): void {
  for (const [name, value] of Object.entries(options)) {
    const status = Option.set(target.getNative(), name, value, AV_OPT_SEARCH_CHILDREN);
    FFmpegError.throwIfError(status, `option ${name}=${value}`);
  }
}
