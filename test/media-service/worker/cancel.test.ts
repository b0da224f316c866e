import { strict as assert } from "node:assert";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import pino from "pino";
import { JobState, TaskState } from "../../../media-service/domain/job-state";
import type { AccountDeps } from "../../../media-service/services/account-deps";
import { StoredJobRuns } from "../../../media-service/services/job-runs";
import { EncodeWorker, type EncodeWorkerDeps } from "../../../media-service/worker/encode-worker";
import { until } from "../../local-cloud/until";
import { openTestAccount } from "../../support/account-deps";
import { ApiClient } from "../../support/api-client";
import { type Azurite, startAzurite } from "../../support/azurite";
import { startMediaServiceHere } from "../../support/media-service";
import { testMediaBytes } from "./test-media";

const ENCODER = "nb:mpid:UUID:ff4df607-d419-42f0-bc17-a481b1331e56";
const LONG = 120_000;
/** One small picture, so that an encode takes a moment. */
const PRESET = JSON.stringify({
  Version: 1.0,
  Codecs: [{ Type: "H264Video", H264Layers: [{ Width: 64, Height: 36, Bitrate: 100 }] }],
  Outputs: [{ FileName: "{Basename}_{Width}x{Height}.mp4", Format: { Type: "MP4Format" } }],
});
const bodyOf = (output: number): string =>
  `<taskBody><inputAsset>JobInputAsset(0)</inputAsset><outputAsset>JobOutputAsset(${output})</outputAsset></taskBody>`;
const task = (output = 0, configuration = PRESET): object => ({
  ...{ Configuration: configuration, MediaProcessorId: ENCODER, TaskBody: bodyOf(output) },
});

