import { readFileSync } from "node:fs";
import pino from "pino";
import { EncodeWorker, type EncoderConfig } from "../../../media-service/worker/encode-worker";
import { MemoryBlobStore } from "./memory-blob-store";
import { MemoryJobQueue, MemoryJobRuns } from "./memory-job-store";
import { SAMPLE } from "./test-media";

// A worker in a process of its own, so that a test can kill it. Tells its parent when it encodes.
async function main(kind: EncoderConfig["kind"], scratchDir: string): Promise<void> {
  const blobs = new MemoryBlobStore();
  const queue = new MemoryJobQueue();
  const runs = new MemoryJobRuns({
    taskId: "task",
    configuration: "Adaptive Streaming",
    processorName: "Media Encoder Standard",
    input: { container: "in", blob: "film.mp4" },
    outputContainer: "out",
  });
  blobs.put({ container: "in", blob: "film.mp4" }, readFileSync(SAMPLE));
  await queue.send("job");
  const worker = new EncodeWorker({
    queue,
    runs,
    blobs,
    encoder: { kind },
    clock: { now: () => new Date() },
    log: pino({ level: "silent" }),
    scratchDir,
  });
  await worker.start();
  await runs.until(() => runs.percents.some((percent) => percent > 5));
  process.send?.("encoding");
}

const [, , kind, scratchDir] = process.argv;
void main(kind as EncoderConfig["kind"], scratchDir ?? "");
