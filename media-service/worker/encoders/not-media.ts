import { looksLikeMp4 } from "../mp4-boxes";
import { TaskError } from "../task-error";

/** The error for a file that no demuxer opens: an MP4 without its index was media once. */
export async function notMedia(file: string, reason: string): Promise<TaskError> {
  return (await looksLikeMp4(file))
    ? new TaskError(
        "ErrorExecutingTaskMalformedContent",
        `the input is an MP4 file that cannot be read; it may have been cut off: ${reason}`,
      )
    : new TaskError(
        "ErrorDownloadingInputAssetMalformedContent",
        `the input is no media file of a known kind: ${reason}`,
      );
}
