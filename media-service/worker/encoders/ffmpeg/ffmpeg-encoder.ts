import { stat } from "node:fs/promises";
import path from "node:path";
import type { MediaError } from "../../../domain/errors";
import type { EncodePlan } from "../../plan/encode-plan";
import type { ProbedMedia } from "../../probed-media";
import { TaskError } from "../../task-error";
import type { EncodeOptions, Encoder } from "../encoder";
import { endedEarly } from "../ended-early";
import { INPUT_FORMATS } from "../input-formats";
import { notMedia } from "../not-media";
import { ffmpegArgs } from "./ffmpeg-args";
import { ffprobeArgs, parseFfprobe } from "./ffprobe-media";
import { guardAgainstOrphan } from "./orphan-guard";
import { type ProcessResult, runProcess } from "./process-runner";
import { encodedSeconds } from "./progress-line";

/** Where the programs are. */
export interface FfmpegPrograms {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}

/** Encodes with the ffmpeg program. */
export class FfmpegEncoder implements Encoder {
  readonly name = "ffmpeg";

  constructor(private readonly programs: FfmpegPrograms) {}

  async probe(file: string, signal: AbortSignal): Promise<ProbedMedia> {
    const { size } = await stat(file);
    const lines: string[] = [];
    const result = await runProcess({
      command: this.programs.ffprobe,
      args: ffprobeArgs(file, INPUT_FORMATS),
      signal,
      onStdoutLine: (line) => lines.push(line),
    });
    if (result.exitCode !== 0) throw await notMedia(file, withoutPath(result.stderrTail, file));
    return parseFfprobe(lines.join("\n"), size);
  }

  async encode(plan: EncodePlan, { signal, onProgress }: EncodeOptions): Promise<void> {
    let guard: Disposable | undefined;
    try {
      const result = await runProcess({
        command: this.programs.ffmpeg,
        args: ffmpegArgs(plan),
        signal,
        onStarted: (pid) => (guard = guardAgainstOrphan(pid)),
        onStdoutLine: (line) => {
          const seconds = encodedSeconds(line);
          if (seconds !== undefined) onProgress(seconds);
        },
      });
      if (result.exitCode !== 0) throw encodeFailed(result, plan.inputPath);
    } finally {
      guard?.[Symbol.dispose]();
    }
  }
}

/** ffmpeg's words for a machine that is to blame, whatever the input. */
const NOT_THE_CONTENT = /No space left on device|Cannot allocate memory/;

function encodeFailed(result: ProcessResult, inputPath: string): MediaError {
  if (result.endedBy !== undefined) return endedEarly("ffmpeg", result.endedBy);
  const said = withoutPath(result.stderrTail, inputPath);
  return new TaskError(
    NOT_THE_CONTENT.test(said) ? "ErrorProcessingTask" : "ErrorExecutingTaskMalformedContent",
    `ffmpeg gave up with exit code ${result.exitCode ?? "unknown"}: ${said}`,
  );
}

/** Clients read these messages: a scratch path says nothing to them. */
function withoutPath(text: string, file: string): string {
  return text.replaceAll(file, path.basename(file)) || "it said nothing";
}