describe("jobs on a real queue with a real worker", function () {
  this.timeout(4 * LONG);
  let azurite: Azurite;
  let service: Awaited<ReturnType<typeof startMediaServiceHere>>;
  let api: ApiClient;
  let account: AccountDeps;
  let assetId: string;
  let scratchDir: string;
  const workers: EncodeWorker[] = [];

  before(async () => {
    azurite = await startAzurite();
    service = await startMediaServiceHere({ storage: azurite, env: { ROLES: "api" } });
    api = await ApiClient.connect(service);
    account = await openTestAccount(azurite);
    const { Id, Uri } = await api.create("Assets", { Name: "in" });
    assetId = Id;
    const address = { container: Uri.replace(/^.*\//, ""), blob: "film.mp4" };
    const bytes = await testMediaBytes("plain");
    await account.blobs.write(address, bytes, { contentType: "video/mp4" });
    await api.create("Files", { Name: "film.mp4", ParentAssetId: Id });
  });
  beforeEach(async () => {
    scratchDir = await mkdtemp(path.join(tmpdir(), "twinstream-cancel-"));
  });
  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker[Symbol.asyncDispose]();
    await rm(scratchDir, { recursive: true, force: true });
  });
  after(async () => {
    await service.stop();
    await azurite.stop();
  });

  async function startWorker(changes: Partial<EncodeWorkerDeps> = {}): Promise<void> {
    const worker = new EncodeWorker({
      ...{ queue: account.queue, runs: new StoredJobRuns(account), blobs: account.blobs },
      ...{ encoder: { kind: "auto" }, clock: account.clock, scratchDir },
      ...{ log: pino({ level: "silent" }), limits: { pollSeconds: 0.05 }, ...changes },
    });
    workers.push(worker);
    await worker.start();
  }

  const newJob = async (more: object = {}): Promise<string> => {
    const { Id } = await api.create("Jobs", {
      ...{ Name: "job", Tasks: [task()], ...more },
      InputMediaAssets: [{ __metadata: { uri: `${service.apiUrl}Assets('${assetId}')` } }],
    });
    return Id;
  };
  const cancel = async (id: string): Promise<void> => {
    assert.equal((await api.call("GET", `CancelJob?jobid='${id}'`)).status, 204);
  };
  const stateOf = async (id: string): Promise<unknown> =>
    (await api.call("GET", `Jobs('${id}')`)).json.d.State;
  const tasksOf = async (id: string): Promise<unknown[]> =>
    (await api.list(`Jobs('${id}')/Tasks`)).map(({ State }) => State);
  const untilIn = (id: string, state: number): Promise<void> =>
    until(`the job is in state ${state}`, async () => (await stateOf(id)) === state, LONG);
  const filesOf = async (id: string): Promise<string[]> => {
    const found: string[] = [];
    const { outputAssetIds } = (await account.stores.jobs.get(id))?.value ?? { outputAssetIds: [] };
    for (const output of outputAssetIds) {
      const container = (await account.stores.assets.get(output))?.value.container;
      if (container === undefined || !(await account.blobs.containerExists(container))) continue;
      for await (const { name } of account.blobs.list(container)) found.push(name);
    }
    return found;
  };

  it("are never begun when they are canceled while they are queued", async () => {
    const canceled = await newJob();
    await cancel(canceled);
    assert.equal(await stateOf(canceled), JobState.canceled);
    const next = await newJob();
    await startWorker();
    await untilIn(next, JobState.finished);

    assert.equal(await stateOf(canceled), JobState.canceled);
    assert.deepEqual(await tasksOf(canceled), [TaskState.canceled]);
    assert.deepEqual(await filesOf(canceled), []);
    assert((await filesOf(next)).includes("film_64x36.mp4"));
  });

  it("are never begun when they are canceled while they are scheduled", async () => {
    const id = await newJob();
    const stored = await account.stores.jobs.get(id);
    assert(stored);
    await account.stores.jobs.replace(stored, { ...stored.value, state: JobState.scheduled });
    await cancel(id);
    const next = await newJob();
    await startWorker();
    await untilIn(next, JobState.finished);

    assert.equal(await stateOf(id), JobState.canceled);
    assert.deepEqual(await filesOf(id), []);
  });

  it("end canceled when that is asked for while the output is uploaded", async () => {
    const id = await newJob();
    const { blobs } = account;
    let uploading = false;
    const slow = Object.assign(Object.create(blobs) as typeof blobs, {
      async write(...given: Parameters<typeof blobs.write>): Promise<void> {
        uploading = true;
        const [, , { signal }] = given;
        // As slow as a store can be: only the client's wish ends it.
        await until("the upload is stopped", () => signal?.aborted === true, LONG);
        await blobs.write(...given);
      },
    });
    await startWorker({ blobs: slow });
    await until("it is uploading", () => uploading, LONG);
    await cancel(id);
    await untilIn(id, JobState.canceled);

    assert.deepEqual(await tasksOf(id), [TaskState.canceled]);
    assert(!(await filesOf(id)).some((name) => name.endsWith(".ism")));
    const message = await account.queue.receive(1);
    assert.equal(message, undefined, "the message is settled");
  });

  it("keep what is done and begin nothing more when that is asked for between two tasks", async () => {
    const id = await newJob({ Tasks: [task(0), task(1)] });
    const runs = new StoredJobRuns(account);
    const completed = runs.taskCompleted.bind(runs);
    let completions = 0;
    runs.taskCompleted = async (...given) => {
      await completed(...given);
      completions += 1;
      if (completions === 1) await cancel(id);
    };
    await startWorker({ runs });
    await untilIn(id, JobState.canceled);

    assert.equal(completions, 1);
    assert.deepEqual((await tasksOf(id)).sort(), [TaskState.completed, TaskState.canceled]);
  });

  it("go by their priority, the most urgent first, the older of two first", async () => {
    const wrong = { Tasks: [task(0, "No such preset")] };
    const priorities = [0, 1, 0, 7, 7, 1];
    const ids: string[] = [];
    for (const Priority of priorities) ids.push(await newJob({ Priority, ...wrong }));
    await startWorker();
    for (const id of ids) await untilIn(id, JobState.error);

    const began = await Promise.all(
      ids.map(async (id, at) => {
        const started = (await account.stores.jobs.get(id))?.value.startTime;
        return { at, priority: priorities[at], started: started?.getTime() ?? NaN };
      }),
    );
    const urgent = began.filter(({ priority }) => priority !== 0);
    assert.deepEqual(
      urgent.sort((a, b) => a.started - b.started).map(({ at }) => at),
      [3, 4, 1, 5],
    );
    const last = began.filter(({ priority }) => priority === 0);
    const latest = Math.max(...urgent.map(({ started }) => started));
    assert(last.every(({ started }) => started >= latest));
  });
});
