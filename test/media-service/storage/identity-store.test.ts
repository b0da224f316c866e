import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import { ApiClient, type WireEntity } from "../../support/api-client";
import { type IdentityStore, startIdentityStore } from "../../support/identity-store";
import { startMediaService, type TestMediaService } from "../../support/media-service";
import { loadSegment, mediaPlaylists, segmentUrls } from "../../support/streaming";
import { until } from "../../local-cloud/until";

const ENCODER = "nb:mpid:UUID:ff4df607-d419-42f0-bc17-a481b1331e56";
const CLIP = join(__dirname, "../../fixtures/tiny-clip.mp4");
const BODY =
  '<?xml version="1.0" encoding="utf-16"?><taskBody><inputAsset>JobInputAsset(0)</inputAsset>' +
  '<outputAsset assetName="out">JobOutputAsset(0)</outputAsset></taskBody>';
const FINISHED = 3;
const WEEK_MINUTES = 7 * 1440;

describe("a media service on a managed identity", () => {
  let store: IdentityStore;
  let service: TestMediaService;
  let api: ApiClient;
  let encoded: WireEntity;

  before(async function () {
    this.timeout(60_000);
    store = await startIdentityStore();
    service = await startMediaService({ storage: store.azurite, env: store.env });
    api = await ApiClient.connect(service);
  });
  after(async () => {
    await service.stop();
    await store[Symbol.asyncDispose]();
  });

  const locator = async (assetId: string, permissions: number, more: object = {}) => {
    const { minutes = 60, type = 1 } = more as { minutes?: number; type?: number };
    const policy = await api.create("AccessPolicies", {
      ...{ Name: "p", DurationInMinutes: minutes, Permissions: permissions },
    });
    const body = { AccessPolicyId: policy.Id, AssetId: assetId, Type: type };
    return api.call("POST", "Locators", { body });
  };
  const sas = async (assetId: string, permissions: number, more: object = {}) => {
    const reply = await locator(assetId, permissions, more);
    assert.equal(reply.status, 201, reply.text);
    return reply.json.d;
  };
  const at = ({ Path }: WireEntity, name: string) => Path.replace("?", `/${name}?`);
  const putBlob = (url: string, body: string | Buffer) =>
    store.fetch(url, { method: "PUT", headers: { "x-ms-blob-type": "BlockBlob" }, body });

  const runChild = (file: string, env: Record<string, string>) =>
    promisify(execFile)(process.execPath, ["-r", "tsx/cjs", join(__dirname, file)], {
      env: { ...process.env, ...store.env, ...env },
    });

  it("takes an upload by SAS, encodes it and streams it", async function () {
    this.timeout(60_000);
    const asset = await api.create("Assets", { Name: "in" });
    const upload = await sas(asset.Id, 2);
    assert.match(upload.Path, /^https:.*[?&]skoid=/);
    assert.equal((await putBlob(at(upload, "in.mp4"), readFileSync(CLIP))).status, 201);
    await api.create("Files", { Name: "in.mp4", ParentAssetId: asset.Id, IsPrimary: true });
    const job = await api.create("Jobs", {
      Name: "job",
      InputMediaAssets: [{ __metadata: { uri: asset.__metadata.uri } }],
      Tasks: [{ Configuration: "Adaptive Streaming", MediaProcessorId: ENCODER, TaskBody: BODY }],
    });
    let state: unknown = 0;
    while (Number(state) < FINISHED) {
      await pause(100);
      state = (await api.call("GET", `Jobs('${job.Id}')`)).json.d.State;
    }
    assert.equal(state, FINISHED);
    const [output] = await api.list(`Jobs('${job.Id}')/OutputMediaAssets`);
    assert(output);
    encoded = output;

    const streaming = await sas(output.Id, 1, { type: 2 });
    const files = await api.list(`Assets('${output.Id}')/Files`);
    const manifest = files.find(({ Name }) => Name?.endsWith(".ism"))?.Name ?? "";
    const [endpoint] = await api.list("StreamingEndpoints");
    await api.call("POST", `StreamingEndpoints('${String(endpoint?.Id)}')/Start`);
    const master = `${streaming.Path}${manifest}/manifest(format=m3u8-cmaf)`;
    await until("playing", async () => (await fetch(master)).status === 200);
    const [playlist = ""] = await mediaPlaylists(master);
    const [, first = ""] = await segmentUrls(playlist);
    assert((await loadSegment(first)).bytes.length > 1000);
  });

  it("lends no more than a SAS locator allows, and only for its asset", async () => {
    const [one, other] = [
      await api.create("Assets", { Name: "one" }),
      await api.create("Assets", { Name: "other" }),
    ];
    const [writer, reader] = [await sas(one.Id, 2), await sas(one.Id, 9)];
    assert.equal((await putBlob(at(writer, "a.txt"), "hello")).status, 201);
    assert.equal(await (await store.fetch(at(reader, "a.txt"))).text(), "hello");
    assert.equal((await putBlob(at(reader, "b.txt"), "no")).status, 403);
    const elsewhere = at(writer, "a.txt").replace(one.Id.slice(12), other.Id.slice(12));
    assert.equal((await putBlob(elsewhere, "no")).status, 403);
    const listing = `${reader.Path}&restype=container&comp=list`;
    assert.match(await (await store.fetch(listing)).text(), /<Name>a\.txt<\/Name>/);
  });

  it("reads parts of blobs by its token, without the SDK", async () => {
    const asset = await api.create("Assets", { Name: "parts" });
    await putBlob(at(await sas(asset.Id, 2), "a%20%C3%A9.txt"), "hello world");
    const { stdout } = await runChild("identity-child.ts", {
      ...{ BLOB_ENDPOINT: store.azurite.blobEndpoint, BLOB: "a \u00e9.txt" },
      CONTAINER: `asset-${asset.Id.slice(12)}`,
    });
    assert.equal(stdout, "world");
  });

  it("lends both sides of a copy", async () => {
    const target = await api.create("Assets", { Name: "copy" });
    const [from, to] = [await sas(encoded.Id, 9), await sas(target.Id, 15)];
    await runChild("../../dynamic-providers/copy/copy-child.ts", {
      ...{ COPY_SOURCE_URL: from.Path, COPY_TARGET_URL: to.Path },
    });
    const names = async ({ Path }: WireEntity) => {
      const reply = await store.fetch(`${Path}&restype=container&comp=list`);
      return [...(await reply.text()).matchAll(/<Name>([^<]+)</g)].map(([, name]) => name);
    };
    const copied = await names(to);
    assert(copied.length > 1);
    assert.deepEqual(copied, await names(from));
  });

  it("refuses a SAS locator that lasts longer than a signature can, and keeps none", async () => {
    const asset = await api.create("Assets", { Name: "long" });
    const reply = await locator(asset.Id, 1, { minutes: WEEK_MINUTES + 1 });
    assert.equal(reply.status, 400);
    assert.match(
      reply.json.error.message.value,
      /at most 7 days from now.*no storage key.*at most 10080 minutes/,
    );
    assert.deepEqual(await api.list(`Assets('${asset.Id}')/Locators`), []);

    const week = await sas(asset.Id, 1, { minutes: WEEK_MINUTES });
    assert.equal((await store.fetch(at(week, "none"))).status, 404);
    assert.equal(
      (await locator(asset.Id, 1, { minutes: 100 * WEEK_MINUTES, type: 2 })).status,
      201,
    );
  });

  it("deletes a SAS locator, and can't end what was signed", async () => {
    const asset = await api.create("Assets", { Name: "deleted" });
    const [writer, reader] = [await sas(asset.Id, 2), await sas(asset.Id, 1)];
    await putBlob(at(writer, "a.txt"), "hello");
    assert.equal((await api.call("DELETE", `Locators('${reader.Id}')`)).status, 204);
    assert.equal((await api.call("GET", `Locators('${reader.Id}')`)).status, 404);
    assert.equal((await store.fetch(at(reader, "a.txt"))).status, 200);
  });

  it("is not started by an identity that the platform does not know", async function () {
    this.timeout(20_000);
    const env = { ...store.env, AZURE_CLIENT_ID: "00000000-0000-4000-8000-000000000000" };
    const starting = startMediaService({ storage: store.azurite, env });
    await assert.rejects(
      starting,
      /managed identity gave no token.*no identity with the client_id/s,
    );
  });
});
