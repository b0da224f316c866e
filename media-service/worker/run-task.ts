import type { BlobStore } from "../ports/blob-store";
import type { TaskRun } from "../ports/job-runs";
import { assetFiles } from "./asset-files";
import { clearContainer, uploadAsset } from "./asset-upload";
import { encodeFile } from "./encode-file";
import type { Encoder } from "./encoders/encoder";
import { downloadInput } from "./input-download";
import { mediaInput } from "./media-input";
import { baseNameOf } from "./plan/output-names";
import { presetOf } from "./presets/media-processor";
import { ScratchDirectory } from "./scratch-directory";
import { MediaError, UnavailableError } from "../domain/errors";
import { TaskError } from "./task-error";

/** What a task needs. */
export interface RunTaskDeps {
  readonly blobs: BlobStore;
  readonly encoder: Encoder;
  readonly scratchDir: string;
}

/** How a task is run. */
export interface RunTaskOptions {
  readonly signal: AbortSignal;
  /** Called with 0 to 100. */
  readonly onProgress: (percent: number) => void;
  /** Called before the first result is written. */
  readonly beforeUpload: () => Promise<void>;
  /** An earlier attempt may have left results. */
  readonly clearFirst: boolean;
}

/** What a task has made. */
export interface TaskResult {
  readonly mediaSeconds: number;
  readonly files: number;
  /** Of the media files. */
  readonly bytes: number;
}

/** Where the parts of a task end, in percent of the whole. */
const PERCENT = { downloaded: 5, encoded: 95, uploaded: 99 };

/**
 * Runs one task: download, encode, check, upload.
 *
 * @throws TaskError, UnavailableError, or the signal's reason.
 */
export async function runTask(
  { blobs, encoder, scratchDir }: RunTaskDeps,
  task: TaskRun,
  { signal, onProgress, beforeUpload, clearFirst }: RunTaskOptions,
): Promise<TaskResult> {
  const preset = presetOf(task);
  const { outputContainer } = task;
  const input = task.input && (await mediaInput(blobs, task.input, { preset, signal }));
  if (!input) {
    throw new TaskError(
      "ErrorDownloadingInputAssetMalformedContent",
      "the input asset has no primary file, and not exactly one file either",
    );
  }
  if (clearFirst) await clearContainer(blobs, outputContainer, signal);

  await using scratch = await ScratchDirectory.create(scratchDir);
  const inputPath = scratch.file("input");
  await downloadInput(blobs, input, {
    path: inputPath,
    signal,
    onProgress: (share) => {
      onProgress(share * PERCENT.downloaded);
    },
  });
  const baseName = baseNameOf(input.blob);
  const result = await encodeFile(encoder, {
    preset,
    input: inputPath,
    baseName,
    output: (name) => scratch.file(name),
    signal,
    onProgress: (share) => {
      onProgress(between(PERCENT.downloaded, PERCENT.encoded, share));
    },
  });
  await beforeUpload();
  signal.throwIfAborted();
  const { container } = input;
  const fileName = input.blob.slice(input.blob.lastIndexOf("/") + 1);
  const files = assetFiles(result, { baseName, fileName, container });
  await upload(blobs, files, {
    container: outputContainer,
    signal,
    onProgress: (share) => {
      onProgress(between(PERCENT.encoded, PERCENT.uploaded, share));
    },
  });
  const bytes = result.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { mediaSeconds: result.plan.durationSeconds, files: files.length, bytes };
}

async function upload(...[blobs, files, options]: Parameters<typeof uploadAsset>): Promise<void> {
  try {
    await uploadAsset(blobs, files, options);
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof UnavailableError || !(error instanceof MediaError)) throw error;
    throw new TaskError(
      "ErrorUploadingOutputAsset",
      `the results could not be written: ${error.message}`,
      { cause: error },
    );
  }
}

function between(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}
