import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import type { EncodePlan } from "../../plan/encode-plan";
import type { ProbedMedia } from "../../probed-media";
import { TaskError } from "../../task-error";
import type { EncodeOptions, Encoder } from "../encoder";
import { endedEarly } from "../ended-early";
import { encoderEnvironment } from "../encoder-environment";
import { keepTail } from "../stderr-tail";
import { notMedia } from "../not-media";
import type { ChildReply, ChildRequest } from "./messages";

type FinalReply = Exclude<ChildReply, { kind: "progress" }>;

/** Encodes with the libraries of FFmpeg that npm's `node-av` carries, in a forked process. */
export class NodeAvEncoder implements Encoder {
  readonly name = "node-av";

  async probe(file: string, signal: AbortSignal): Promise<ProbedMedia> {
    const reply = await ask({ kind: "probe", path: file }, { signal, onProgress: () => undefined });
    if (reply.kind === "probed") return reply.media;
    throw await asError(reply, file);
  }

  async encode(plan: EncodePlan, options: EncodeOptions): Promise<void> {
    const reply = await ask({ kind: "encode", plan }, options);
    if (reply.kind !== "encoded") throw await asError(reply, plan.inputPath);
  }
}

async function asError(reply: FinalReply, file: string): Promise<Error> {
  if (reply.kind === "not-media") return notMedia(file, reply.reason);
  if (reply.kind === "failed") return new TaskError(reply.code, reply.message);
  return new TypeError(`the encoder answered '${reply.kind}' to something else`);
}

/** Runs a child for one request; on abort it is killed, and the wait ends when it is really gone. */
async function ask(
  request: ChildRequest,
  { signal, onProgress }: EncodeOptions,
): Promise<FinalReply> {
  signal.throwIfAborted();
  const child = fork(path.join(__dirname, "node-av-child.ts"), [], {
    execArgv: ["-r", require.resolve("tsx/cjs")],
    env: encoderEnvironment(),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const kill = () => child.kill("SIGKILL");
  signal.addEventListener("abort", kill, { once: true });
  try {
    return await finalReply(child, request, onProgress);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", kill);
  }
}

function finalReply(
  child: ChildProcess,
  request: ChildRequest,
  onProgress: (encodedSeconds: number) => void,
): Promise<FinalReply> {
  const stderrTail = child.stderr ? keepTail(child.stderr) : () => "";
  return new Promise((resolve, reject) => {
    let reply: FinalReply | undefined;
    child.on("message", (message: ChildReply) => {
      if (message.kind === "progress") onProgress(message.encodedSeconds);
      else reply = message;
    });
    child.once("error", reject);
    child.once("close", (code, endedBy) => {
      if (reply) resolve(reply);
      else reject(endedEarly("node-av", endedBy ?? `exit code ${code ?? "unknown"}`, stderrTail()));
    });
    // A child that died already is told by `close`.
    child.send(request, () => undefined);
  });
}
