import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "mocha";
import type { AccountDeps } from "../../../media-service/services/account-deps";
import { StoredJobRuns } from "../../../media-service/services/job-runs";
import { purgeOldRecords } from "../../../media-service/services/old-records";
import { StoredPublishedAssets } from "../../../media-service/services/published-assets";
import { openTestAccount } from "../../support/account-deps";
import { ApiClient } from "../../support/api-client";
import { type Azurite, startAzurite } from "../../support/azurite";
import { startMediaServiceHere } from "../../support/media-service";

const ENCODER = "nb:mpid:UUID:ff4df607-d419-42f0-bc17-a481b1331e56";
const DAY = 86_400_000;

describe("records of an account over the REST API", () => {
  let azurite: Azurite;
  let service: Awaited<ReturnType<typeof startMediaServiceHere>>;
  let api: ApiClient;
  let account: AccountDeps;
  let inputId: string;
  before(async () => {
    azurite = await startAzurite();
    service = await startMediaServiceHere({ storage: azurite, env: { ROLES: "api" } });
    api = await ApiClient.connect(service);
    account = await openTestAccount(azurite, service.accountKey);
    inputId = await newInput();
  });
  after(async () => {
    await service.stop();
    await azurite.stop();
  });

  const newInput = async () => {
    const { Id } = await api.create("Assets", { Name: "in" });
    await api.create("Files", { Name: "in.mp4", ParentAssetId: Id });
    return Id;
  };
  const taskBody = (id: string, output: number, input = "JobInputAsset(0)") =>
    `<taskBody taskTemplateId="${id}"><inputAsset>${input}</inputAsset>` +
    `<outputAsset assetName="out ${output}">JobOutputAsset(${output})</outputAsset></taskBody>`;
  const newId = () => `nb:ttid:UUID:${randomUUID()}`;
  const template = (ids: readonly string[], more: object = {}) => ({
    Name: "template",
    JobTemplateBody:
      '<?xml version="1.0" encoding="utf-16"?><jobTemplate>' +
      `${ids.map((id, n) => taskBody(id, n)).join("")}</jobTemplate>`,
    NumberofInputAssets: 1,
    TemplateType: 1,
    TaskTemplates: ids.map((Id, n) => ({
      ...{ Id, Name: `task ${n}`, Configuration: "Adaptive Streaming", MediaProcessorId: ENCODER },
      ...{ NumberofInputAssets: 1, NumberofOutputAssets: 1, Options: 0 },
    })),
    ...more,
  });
  const job = (more: object = {}) => ({
    ...{ Name: "job", InputMediaAssets: [{ __metadata: { uri: `Assets('${inputId}')` } }] },
    ...more,
  });
  const names = async (path: string) => (await api.list(path)).map(({ Name }) => Name);

  it("a job template has its task templates, and a job of it their tasks", async () => {
    const ids = [newId(), newId().toUpperCase().replace("NB:TTID", "nb:ttid")];
    const { Id } = await api.create("JobTemplates", template(ids));
    const path = `JobTemplates('${Id}')`;
    assert.deepEqual(await names(`${path}/TaskTemplates`), ["task 0", "task 1"]);
    assert.equal((await api.call("GET", `TaskTemplates('${ids[0] ?? ""}')`)).status, 200);
    const made = await api.create("Jobs", job({ TemplateId: Id }));
    const tasks = await api.list(`Jobs('${made.Id}')/Tasks`);
    assert.deepEqual(
      tasks.map((task) => [task.Name, task.Configuration, task.TaskBody.includes("emplateId")]),
      [
        ["task 0", "Adaptive Streaming", false],
        ["task 1", "Adaptive Streaming", false],
      ],
    );
    assert.deepEqual(await names(`Jobs('${made.Id}')/OutputMediaAssets`), ["out 0", "out 1"]);
    assert.equal((await api.call("MERGE", path, { body: { Name: "x" } })).status, 405);
    assert.equal((await api.call("DELETE", path)).status, 204);
    assert.equal((await api.call("GET", `TaskTemplates('${ids[0] ?? ""}')`)).status, 404);
    assert.equal((await api.list(`Jobs('${made.Id}')/Tasks`)).length, 2);
  });

  for (const [why, body, status] of [
    ["no tasks", () => template([]), 400],
    ["the service's own type", () => template([newId()], { TemplateType: 0 }), 400],
    [
      "a body that is not XML",
      () => template([newId()], { JobTemplateBody: "<jobTemplate>" }),
      400,
    ],
    [
      "a body with a DOCTYPE",
      () => template([newId()], { JobTemplateBody: "<!DOCTYPE x><jobTemplate/>" }),
      400,
    ],
    [
      "another task's id in its body",
      () => template([newId()], { JobTemplateBody: template([newId()]).JobTemplateBody }),
      400,
    ],
    [
      "a task twice",
      () => {
        const id = newId();
        return template([id, id]);
      },
      400,
    ],
    [
      "an unknown processor",
      () => {
        const whole = template([newId()]);
        const [task] = whole.TaskTemplates;
        const MediaProcessorId = `nb:mpid:UUID:${randomUUID()}`;
        return { ...whole, TaskTemplates: [{ ...task, MediaProcessorId }] };
      },
      404,
    ],
  ] as const) {
    it(`a job template is refused with ${why}, and leaves nothing`, async () => {
      const reply = await api.call("POST", "JobTemplates", { body: body() });
      assert.equal(reply.status, status, reply.text);
      assert.deepEqual(await api.list("JobTemplates"), []);
      assert.deepEqual(await api.list("TaskTemplates"), []);
    });
  }

  it("a job of a template is refused with tasks of its own, or other inputs", async () => {
    const { Id: TemplateId } = await api.create("JobTemplates", template([newId()]));
    const inputs = [inputId, inputId].map((id) => ({ __metadata: { uri: `Assets('${id}')` } }));
    const Tasks = [{ MediaProcessorId: ENCODER, TaskBody: taskBody(newId(), 0) }];
    for (const [more, status] of [
      [{ TemplateId, Tasks }, 400],
      [{ TemplateId, InputMediaAssets: inputs }, 400],
      [{ TemplateId: `nb:jtid:UUID:${randomUUID()}` }, 404],
      [{ TemplateId: "" }, 400],
    ] as const) {
      const reply = await api.call("POST", "Jobs", { body: job(more) });
      assert.equal(reply.status, status, reply.text);
    }
    await api.call("DELETE", `JobTemplates('${TemplateId}')`);
  });

  it("an asset still lists the asset it was made from when that is deleted", async () => {
    const parent = await newInput();
    const InputMediaAssets = [{ __metadata: { uri: `Assets('${parent}')` } }];
    const Tasks = [{ MediaProcessorId: ENCODER, TaskBody: taskBody(newId(), 0) }];
    const { Id } = await api.create("Jobs", job({ InputMediaAssets, Tasks }));
    const [child] = await api.list(`Jobs('${Id}')/OutputMediaAssets`);
    await api.call("DELETE", `Assets('${parent}')`);
    const parents = await api.list(`Assets('${child?.Id ?? ""}')/ParentAssets`);
    assert.deepEqual(
      parents.map((asset) => [asset.Id, asset.State]),
      [[parent, 2]],
    );
  });

  it("an asset is published by an action, and only says so", async () => {
    const { Id } = await api.create("Assets", { Name: "a" });
    assert.equal((await api.call("POST", `Assets('${Id}')/Publish`, { body: {} })).status, 204);
    assert.equal((await api.call("GET", `Assets('${Id}')`)).json.d.State, 1);
  });

  it("a deleted origin locator is remembered for 90 days, and again when it was made again", async () => {
    const published = new StoredPublishedAssets(account);
    const policy = { Name: "p", DurationInMinutes: 60, Permissions: 1 };
    const AccessPolicyId = (await api.create("AccessPolicies", policy)).Id;
    const guid = randomUUID();
    const make = async () => {
      const AssetId = (await api.create("Assets", { Name: "film" })).Id;
      const body = { Id: `nb:lid:UUID:${guid}`, AssetId, AccessPolicyId, Type: 2 };
      await api.create("Locators", body);
      assert.notEqual(await published.find(guid), undefined);
      return AssetId;
    };
    assert.equal(await published.wasDeleted(guid), false);
    await make();
    await api.call("DELETE", `Locators('nb:lid:UUID:${guid}')`);
    assert.deepEqual(
      [await published.find(guid), await published.wasDeleted(guid)],
      [undefined, true],
    );
    const later = (days: number) => ({
      ...account,
      clock: { now: () => new Date(Date.now() + days * DAY) },
    });
    await purgeOldRecords(later(89));
    assert.equal(await published.wasDeleted(guid), true);
    await purgeOldRecords(later(91));
    assert.equal(await published.wasDeleted(guid), false);

    for (let time = 0; time < 2; time++) {
      await api.call("DELETE", `Assets('${await make()}')`);
      assert.deepEqual(
        [await published.find(guid), await published.wasDeleted(guid)],
        [undefined, true],
      );
    }
  });

  it("a locator is refused on an asset whose container is gone", async () => {
    const policy = { Name: "p", DurationInMinutes: 60, Permissions: 1 };
    const AccessPolicyId = (await api.create("AccessPolicies", policy)).Id;
    const { Id: AssetId, Uri: uri } = await api.create("Assets", { Name: "lost" });
    await account.blobs.deleteContainer(uri.slice(uri.lastIndexOf("/") + 1));

    for (const Type of [1, 2]) {
      const body = { AssetId, AccessPolicyId, Type };
      assert.equal((await api.call("POST", "Locators", { body })).status, 409);
    }
    assert.deepEqual(await api.list(`Assets('${AssetId}')/Locators`), []);
  });

  it("what clients choose of the default endpoint is what the origin goes by", async () => {
    const [endpoint] = await api.list("StreamingEndpoints");
    const body = {
      AccessControl: {
        IP: { Allow: [{ Name: "a", Address: "203.0.113.0", SubnetPrefixLength: 24 }] },
      },
      CacheControl: { MaxAge: 60 },
      CrossSiteAccessPolicies: { ClientAccessPolicy: "<a/>", CrossDomainPolicy: "<b/>" },
    };
    const path = `StreamingEndpoints('${endpoint?.Id ?? ""}')`;
    assert.equal((await api.call("MERGE", path, { body })).status, 202);

    assert.deepEqual(await new StoredPublishedAssets(account).endpoint(), {
      running: false,
      allowedAddresses: [{ name: "a", address: "203.0.113.0", subnetPrefixLength: 24 }],
      maxAgeSeconds: 60,
      clientAccessPolicy: "<a/>",
      crossDomainPolicy: "<b/>",
    });
    const open = { AccessControl: null, CacheControl: null, CrossSiteAccessPolicies: null };
    await api.call("MERGE", path, { body: open });
  });

  it("jobs and operations of more than 90 days ago are deleted, others stay", async () => {
    const Tasks = [{ MediaProcessorId: ENCODER, TaskBody: taskBody(newId(), 0) }];
    const ended = (await api.create("Jobs", job({ Tasks }))).Id;
    const waiting = (await api.create("Jobs", job({ Tasks }))).Id;
    await new StoredJobRuns(account).start(ended);
    await new StoredJobRuns(account).finish(ended);
    const [endpoint] = await api.list("StreamingEndpoints");
    await api.call("POST", `StreamingEndpoints('${endpoint?.Id ?? ""}')/Start`, { body: {} });
    const after = (days: number) => ({
      ...account,
      clock: { now: () => new Date(Date.now() + days * DAY) },
    });
    assert.equal(await purgeOldRecords(after(89)), 0);
    const [task] = await api.list(`Jobs('${ended}')/Tasks`);
    assert((await purgeOldRecords(after(91))) >= 2);
    assert.equal((await api.call("GET", `Jobs('${ended}')`)).status, 404);
    assert.equal((await api.call("GET", `Tasks('${task?.Id ?? ""}')`)).status, 404);
    assert.equal((await api.call("GET", `Jobs('${waiting}')`)).status, 200);
    assert.deepEqual(await api.list("Operations"), []);
  });
});
