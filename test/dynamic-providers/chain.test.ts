import { strict as assert } from "node:assert";
import { appendFile, copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { after, before, describe, it } from "mocha";
import { operations as accessPolicy } from "../../dynamic-providers/operations/access-policy";
import { operations as encodingJob } from "../../dynamic-providers/operations/encoding-job";
import { MediaServicesClient } from "../../dynamic-providers/operations/media-services-client/client";
import {
  type AssetFile,
  assets,
  files,
  jobs,
  locators,
  streamingEndpoints,
} from "../../dynamic-providers/operations/media-services-client/entities";
import { setPrimaryFile } from "../../dynamic-providers/operations/primary-file";
import { PartialFailure } from "../../dynamic-providers/operations/resource-operations";
import { operations as streamingLocator } from "../../dynamic-providers/operations/streaming-locator";
import { type AccountSnapshot, snapshotAccount } from "../support/account-snapshot";
import { type Azurite, startAzurite } from "../support/azurite";
import {
  type ChainOptions,
  destroyChain,
  refreshChain,
  runChain,
  type StepAction,
  type StepName,
  STEPS,
} from "../support/chain";
import { startMediaService, type TestMediaService } from "../support/media-service";

const CLIP = path.resolve(__dirname, "../fixtures/tiny-clip.mp4");

describe("the operations of a video's chain", function () {
  this.timeout(180_000);
  let folder: string;
  let stores: Azurite[];
  let services: TestMediaService[];
  let options: ChainOptions;
  let actions: Partial<Record<StepName, StepAction>>;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "twinstream-chain-"));
    stores = await Promise.all([
      startAzurite({ accountName: "chaineast" }),
      startAzurite({ accountName: "chainwest" }),
    ]);
    services = await Promise.all(
      stores.map((storage, index) =>
        startMediaService({ storage, accountName: index === 0 ? "east" : "west" }),
      ),
    );
    const [a, b] = services as [TestMediaService, TestMediaService];
    const file = path.join(folder, "tiny-clip.mp4");
    await copyFile(CLIP, file);
    actions = {};
    options = {
      a: connectionTo(a),
      b: connectionTo(b),
      name: "dev-tiny",
      file,
      stateFile: path.join(folder, "state.json"),
      observe: (event, step, action) => {
        if (event === "end") actions[step] = action;
      },
    };
  });

  after(async () => {
    await Promise.all([...services, ...stores].map((child) => child.kill()));
    await rm(folder, { recursive: true, force: true });
  });

  const snapshots = (): Promise<AccountSnapshot[]> =>
    Promise.all(
      stores.map((store, index) => snapshotAccount(index === 0 ? options.a : options.b, store)),
    );

  it("bring a file to two accounts under one path", async () => {
    const outs = await runChain(options);

    assert.equal(outs.locatorA["relativePath"], outs.locatorB["relativePath"]);
    assert.match(String(outs.locatorA["relativePath"]), /^\/[0-9a-f-]{36}\/tiny-clip\.ism$/);
    assert.equal(outs.locatorA["expirationDateTime"], outs.locatorB["expirationDateTime"]);
    assert.equal(outs.locatorA["startTime"], outs.locatorB["startTime"]);
    for (const service of services) {
      const url = `${service.baseUrl}${String(outs.locatorA["relativePath"])}/manifest(format=m3u8-cmaf)`;
      const response = await fetch(url);
      assert.equal(response.status, 200, await response.text());
    }
  });

  it("leave no locator, policy or blob that was only needed on the way", async () => {
    const [east, west] = await snapshots();
    assert.deepEqual(east?.locators, [
      { type: 2, asset: "dev-tiny-encoded", policy: "dev-tiny-viewing" },
    ]);
    assert.deepEqual(west?.locators, [
      { type: 2, asset: "asset-{guid}", policy: "dev-tiny-viewing" },
    ]);
    for (const account of [east, west]) {
      assert.deepEqual(account.policies, [{ name: "dev-tiny-viewing", durationMinutes: 129_600 }]);
    }
    assert.deepEqual(Object.keys(east.blobs), ["dev-tiny-encoded", "dev-tiny-mezzanine"]);
    assert.deepEqual(west.blobs, { "asset-{guid}": east.blobs["dev-tiny-encoded"] });
  });

  it("do nothing in a second run, nor after a refresh", async () => {
    await runChain(options);
    assert.deepEqual(new Set(Object.values(actions)), new Set(["same"]));
    assert.deepEqual(await refreshChain(options), []);
    await runChain(options);
    assert.deepEqual(new Set(Object.values(actions)), new Set(["same"]));
  });

  it("adopt everything when the state was lost, making no second copy of anything", async () => {
    const before = await snapshots();
    const lost = { ...options, stateFile: path.join(folder, "lost.json") };
    await runChain(lost);
    assert.deepEqual(await snapshots(), before);
    await rm(lost.stateFile);
  });

  it("start a streaming endpoint again that somebody stopped", async () => {
    const client = new MediaServicesClient(options.b);
    const [endpoint] = await client.find(streamingEndpoints, { Name: "default" });
    assert.ok(endpoint);
    await client.act(streamingEndpoints, endpoint.id, "Stop");
    const { locatorB } = JSON.parse(await readFile(options.stateFile, "utf8")) as State;
    await assert.rejects(
      streamingLocator.create(locatorB.outs as never),
      /No streaming endpoint of media services account 'west' .* \('default' is Stopped\)/,
    );
    assert.deepEqual(await refreshChain(options), []);
    await runChain(options);
    assert.equal(actions.endpointB, "update");
    assert.equal((await client.get(streamingEndpoints, endpoint.id))?.state, "Running");
  });

  it("make again in place what somebody deleted, under the same path", async () => {
    const before = await snapshots();
    const outs = await runChain(options);
    const client = new MediaServicesClient(options.b);
    await client.delete(assets, String(outs.replica["assetId"]));

    assert.deepEqual(await refreshChain(options), ["replica", "copy", "files", "locatorB"]);
    const again = await runChain(options);
    assert.equal(again.locatorB["relativePath"], outs.locatorB["relativePath"]);
    assert.equal(actions.encoding, "same");
    assert.deepEqual(await snapshots(), before);
  });

  it("list the files again that an asset lost", async () => {
    const before = await snapshots();
    const { files: listed } = await runChain(options);
    const client = new MediaServicesClient(options.b);
    await client.merge(files, String(listed["primaryFileId"]), { IsPrimary: false });

    assert.deepEqual(await refreshChain(options), ["files"]);
    await runChain(options);
    assert.deepEqual(await snapshots(), before);
  });

  it("give the locators another end when their policy changes, and keep the path", async () => {
    const outs = await runChain(options);
    const { a } = options;
    const longer = {
      account: a,
      name: "dev-tiny-viewing",
      durationMinutes: 1_000_000,
      permissions: 1,
    };
    const policy = await accessPolicy.create({ ...longer, version: 1 });
    const olds = outs.locatorA as never;
    const news = { ...outs.locatorA, accessPolicyId: policy.id, version: 1 } as Record<
      string,
      unknown
    >;
    for (const output of ["locatorId", "startTime", "expirationDateTime"])
      Reflect.deleteProperty(news, output);

    const id = String(outs.locatorA["locatorId"]);
    assert.deepEqual(await streamingLocator.diff(id, olds, news as never), {
      changes: true,
      replaces: [],
      deleteBeforeReplace: false,
    });
    const { outs: updated } = await streamingLocator.update(id, olds, news as never);
    assert.equal(updated.relativePath, outs.locatorA["relativePath"]);
    const lifeMs = Date.parse(updated.expirationDateTime) - Date.parse(updated.startTime);
    assert.equal(lifeMs, 1_000_000 * 60_000);

    const soon = { ...news, renewBeforeDays: 1_000 } as never;
    const { outs: renewed } = await streamingLocator.update(id, updated, soon);
    assert.ok(renewed.expirationDateTime > updated.expirationDateTime);
    assert.equal(renewed.startTime, updated.startTime);
    assert.equal(renewed.path, updated.path);

    // The other account follows by its inputs.
    const follow = { ...outs.locatorB, expirationDateTime: renewed.expirationDateTime, version: 1 };
    const other = await streamingLocator.update(id, outs.locatorB as never, follow as never);
    assert.equal(other.outs.expirationDateTime, renewed.expirationDateTime);
    await streamingLocator.update(id, updated, outs.locatorA as never);
    await accessPolicy.delete(policy.id, policy.outs);
  });

  it("replace everything that follows from another content, and remove the old one", async () => {
    const before = await runChain(options);
    await appendFile(options.file, Buffer.from("000000106672656500000000000000ff", "hex"));
    const outs = await runChain(options);

    const replaced = STEPS.filter((step) => actions[step] === "replace");
    assert.deepEqual(replaced, [
      "mezzanine",
      "encoding",
      "locatorA",
      "replica",
      "copy",
      "files",
      "locatorB",
    ]);
    assert.notEqual(outs.locatorA["relativePath"], before.locatorA["relativePath"]);
    assert.equal(outs.locatorB["relativePath"], outs.locatorA["relativePath"]);
    for (const account of await snapshots()) {
      assert.equal(account.locators.length, 1);
      assert.equal(account.jobs.length + account.assets.length, account.jobs.length === 1 ? 3 : 1);
    }
  });

  it("refuse a locator id that another asset has, and leave that one alone", async () => {
    const outs = await runChain(options);
    const client = new MediaServicesClient(options.b);
    const other = await client.create(assets, { Name: "somebody's" });
    const inputs = { ...outs.locatorB, assetId: other.id } as never;
    await assert.rejects(streamingLocator.create(inputs), (error: Error) => {
      assert.match(
        error.message,
        /^Locator id 'nb:lid:UUID:.*' is taken in media services account/,
      );
      assert.match(error.message, /publishes asset 'nb:cid:.*', not '.*'. Delete that locator/);
      return true;
    });
    await streamingLocator.delete(String(outs.locatorB["locatorId"]), inputs);
    assert.equal((await client.find(locators)).length, 1);
    await client.delete(assets, other.id);
  });

  it("tell why an encoding failed, and make a new job in the next run", async () => {
    const { encoding } = await runChain(options);
    const client = new MediaServicesClient(options.a);
    const before = await snapshots();
    const inputs = { ...encoding, name: "dev-bad", preset: "No Such Preset" } as never;
    const failure = await encodingJob.create(inputs).catch((error: unknown) => error);
    assert.ok(failure instanceof PartialFailure);
    assert.match(failure.message, /job 'nb:jid:.* ended in Error, ErrorParsingConfiguration: /);
    const [failed] = (await client.find(jobs)).filter(({ name }) => name.startsWith("dev-bad"));
    assert.ok(failed);
    const logs = path.resolve(__dirname, "../../logs");
    const log = path.join(logs, `JobStop-${failed.id.replaceAll(":", "_")}.txt`);
    assert.match(await readFile(log, "utf8"), /State: Error[^]*Error ErrorParsingConfiguration: /);

    const again = await encodingJob
      .update(failure.id, failure.properties as never, inputs)
      .catch((error: unknown) => error);
    assert.ok(again instanceof PartialFailure);
    const left = (await client.find(jobs)).filter(({ name }) => name.startsWith("dev-bad"));
    assert.equal(left.length, 1);
    assert.notEqual(left[0]?.id, failed.id);
    await encodingJob.delete(again.id, again.properties as never);
    assert.deepEqual(await snapshots(), before);
  });

  for (const { why, names } of [
    { why: "no manifest", names: ["a.mp4"] },
    { why: "two manifests", names: ["a.ism", "b.ism"] },
  ]) {
    it(`refuse an asset with ${why}, naming what it holds`, async () => {
      const client = new MediaServicesClient(options.a);
      const { id } = await client.create(assets, { Name: "odd" });
      for (const Name of names) await client.create(files, { Name, ParentAssetId: id });
      const found = await client.find(files, { ParentAssetId: id });
      const wanted = { isWanted: (file: AssetFile) => file.name.endsWith(".ism"), wanted: "*.ism" };
      await assert.rejects(
        setPrimaryFile(client, found, { assetId: id, ...wanted }),
        new RegExp(
          `exactly one file \\*\\.ism, and has (none|2)\\. It holds .*'${names[0] ?? ""}'`,
        ),
      );
      await client.delete(assets, id);
    });
  }

  it("say that the account's key is wrong", async () => {
    const account = { ...options.a, accountKey: "d3Jvbmc=" };
    await assert.rejects(
      accessPolicy.create({ account, name: "x", durationMinutes: 1, permissions: 1, version: 1 }),
      /Getting a token for media services account 'east' .* name or key is wrong: check the key/,
    );
  });

  it("remove all that they made, and are content when it is gone already", async () => {
    const state = path.join(folder, "twice.json");
    await copyFile(options.stateFile, state);
    await destroyChain(options);
    await destroyChain({ ...options, stateFile: state });
    const empty = { assets: [], policies: [], locators: [], jobs: [], blobs: {} };
    assert.deepEqual(await snapshots(), [empty, empty]);
  });

  it("say which account can't be used when its store is lost, and what to do", async () => {
    await stores[1]?.kill();
    const policy = { name: "x", durationMinutes: 1, permissions: 1, version: 1 };
    await assert.rejects(accessPolicy.create({ account: options.b, ...policy }), (error: Error) => {
      assert.match(
        error.message,
        /media services account 'west' \(127\.0\.0\.1:\d+\) failed: .*503/,
      );
      assert.match(error.message, /see that the storage account is up, then run again/);
      return true;
    });
  });
});

type State = Record<StepName, { outs: Record<string, unknown> }>;

function connectionTo({ apiUrl, tokenUrl, accountName, accountKey }: TestMediaService) {
  // The redirecting root, so that every step also goes through a 301 once.
  const redirecting = apiUrl.replace("/api/", "/redirect/api/");
  return { apiUrl: redirecting, tokenUrl, accountName, accountKey };
}
