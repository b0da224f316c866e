import { type EncodedFile, readEncodedFiles } from "./encoded-file";
import { type EncodedImage, readEncodedImages } from "./encoded-images";
import type { Encoder } from "./encoders/encoder";
import { missingBytes } from "./mp4-boxes";
import { checkOutputs } from "./output-check";
import type { EncodePlan } from "./plan/encode-plan";
import { encodePlan } from "./plan/plan-encode";
import type { Preset } from "./presets/preset";
import type { ProbedMedia } from "./probed-media";
import { type SourceFacts, sourceFacts } from "./source-facts";
import { TaskError } from "./task-error";

/** A file to encode, and where to. */
export interface EncodeFileRequest {
  readonly preset: Preset;
  readonly input: string;
  /** The input's name without folders and extension: results are called after it. */
  readonly baseName: string;
  /** Path for a result's scratch file. */
  readonly output: (fileName: string) => string;
  readonly signal: AbortSignal;
  /** Called with the share that is encoded, 0 to 1. */
  readonly onProgress: (share: number) => void;
}

/** What was encoded. */
export interface EncodeFileResult {
  readonly preset: Preset;
  /** What the input holds, and what of it matters. */
  readonly media: ProbedMedia;
  readonly facts: SourceFacts;
  readonly plan: EncodePlan;
  readonly files: readonly EncodedFile[];
  readonly images: readonly EncodedImage[];
}

/**
 * Makes of a local file what a preset asks for, and checks what came out.
 *
 * @throws TaskError when the file cannot be encoded; the signal's reason when stopped.
 */
export async function encodeFile(
  encoder: Encoder,
  { preset, input, baseName, output, signal, onProgress }: EncodeFileRequest,
): Promise<EncodeFileResult> {
  const media = await encoder.probe(input, signal);
  const facts = sourceFacts(media);
  const missing = facts.container.includes("mp4") ? await missingBytes(input) : 0;
  if (missing > 0) {
    throw new TaskError(
      "ErrorExecutingTaskMalformedContent",
      `the input was cut off: ${missing} bytes at its end are missing; upload it again`,
    );
  }
  const plan = encodePlan(preset, facts, { input, baseName, output });
  await encoder.encode(plan, {
    signal,
    onProgress: (seconds) => {
      onProgress(Math.min(1, seconds / plan.durationSeconds));
    },
  });
  signal.throwIfAborted();
  const files = await readEncodedFiles(plan);
  checkOutputs(files, { plan, facts });
  return { preset, media, facts, plan, files, images: await readEncodedImages(plan) };
}
