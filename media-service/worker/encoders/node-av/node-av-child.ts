import { AV_LOG_ERROR, AVERROR_ENOMEM, AVERROR_ENOSPC, FFmpegError, Log } from "node-av";
import { TaskError } from "../../task-error";
import type { ChildReply, ChildRequest } from "./messages";
import { probe } from "./node-av-input";
import { transcode } from "./transcode";

/** Least time between two reports. */
const REPORT_MS = 500;

/** Errors that no other input would avoid. */
const NOT_THE_CONTENT: readonly number[] = [AVERROR_ENOSPC, AVERROR_ENOMEM];

// Media libraries run in a process of their own: a fault in them ends this one alone, and the worker
// can kill it at any moment. Without the worker there is nobody to encode for.
process.once("disconnect", () => process.exit(1));
process.once("message", (request: ChildRequest) => {
  void answer(request).then((reply) => {
    send(reply, () => process.exit(0));
  });
});

async function answer(request: ChildRequest): Promise<ChildReply> {
  try {
    Log.setLevel(AV_LOG_ERROR);
    if (request.kind === "probe") return { kind: "probed", media: probe(request.path) };
    await transcode(request.plan, throttled());
    return { kind: "encoded" };
  } catch (error) {
    return failure(request, error);
  }
}

function failure(request: ChildRequest, error: unknown): ChildReply {
  if (error instanceof TaskError) {
    return { kind: "failed", code: error.code, message: error.message };
  }
  const message = error instanceof Error ? error.message : String(error);
  if (request.kind === "probe") return { kind: "not-media", reason: message };
  const content = error instanceof FFmpegError && !NOT_THE_CONTENT.includes(error.code);
  return {
    kind: "failed",
    code: content ? "ErrorExecutingTaskMalformedContent" : "ErrorProcessingTask",
    message: `node-av gave up: ${message}`,
  };
}

function throttled(): (encodedSeconds: number) => void {
  let last = 0;
  return (encodedSeconds) => {
    if (Date.now() - last < REPORT_MS) return;
    last = Date.now();
    send({ kind: "progress", encodedSeconds });
  };
}

function send(reply: ChildReply, done?: () => void): void {
  // With a callback a closed channel is no exception; `disconnect` ends this process then.
  process.send?.(reply, undefined, undefined, () => done?.());
}
