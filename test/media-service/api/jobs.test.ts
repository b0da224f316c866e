import { strict as assert } from "node:assert";
import { after, before, describe, it } from "mocha";
import type { AccountDeps } from "../../../media-service/services/account-deps";
import { StoredJobRuns } from "../../../media-service/services/job-runs";
import { openTestAccount } from "../../support/account-deps";
import { ApiClient } from "../../support/api-client";
import { type Azurite, startAzurite } from "../../support/azurite";
import { startMediaServiceHere } from "../../support/media-service";

const ENCODER = "nb:mpid:UUID:ff4df607-d419-42f0-bc17-a481b1331e56";
const BODY =
  '<?xml version="1.0" encoding="utf-16"?><taskBody><inputAsset>JobInputAsset(0)</inputAsset>' +
  '<outputAsset assetCreationOptions="0" assetName="out">JobOutputAsset(0)</outputAsset></taskBody>';
const UNKNOWN = "00000000-0000-0000-0000-000000000001";

describe("jobs over the REST API", () => {
  let azurite: Azurite;
  let service: Awaited<ReturnType<typeof startMediaServiceHere>>;
  let api: ApiClient;
  let account: AccountDeps;
  let runs: StoredJobRuns;
  let inputId: string;
  let input: string;
  before(async () => {
    azurite = await startAzurite();
    service = await startMediaServiceHere({ storage: azurite, env: { ROLES: "api" } });
    api = await ApiClient.connect(service);
    account = await openTestAccount(azurite);
    runs = new StoredJobRuns(account);
    const asset = await api.create("Assets", { Name: "in" });
    inputId = asset.Id;
    input = `https://some.other.host/api/Assets('${encodeURIComponent(inputId)}')`;
    await api.create("Files", { Name: "in.mp4", ParentAssetId: inputId });
  });
  after(async () => {
    await service.stop();
    await azurite.stop();
  });

  const task = (more: object = {}) => ({
    ...{ Configuration: "Adaptive Streaming", MediaProcessorId: ENCODER, TaskBody: BODY, ...more },
  });
  const job = (more: object = {}) => ({
    ...{
      Name: "job",
      InputMediaAssets: [{ __metadata: { uri: input } }],
      Tasks: [task()],
      ...more,
    },
  });
  const get = async (path: string) => (await api.call("GET", path)).json.d;
  const newJob = async (more: object = {}) => (await api.create("Jobs", job(more))).Id;
  const cancel = (id: string) => api.call("GET", `CancelJob?jobId='${id}'`);
  /** Empties the queue and answers which jobs were in it. */
  const queued = async () => {
    const ids: string[] = [];
    for (;;) {
      const message = await account.queue.receive(30);
      if (message === undefined) return ids;
      ids.push(message.jobId);
      await account.queue.complete(message);
    }
  };

  for (const [form, inputs] of [
    ["verbose links", () => ({ InputMediaAssets: [{ __metadata: { uri: input } }] })],
    [
      "@odata.bind",
      () => ({ InputMediaAssets: undefined, "InputMediaAssets@odata.bind": [input] }),
    ],
  ] as const) {
    it(`are made with inline tasks and ${form}, output asset and message`, async () => {
      await queued();
      const made = await api.create("Jobs", job(inputs()));
      const id = made.Id;
      assert.deepEqual(
        [made.State, made.RunningDuration, made.StartTime, made.EndTime, made.Priority],
        [0, 0, null, null, 0],
      );
      assert.deepEqual(made.JobNotificationSubscriptions.results, []);
      const [output] = await api.list(`Jobs('${id}')/OutputMediaAssets()`);
      assert.equal(output?.Name, "out");
      assert.equal((await get(`Jobs('${id}')/InputMediaAssets`)).results[0]?.Id, inputId);
      const parents = await api.list(`Assets('${output.Id}')/ParentAssets`);
      assert.deepEqual(
        parents.map((parent) => parent.Id),
        [inputId],
      );
      const [only] = await api.list(`Jobs('${id}')/Tasks`);
      assert.deepEqual(
        [only?.State, only?.Progress, only?.EncryptionScheme, only?.TaskBody],
        [0, 0, "None", BODY],
      );
      assert.deepEqual(await queued(), [id]);
      assert.equal((await api.list(`Jobs()?$filter=Id eq '${id}'&$top=1`)).length, 1);
    });
  }

  it("run through their states as the worker reports, and then can be deleted", async () => {
    const id = await newJob();
    const run = await runs.start(id, 1);
    const [only] = run?.tasks ?? [];
    assert(only);
    assert.deepEqual(
      [only.input, only.processorName, only.configuration],
      [
        { container: `asset-${inputId.slice(12)}`, blob: "in.mp4" },
        "Media Encoder Standard",
        "Adaptive Streaming",
      ],
    );
    assert.equal(await runs.start(id, 1), undefined, "a second first message is a double");
    assert.equal((await runs.start(id, 2))?.tasks.length, 1);
    await runs.taskStarted(id, only.taskId);
    assert.equal(await runs.progress(id, only.taskId, 42.5), "continue");
    const running = await get(`Tasks('${only.taskId}')`);
    assert.deepEqual([running.State, running.Progress], [2, 42.5]);
    assert.equal((await get(`Jobs('${id}')/State`)).State, 2);
    assert.equal((await api.call("DELETE", `Jobs('${id}')`)).status, 400);
    const priority = await api.call("MERGE", `Jobs('${id}')`, { body: { Priority: 3 } });
    assert.match(priority.json.error.message.value, /Queued state/);

    const address = { container: only.outputContainer, blob: "out_1.mp4" };
    await account.blobs.write(address, Buffer.from("film"), { contentType: "video/mp4" });
    await runs.taskCompleted(id, only.taskId);
    await runs.taskCompleted(id, only.taskId);
    assert.deepEqual((await runs.start(id, 3))?.tasks, [], "completed tasks are not run again");
    await runs.finish(id);
    await runs.finish(id);
    const done = await get(`Tasks('${only.taskId}')`);
    assert.deepEqual([done.State, done.Progress, done.ErrorDetails.results], [3, 100, []]);
    assert(done.HistoricalEvents.results.length >= 4);
    assert.equal(done.HistoricalEvents.results[0]?.Message, null);
    const finished = await get(`Jobs('${id}')`);
    assert.equal(finished.State, 3);
    assert.notEqual(finished.EndTime, null);
    const [output] = await api.list(`Jobs('${id}')/OutputMediaAssets`);
    const files = await api.list(`Assets('${output?.Id}')/Files`);
    assert.deepEqual(
      files.map((file) => [file.Name, file.ContentFileSize]),
      [["out_1.mp4", "4"]],
    );
    assert.equal((await cancel(id)).status, 400);

    assert.equal((await api.call("DELETE", `Jobs('${id}')`)).status, 204);
    assert.equal((await api.call("GET", `Tasks('${only.taskId}')`)).status, 404);
    assert.equal((await api.call("GET", `Assets('${output?.Id}')`)).status, 200);
  });

  it("end in Error with one detail, and without the output that was not asked to stay", async () => {
    for (const [Options, outputs] of [
      [0, 0],
      [2, 1],
    ]) {
      const id = await newJob({ Tasks: [task({ Options })] });
      const [only] = (await runs.start(id))?.tasks ?? [];
      assert(only);
      const detail = { code: "ErrorProcessingTask", message: "broken" } as const;
      await runs.fail(id, only.taskId, detail);
      await runs.fail(id, only.taskId, { ...detail, message: "again" });
      assert.equal((await get(`Jobs('${id}')`)).State, 4);
      const failed = await get(`Tasks('${only.taskId}')`);
      assert.equal(failed.State, 4);
      assert.deepEqual(
        failed.ErrorDetails.results.map((one) => [one.Code, one.Message]),
        [["ErrorProcessingTask", "broken"]],
      );
      assert.equal((await api.list(`Jobs('${id}')/OutputMediaAssets`)).length, outputs);
      assert.equal(await runs.start(id), undefined);
    }
  });

  it("that wait are canceled at once, those that run when their worker notices", async () => {
    const waiting = await newJob();
    assert.equal((await cancel(waiting)).status, 204);
    assert.equal((await get(`Jobs('${waiting}')`)).State, 5);
    assert.equal(await runs.start(waiting, 1), undefined);
    assert.equal((await cancel(waiting)).status, 400);

    const running = await newJob();
    const [only] = (await runs.start(running))?.tasks ?? [];
    assert(only);
    await runs.taskStarted(running, only.taskId);
    assert.equal((await cancel(running)).status, 204);
    assert.equal((await get(`Jobs('${running}')`)).State, 6);
    assert.equal((await cancel(running)).status, 400);
    assert.equal(await runs.progress(running, only.taskId, 50), "cancel");
    await runs.canceled(running);
    assert.equal((await get(`Jobs('${running}')`)).State, 5);
    assert.equal((await get(`Tasks('${only.taskId}')`)).State, 5);
  });

  it("that wait can get another priority", async () => {
    const id = await newJob({ Priority: "2" });
    await api.call("MERGE", `Jobs('${id}')`, { body: { Priority: 7 } });
    assert.equal((await get(`Jobs('${id}')`)).Priority, 7);
    await cancel(id);
  });

  it("may chain tasks by what one makes and another reads", async () => {
    const chained = BODY.replace("JobInputAsset(0)", "JobOutputAsset(0)").replace(
      '<outputAsset assetCreationOptions="0" assetName="out">JobOutputAsset(0)',
      "<outputAsset>JobOutputAsset(1)",
    );
    const id = await newJob({ Tasks: [task({ TaskBody: chained, Name: "2nd" }), task()] });
    const outputs = await api.list(`Jobs('${id}')/OutputMediaAssets`);
    assert.deepEqual(
      outputs.map((output) => output.Name),
      ["out", "JobOutputAsset(1)_job"],
    );
    const tasks = await api.list(`Jobs('${id}')/Tasks`);
    const run = await runs.start(id);
    assert.deepEqual(
      run?.tasks.map(({ taskId }) => taskId),
      [tasks[1]?.Id, tasks[0]?.Id],
    );
    assert(run);
    const [first] = run.tasks;
    assert(first);
    for (const blob of ["a.mp4", "b.mp4", "in.ism"]) {
      const address = { container: first.outputContainer, blob };
      await account.blobs.write(address, Buffer.from("x"), { contentType: "x/y" });
    }
    await runs.taskStarted(id, first.taskId);
    await runs.taskCompleted(id, first.taskId, "all went well");
    assert.equal((await api.list(`Jobs('${id}')/Tasks`))[1]?.PerfMessage, "all went well");
    const second = (await runs.start(id, 2))?.tasks[0];
    assert.deepEqual(
      second?.input,
      { container: first.outputContainer, blob: "in.ism" },
      "the second task reads what the first has made",
    );
  });

  it("that chain tasks in a circle are refused", async () => {
    const circle = (read: number, made: number) =>
      BODY.replace("JobInputAsset(0)", `JobOutputAsset(${read})`).replace(
        "JobOutputAsset(0)</outputAsset>",
        `JobOutputAsset(${made})</outputAsset>`,
      );
    const Tasks = [task({ TaskBody: circle(1, 0) }), task({ TaskBody: circle(0, 1) })];
    const reply = await api.call("POST", "Jobs", { body: job({ Tasks }) });
    assert.equal(reply.status, 400);
    assert.match(reply.json.error.message.value, /wait for each other/);
  });

  const made = (n: number) =>
    BODY.replace("JobOutputAsset(0)</outputAsset>", `JobOutputAsset(${n})</outputAsset>`);

  it("cancel what is left of their tasks when one fails, each with four events or more", async () => {
    const Tasks = [task(), task({ TaskBody: made(1) })];
    const id = await newJob({ Tasks });
    const [first] = (await runs.start(id, 1))?.tasks ?? [];
    assert(first);
    await runs.taskStarted(id, first.taskId);
    await runs.fail(id, first.taskId, { code: "ErrorProcessingTask", message: "broken" });

    assert.equal(await runs.start(id, 2), undefined);
    assert.equal((await get(`Jobs('${id}')`)).State, 4);
    const tasks = await api.list(`Jobs('${id}')/Tasks`);
    assert.deepEqual(
      tasks.map(({ State }) => State),
      [4, 5],
    );
    for (const { HistoricalEvents } of tasks) assert(HistoricalEvents.results.length >= 4);
  });

  it("go on after a failure with tasks that ask for it, but for those that need its output", async () => {
    const needs = made(2).replace("JobInputAsset(0)", "JobOutputAsset(0)");
    const Tasks = [
      task({ Name: "fails" }),
      task({ Name: "goes on", TaskBody: made(1), Options: 4 }),
      task({ Name: "needs the first", TaskBody: needs, Options: 4 }),
      task({ Name: "is canceled", TaskBody: made(3) }),
    ];
    const id = await newJob({ Tasks });
    const all = (await runs.start(id, 1))?.tasks ?? [];
    const names = new Map((await api.list(`Jobs('${id}')/Tasks`)).map((one) => [one.Id, one.Name]));
    const failing = all.find(({ taskId }) => names.get(taskId) === "fails");
    assert(failing);
    await runs.taskStarted(id, failing.taskId);
    await runs.fail(id, failing.taskId, { code: "ErrorProcessingTask", message: "broken" });

    assert.equal((await get(`Jobs('${id}')`)).State, 2);
    const left = (await runs.start(id, 2))?.tasks ?? [];
    assert.deepEqual(
      left.map(({ taskId }) => names.get(taskId)),
      ["goes on"],
    );
    const [going] = left;
    assert(going);
    await runs.taskStarted(id, going.taskId);
    await runs.taskCompleted(id, going.taskId);
    assert.deepEqual((await runs.start(id, 2))?.tasks, []);
    await runs.finish(id);

    assert.equal((await get(`Jobs('${id}')`)).State, 4, "a job with a failed task is in Error");
    const states = (await api.list(`Jobs('${id}')/Tasks`)).map(({ State }) => State);
    assert.deepEqual(states, [4, 3, 5, 5]);
    assert.deepEqual(
      (await api.list(`Jobs('${id}')/OutputMediaAssets`)).length,
      1,
      "only the output of the completed task is left",
    );
  });

  it("that wait go by their priority, the higher first, then the older", async () => {
    const [low, high, higher, younger] = [
      await newJob({ Priority: 0 }),
      await newJob({ Priority: 1 }),
      await newJob({ Priority: 7 }),
      await newJob({ Priority: 7 }),
    ];
    assert.equal(await runs.moreUrgentThan(low), higher);
    assert.equal(await runs.moreUrgentThan(higher), undefined);
    assert.equal(await runs.moreUrgentThan(younger), undefined, "equals keep the queue's order");
    await runs.start(higher, 1);
    assert.equal(await runs.moreUrgentThan(low), younger);
    await runs.start(younger, 1);
    assert.equal(await runs.moreUrgentThan(low), high);
    await api.call("MERGE", `Jobs('${low}')`, { body: { Priority: 9 } });
    assert.equal(await runs.moreUrgentThan(high), low);
    for (const id of [low, high]) await cancel(id);
    assert.equal(await runs.moreUrgentThan(await newJob()), undefined);
  });

  it("are taken up once, however many first messages there are", async () => {
    const id = await newJob();
    const taken = await Promise.all([1, 2, 3, 4].map(() => runs.start(id, 1)));
    assert.equal(taken.filter((run) => run !== undefined).length, 1);
  });

  it("are refused on a processor that is listed but not run here", async () => {
    const processors = await api.list("MediaProcessors");
    const decryption = processors.find(({ Name }) => Name === "Storage Decryption");
    const Tasks = [task({ MediaProcessorId: decryption?.Id })];
    const reply = await api.call("POST", "Jobs", { body: job({ Tasks }) });
    assert.equal(reply.status, 403);
    assert.match(reply.json.error.message.value, /'Storage Decryption' is not available/);
  });

  for (const [why, more, status] of [
    ["no tasks", { Tasks: [] }, 400],
    ["no input", { InputMediaAssets: [] }, 400],
    [
      "an input of something else",
      { InputMediaAssets: [{ __metadata: { uri: "https://x/y" } }] },
      400,
    ],
    [
      "an input that does not exist",
      { InputMediaAssets: [{ __metadata: { uri: `Assets('nb:cid:UUID:${UNKNOWN}')` } }] },
      404,
    ],
    [
      "an unknown processor",
      { Tasks: [task({ MediaProcessorId: `nb:mpid:UUID:${UNKNOWN}` })] },
      404,
    ],
    ["no task body", { Tasks: [task({ TaskBody: null })] }, 400],
    ["a body that is not XML", { Tasks: [task({ TaskBody: "x" })] }, 400],
    [
      "an input beyond the job's",
      { Tasks: [task({ TaskBody: BODY.replace("InputAsset(0)", "InputAsset(1)") })] },
      400,
    ],
    [
      "31 tasks",
      {
        Tasks: Array.from({ length: 31 }, (_, index) =>
          task({ TaskBody: BODY.replace("OutputAsset(0)", `OutputAsset(${index})`) }),
        ),
      },
      400,
    ],
    [
      "101 inputs",
      {
        InputMediaAssets: Array(101).fill({
          __metadata: { uri: `Assets('nb:cid:UUID:${UNKNOWN}')` },
        }),
      },
      400,
    ],
    ["one output of two tasks", { Tasks: [task(), task()] }, 400],
    ["a protected configuration without its key", { Tasks: [task({ Options: 1 })] }, 400],
    ["too long a name", { Name: "x".repeat(257) }, 400],
  ] as const) {
    it(`are refused with ${why}, and leave nothing`, async () => {
      const [jobs, assets] = await Promise.all([api.list("Jobs"), api.list("Assets")]);
      assert.equal((await api.call("POST", "Jobs", { body: job(more) })).status, status);
      assert.equal((await api.list("Jobs")).length, jobs.length);
      assert.equal((await api.list("Assets")).length, assets.length);
    });
  }

  for (const [why, files, Options] of [
    ["without files", [], 0],
    ["with two files and no primary one", ["a.mp4", "b.mp4"], 0],
    ["that is StorageEncrypted", ["a.mp4"], 1],
  ] as const) {
    it(`are refused with an input ${why}`, async () => {
      const asset = await api.create("Assets", { Name: "odd", Options });
      const ParentAssetId = asset.Id;
      for (const Name of files) await api.create("Files", { Name, ParentAssetId });
      const InputMediaAssets = [{ __metadata: { uri: `Assets('${ParentAssetId}')` } }];
      const reply = await api.call("POST", "Jobs", { body: job({ InputMediaAssets }) });
      assert.equal(reply.status, 400);
    });
  }

  it("keep a configuration of 100,000 characters, and no longer one", async () => {
    const Configuration = `{"x":"${"é".repeat(99_990)}"}`;
    const id = await newJob({ Tasks: [task({ Configuration })] });
    assert.equal((await api.list(`Jobs('${id}')/Tasks`))[0]?.Configuration, Configuration);
    const tooLong = job({ Tasks: [task({ Configuration: `${Configuration}xxx` })] });
    assert.equal((await api.call("POST", "Jobs", { body: tooLong })).status, 400);
  });

  describe("in a batch", () => {
    const part = (id: number, path: string, body: object) =>
      [
        "--changeset_1",
        "Content-Type: application/http",
        "Content-Transfer-Encoding: binary",
        "",
        `POST ${service.apiUrl}${path} HTTP/1.1`,
        `Content-ID: ${id}`,
        "Content-Type: application/json;odata=verbose",
        "Accept: application/json;odata=verbose",
        "",
        JSON.stringify(body),
      ].join("\r\n");
    const batch = (parts: readonly string[]) =>
      api.call("POST", "$batch", {
        headers: {
          "content-type": 'multipart/mixed; boundary="batch_1"',
          accept: "multipart/mixed",
        },
        body: [
          "--batch_1",
          "Content-Type: multipart/mixed; boundary=changeset_1",
          "",
          ...parts,
          "--changeset_1--",
          "--batch_1--",
          "",
        ].join("\r\n"),
      });

    it("are made with their tasks, answered in the order of the requests", async () => {
      const second = BODY.replace("JobOutputAsset(0)", "JobOutputAsset(1)");
      const reply = await batch([
        part(1, "Jobs", { Name: "batched", InputMediaAssets: [{ __metadata: { uri: input } }] }),
        part(2, "$1/Tasks", task({ Name: "first" })),
        part(3, "$1/Tasks", task({ Name: "second", TaskBody: second })),
      ]);
      assert.equal(reply.status, 202);
      assert.match(
        reply.headers.get("content-type") ?? "",
        /^multipart\/mixed; boundary=batchresponse_/,
      );
      assert.deepEqual(
        [...reply.text.matchAll(/HTTP\/1\.1 (\d+) Created\r\nContent-ID: (\d)/g)].map((m) =>
          m.slice(1),
        ),
        [
          ["201", "1"],
          ["201", "2"],
          ["201", "3"],
        ],
      );
      const [made] = await api.list("Jobs?$filter=Name eq 'batched'");
      const tasks = await api.list(`Jobs('${made?.Id}')/Tasks`);
      assert.deepEqual(
        tasks.map((one) => one.Name),
        ["first", "second"],
      );
    });

    it("are not made when one of their tasks is refused", async () => {
      const reply = await batch([
        part(1, "Jobs", { Name: "refused", InputMediaAssets: [{ __metadata: { uri: input } }] }),
        part(2, "$1/Tasks", task()),
        part(3, "$1/Tasks", task({ TaskBody: "broken" })),
      ]);
      assert.equal(reply.status, 202);
      assert.equal(reply.text.match(/HTTP\/1\.1 /g)?.length, 1);
      assert.match(reply.text, /HTTP\/1\.1 400 Bad Request/);
      assert.deepEqual(await api.list("Jobs?$filter=Name eq 'refused'"), []);
    });

    it("are refused when the batch is none", async () => {
      const headers = { "content-type": "multipart/mixed; boundary=b" };
      for (const body of [
        "",
        "--b\r\nContent-Type: application/http\r\n\r\nGET /api/Jobs HTTP/1.1",
      ]) {
        assert.equal((await api.call("POST", "$batch", { headers, body })).status, 400);
      }
    });
  });
});
