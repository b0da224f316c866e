import { strict as assert } from "node:assert";
import { access, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import pino from "pino";
import { ConflictError, UnavailableError } from "../../../media-service/domain/errors";
import type { TaskRun } from "../../../media-service/ports/job-runs";
import { JobHandler } from "../../../media-service/worker/job-handler";
import { FakeEncoder } from "./fake-encoder";
import { MemoryBlobStore } from "./memory-blob-store";
import { MemoryJobQueue, MemoryJobRuns } from "./memory-job-store";

const TASK: TaskRun = {
  taskId: "task",
  configuration: "Adaptive Streaming",
  processorName: "Media Encoder Standard",
  input: { container: "in", blob: "film.mkv" },
  outputContainer: "out",
};
const LIMITS = { leaseSeconds: 60, maxAttempts: 4, retrySeconds: 10 };

describe("JobHandler", () => {
  let scratchDir: string;
  let queue: MemoryJobQueue;
  let runs: MemoryJobRuns;
  let blobs: MemoryBlobStore;
  let encoder: FakeEncoder;
  let stop: AbortController;

  beforeEach(async () => {
    scratchDir = await mkdtemp(path.join(tmpdir(), "twinstream-job-"));
    queue = new MemoryJobQueue();
    runs = new MemoryJobRuns(TASK);
    blobs = new MemoryBlobStore();
    blobs.put({ container: "in", blob: "film.mkv" }, Buffer.from("a film"));
    encoder = new FakeEncoder();
    stop = new AbortController();
  });
  afterEach(async () => {
    assert.deepEqual(await readdir(scratchDir), [], "scratch files are left");
    await rm(scratchDir, { recursive: true, force: true });
  });

  async function handle(options: { taken?: number; leaseSeconds?: number; task?: TaskRun } = {}) {
    const { taken = 0, leaseSeconds = LIMITS.leaseSeconds, task } = options;
    if (task) runs = new MemoryJobRuns(task);
    await queue.send("job", taken);
    const message = await queue.receive();
    assert(message);
    const deps = {
      queue,
      runs,
      blobs,
      encoder,
      scratchDir,
      clock: { now: () => new Date() },
      log: pino({ level: "silent" }),
    };
    await new JobHandler(deps, { ...LIMITS, leaseSeconds }).handle(message, stop.signal);
  }

  it("writes nothing more once another worker has the job", async () => {
    queue.failRenewal = () =>
      encoder.plans.length > 0 ? new ConflictError("another worker has it") : undefined;

    await handle({ leaseSeconds: 0.15 });

    assert.deepEqual(blobs.names("out"), []);
    assert.deepEqual(runs.events, ["start", "taskStarted"]);
    assert.deepEqual(queue.completed, []);
  });

  it("stops when no renewal comes through before the lease ends", async () => {
    queue.failRenewal = () => new UnavailableError("the queue does not answer");

    await handle({ leaseSeconds: 0.15 });

    assert.ok(queue.renewals.length >= 2, "it tried more than once");
    assert.deepEqual(runs.events, ["start", "taskStarted"]);
    assert.deepEqual(queue.completed, []);
  });

  it("stops when a renewal hangs until the lease has ended", async () => {
    let calls = 0;
    queue.renew = () => {
      calls++;
      return new Promise<void>((resolve) => setTimeout(resolve, 400));
    };

    await handle({ leaseSeconds: 0.15 });

    assert.equal(calls, 1);
    assert.deepEqual(runs.events, ["start", "taskStarted"]);
    assert.deepEqual(queue.completed, []);
  });

  it("ends a job as canceled within a second of the client's wish", async () => {
    let asked = 0;
    runs.cancelWhen = (percent) => {
      if (percent < 50) return false;
      asked = Date.now();
      return true;
    };

    await handle();

    assert.ok(Date.now() - asked < 1000);
    assert.deepEqual(runs.events, ["start", "taskStarted", "canceled"]);
    assert.deepEqual(queue.completed, ["job"]);
    assert.deepEqual(blobs.written, []);
  });

  it("does not begin what was canceled while it waited", async () => {
    runs.cancelWhen = () => true;

    await handle();

    assert.equal(encoder.plans.length, 0);
    assert.deepEqual(runs.events, ["start", "taskStarted", "canceled"]);
  });

  it("gives a job back at once when the worker stops", async () => {
    const handled = handle();
    await runs.until(() => runs.percents.length > 0);
    stop.abort();
    await handled;

    assert.equal(queue.renewals.at(-1), 0);
    assert.deepEqual(queue.waitingJobs, ["job"]);
    assert.deepEqual(queue.completed, []);
  });

  it("reports progress of the encode, at most once a second", async () => {
    encoder.then = async () => {
      await runs.until(() => runs.percents.some((percent) => percent >= 50));
      throw new UnavailableError("enough");
    };
    const began = Date.now();

    await handle();

    assert.deepEqual(runs.percents, [0, 50]);
    assert.ok(Date.now() - began >= 950);
  });

  it("goes on with the tasks that are left when one has failed", async () => {
    encoder.then = () => Promise.reject(new Error("broken"));
    runs = new MemoryJobRuns(TASK, { ...TASK, taskId: "second" });
    const failed: string[] = [];
    runs.fail = (_, taskId) => {
      failed.push(taskId);
      runs.drop(taskId);
      return Promise.resolve();
    };

    await handle();

    assert.deepEqual(failed, ["task", "second"]);
    assert.equal(encoder.plans.length, 2);
    assert.equal(runs.events.at(-1), "finish");
    assert.deepEqual(queue.completed, ["job"]);
  });

  it("runs a more urgent job first, and leaves a message for the one that yields", async () => {
    runs.urgent = "urgent";
    encoder.then = () => Promise.reject(new Error("enough"));

    await handle();

    assert.deepEqual(queue.completed, ["urgent"]);
    assert.deepEqual(queue.waitingJobs, ["job"]);
  });

  it("does not let a job yield that was taken up before", async () => {
    runs.urgent = "urgent";
    encoder.then = () => Promise.reject(new Error("enough"));

    await handle({ taken: 1 });

    assert.deepEqual(queue.completed, ["job"]);
    assert.deepEqual(queue.waitingJobs, []);
  });

  it("clears what an earlier attempt left before it begins", async () => {
    blobs.put({ container: "out", blob: "film_640x360_700.mp4" }, Buffer.from("half a file"));
    blobs.put({ container: "out", blob: "sub/old" }, Buffer.from("old"));
    encoder.then = () => Promise.reject(new UnavailableError("enough"));

    await handle({ taken: 1 });

    assert.deepEqual(blobs.names("out"), []);
  });

  for (const { taken, seconds } of [
    { taken: 0, seconds: 10 },
    { taken: 2, seconds: 40 },
  ]) {
    it(`tries again after ${seconds} s what was not available at attempt ${taken + 1}`, async () => {
      blobs.before = (operation) => {
        if (operation === "read") throw new UnavailableError("the store does not answer");
      };

      await handle({ taken });

      assert.equal(queue.renewals.at(-1), seconds);
      assert.equal(runs.failure, undefined);
      assert.deepEqual(queue.completed, []);
    });
  }

  it("fails the job when the last attempt met an unavailable store, and says why", async () => {
    blobs.before = (operation) => {
      if (operation === "read") throw new UnavailableError("the store does not answer");
    };

    await handle({ taken: 3 });

    assert.equal(runs.failure?.code, "TransientError");
    assert.match(runs.failure.message, /the store does not answer/);
    assert.deepEqual(queue.completed, ["job"]);
  });

  it("gives up a job that no worker lived to finish, without touching it again", async () => {
    await handle({ taken: 4 });

    assert.equal(runs.failure?.code, "ErrorProcessingTask");
    assert.match(runs.failure.message, /taken up 4 times/);
    assert.equal(encoder.plans.length, 0);
    assert.deepEqual(queue.completed, ["job"]);
  });

  it("fails the job for an error that no other attempt would avoid", async () => {
    encoder.then = () => Promise.reject(new Error("a programmer's mistake"));

    await handle();

    assert.deepEqual(runs.failure, {
      code: "ErrorProcessingTask",
      message: "a programmer's mistake",
    });
    assert.deepEqual(queue.completed, ["job"]);
  });

  it("goes on while progress cannot be reported", async () => {
    let reports = 0;
    const report = runs.progress.bind(runs);
    runs.progress = async (...args) => {
      if (++reports === 1) throw new UnavailableError("tables do not answer");
      return report(...args);
    };
    encoder.then = async () => {
      await runs.until(() => runs.percents.length > 0);
      throw new Error("it came through");
    };

    await handle();

    assert.equal(runs.failure?.message, "it came through");
  });

  for (const { why, prepare, task, code } of [
    {
      why: "an unknown preset",
      prepare: () => undefined,
      task: { ...TASK, configuration: "H264 Broadband 720p" },
      code: "ErrorParsingConfiguration",
    },
    {
      why: "an input asset without a primary file",
      prepare: () => undefined,
      task: { ...TASK, input: undefined },
      code: "ErrorDownloadingInputAssetMalformedContent",
    },
    {
      why: "an input that is no longer there",
      prepare: () => undefined,
      task: { ...TASK, input: { container: "in", blob: "gone.mkv" } },
      code: "ErrorDownloadingInputAssetServiceFailure",
    },
    {
      why: "an empty input",
      prepare: () => blobs.put({ container: "in", blob: "film.mkv" }, Buffer.alloc(0)),
      task: TASK,
      code: "ErrorDownloadingInputAssetMalformedContent",
    },
    {
      why: "an input that is not what its MD5 says",
      prepare: () => {
        blobs.lie(
          { container: "in", blob: "film.mkv" },
          { contentMd5: "AAAAAAAAAAAAAAAAAAAAAA==" },
        );
      },
      task: TASK,
      code: "ErrorDownloadingInputAssetMalformedContent",
    },
  ]) {
    it(`fails ${why} with ${code} before anything is encoded`, async () => {
      prepare();
      await handle({ task });

      assert.equal(runs.failure?.code, code);
      assert.equal(encoder.plans.length, 0);
      assert.deepEqual(queue.completed, ["job"]);
    });
  }

  it("tries a download again that the store broke off", async () => {
    blobs.lie({ container: "in", blob: "film.mkv" }, { sizeBytes: 1000 });

    await handle();

    assert.equal(queue.renewals.at(-1), 10);
    assert.equal(runs.failure, undefined);
  });

  it("keeps its scratch files where it was told to while it works", async () => {
    let seen: string | undefined;
    encoder.then = async () => {
      const [video] = encoder.plans[0]?.files ?? [];
      await access(video?.path ?? "");
      seen = video?.path;
      throw new Error("enough");
    };

    await handle();

    assert.ok(seen?.startsWith(scratchDir));
  });
});
