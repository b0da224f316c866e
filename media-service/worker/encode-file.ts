import { checkOutputs } from "./output-check";
import { type EncodePlan, encodePlan } from "./encode-plan";
import { type EncodedFile, readEncodedFiles } from "./encoded-file";
import type { Encoder } from "./encoders/encoder";
import { missingBytes } from "./mp4-boxes";
import { type SourceFacts, sourceFacts } from "./source-facts";
import { TaskError } from "./task-error";

/** A file to encode, and where to. */
export interface EncodeFileRequest {
  readonly input: string;
  /** Path for a result's scratch file. */
  readonly output: (fileName: string) => string;
  readonly signal: AbortSignal;
  /** Called with the share that is encoded, 0 to 1. */
  readonly onProgress: (share: number) => void;
}

/** What was encoded. */
export interface EncodeFileResult {
  readonly facts: SourceFacts;
  readonly plan: EncodePlan;
  readonly files: readonly EncodedFile[];
}

/**
 * Encodes a local file into the "Adaptive Streaming" ladder and checks what came out.
 *
 * @throws TaskError when the file cannot be encoded; the signal's reason when stopped.
 */
export async function encodeFile(
  encoder: Encoder,
  { input, output, signal, onProgress }: EncodeFileRequest,
): Promise<EncodeFileResult> {
  const facts = sourceFacts(await encoder.probe(input, signal));
  const missing = facts.container.includes("mp4") ? await missingBytes(input) : 0;
  if (missing > 0) {
    throw new TaskError(
      "ErrorExecutingTaskMalformedContent",
      `the input was cut off: ${missing} bytes at its end are missing; upload it again`,
    );
  }
  const plan = encodePlan(facts, { input, output });
  await encoder.encode(plan, {
    signal,
    onProgress: (seconds) => {
      onProgress(Math.min(1, seconds / facts.durationSeconds));
    },
  });
  signal.throwIfAborted();
  const files = await readEncodedFiles(plan);
  checkOutputs(files, { plan, facts });
  return { facts, plan, files };
}
