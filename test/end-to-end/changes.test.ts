import { strict as assert } from "node:assert";
import { copyFile, mkdir, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { after, before, describe, it } from "mocha";
import { MediaServicesClient } from "../../dynamic-providers/operations/media-services-client/client";
import {
  accessPolicies,
  assets,
} from "../../dynamic-providers/operations/media-services-client/entities";
import {
  type AccountContents,
  accountConnections,
  accountContents,
} from "../support/account-contents";
import { type Azurite, startAzurite } from "../support/azurite";
import { type ExportedResource, exportedResources, secretsOf } from "../support/exported-state";
import { breakDataCenter, restoreDataCenter } from "../support/faults";
import { LocalCloud } from "../support/local-cloud";
import { allProcesses } from "../support/process-tree";
import { firstSegments } from "../support/streaming";

const clip = { name: "clip", file: "test/fixtures/tiny-clip.mp4" };
const second = { name: "second clip", file: "test/fixtures/tiny-clip.mp4" };
const root = join(__dirname, "..", "..");

describe("a stack that changes", function () {
  this.timeout(240_000);
  let cloud: LocalCloud;
  let dataCenters: unknown[];
  let library: Azurite;

  before(async () => {
    library = await startAzurite({ accountName: "films" });
    const env = { AZURE_STORAGE_ACCOUNT: "films", AZURE_STORAGE_KEY: library.accountKey };
    cloud = await LocalCloud.create({ config: { videos: [clip] }, env });
    dataCenters = (await cloud.configuration())["twinstream:dataCenters"] as unknown[];
    await cloud.start();
  });
  after(async () => {
    await (cloud as LocalCloud | undefined)?.[Symbol.asyncDispose]();
    await (library as Azurite | undefined)?.kill();
  });

  it("shows no change in a preview after an up", async () => {
    const { status, output } = await cloud.pulumi("preview", "--expect-no-changes");
    assert.equal(status, 0, output);
    assert.match(output, /\d+ unchanged/);
  });

  it("shows no change after a refresh either", async () => {
    const refreshed = await cloud.pulumi("refresh", "--yes");
    assert.equal(refreshed.status, 0, refreshed.output);
    const { status, output } = await cloud.pulumi("preview", "--expect-no-changes");
    assert.equal(status, 0, output);
  });

  it("moves the primary by changing priorities alone", async () => {
    await cloud.configure({ videos: [clip], primary: "west" });
    const { output, status } = await cloud.pulumi("preview");
    assert.equal(status, 0, output);
    const changes = output.split("\n").filter((line) => /^\s*(?:[+-]|\+-|~)\s/.test(line));
    assert(changes.some((line) => line.includes("AFDOrigin")));
    assert(changes.some((line) => line.includes("trafficmanager:Endpoint")));
    assert.doesNotMatch(output, /to (?:create|delete|replace)/);
    // Players are told to try the data centers in the new order, by each of the two.
    assert.equal(changes.filter((line) => line.includes("PathwayList")).length, 2);
    assert.match(output, /6 to update/);
  });

  it("shows what a second video would make, makes it, and removes it without a trace", async () => {
    await cloud.configure({ videos: [clip] });
    const before = await everything(cloud);

    await cloud.configure({ videos: [clip, second] });
    const preview = await cloud.pulumi("preview");
    assert.equal(preview.status, 0, preview.output);
    for (const type of [
      "MezzanineAsset",
      "EncodingJob",
      "ReplicaAsset",
      "AssetCopy",
      "AssetFiles",
    ]) {
      assert.match(preview.output, new RegExp(`\\+ .*${type} +second-clip-(?:east|west) +create`));
    }
    assert.match(preview.output, /8 to create/);
    assert.deepEqual(await everything(cloud), before, "a preview changes nothing");

    const up = await cloud.pulumi("up", "--yes", "--skip-preview");
    assert.equal(up.status, 0, up.output);
    const { videos } = await cloud.outputs();
    assert.deepEqual(videos.map(({ name }) => name).sort(), ["clip", "second clip"]);
    for (const { urls } of videos) await firstSegments(urls["edge"]?.hls ?? "");

    await cloud.configure({ videos: [clip] });
    const down = await cloud.pulumi("up", "--yes", "--skip-preview");
    assert.equal(down.status, 0, down.output);
    assert.deepEqual(await everything(cloud), before);
  });

  it("reconciles by a plain up what changed while a data center was away", async () => {
    const west = { ...second, name: "west clip", encodeIn: "west" };
    await cloud.configure({ videos: [clip, second] });
    const begun = await cloud.pulumi("up", "--yes", "--skip-preview");
    assert.equal(begun.status, 0, begun.output);
    const outputs = await cloud.outputs();
    await breakDataCenter(cloud, "east");

    await cloud.configure({ videos: [clip, west] });
    const during = await cloud.pulumi("up", "--yes", "--skip-preview");
    assert.notEqual(during.status, 0, during.output);
    assert.match(
      during.output,
      /ReplicaAsset \(west-clip-east\):\s+error: .*account .* failed: .*Check that/,
    );
    const [, added] = (await cloud.outputs()).videos;
    await firstSegments(added?.urls["west"]?.hls ?? "");

    await restoreDataCenter(cloud, "east", outputs);
    const preview = await cloud.pulumi("preview");
    assert.match(preview.output, /\+ .*AssetCopy +west-clip-east +create/);
    assert.match(preview.output, /- .*MezzanineAsset +second-clip-east +delete/);
    const after = await cloud.pulumi("up", "--yes", "--skip-preview");
    assert.equal(after.status, 0, after.output);
    const left = await cloud.pulumi("preview", "--expect-no-changes");
    assert.equal(left.status, 0, left.output);
    const [, reconciled] = (await cloud.outputs()).videos;
    for (const host of ["east", "west"]) await firstSegments(reconciled?.urls[host]?.hls ?? "");
  });

  it("shows in a preview what was written into a copy, and does not replace it silently", async () => {
    await cloud.configure({ videos: [clip] });
    const down = await cloud.pulumi("up", "--yes", "--skip-preview");
    assert.equal(down.status, 0, down.output);
    const resources = await exportedResources(cloud);
    const app = resources.find(
      ({ type, urn }) => type === "azure-native:app:ContainerApp" && urn.endsWith("west"),
    );
    const replica = resources.find(({ urn }) => urn.endsWith("ReplicaAsset::clip-west"));
    assert(app && replica);
    const container = store(app).client.getContainerClient(String(replica.outputs?.["container"]));
    const theirs = container.getBlockBlobClient("tiny-clip.ismc");
    const before = await theirs.downloadToBuffer();
    await theirs.upload("theirs", 6);

    const refreshed = await cloud.pulumi("refresh", "--yes");
    assert.equal(refreshed.status, 0, refreshed.output);
    const preview = await cloud.pulumi("preview");
    assert.match(preview.output, /~ .*AssetCopy +clip-west +update/);
    assert.match(preview.output, /changed tiny-clip\.ismc/);
    const refused = await cloud.pulumi("up", "--yes", "--skip-preview");
    assert.notEqual(refused.status, 0);
    assert.match(refused.output, /AssetCopy \(clip-west\):\s+error: .*tiny-clip\.ismc/);
    assert.equal((await theirs.downloadToBuffer()).toString(), "theirs");

    await cloud.configure({ videos: [clip], overwriteReplicas: true });
    const allowed = await cloud.pulumi("up", "--yes", "--skip-preview");
    assert.equal(allowed.status, 0, allowed.output);
    assert.deepEqual(await theirs.downloadToBuffer(), before);
    await cloud.configure({ videos: [clip] });
    const left = await cloud.pulumi("preview", "--expect-no-changes");
    assert.equal(left.status, 0, left.output);
  });

  it("takes what a container in a store holds, and nothing again that was only touched", async () => {
    const films = new BlobServiceClient(
      library.blobEndpoint,
      new StorageSharedKeyCredential(library.accountName, library.accountKey),
    ).getContainerClient("mezzanines");
    await films.create();
    const blob = films.getBlockBlobClient("films/from a store.mp4");
    const content = await readFile(join(root, clip.file));
    await blob.upload(content, content.length);
    const container = { container: films.url, prefix: "films/" };
    await cloud.configure({ videos: [clip], library: container });

    const up = await cloud.pulumi("up", "--yes");
    assert.equal(up.status, 0, up.output);
    assert.match(up.output, /library: 1 video, 59\.1 kB, of http.*\/mezzanines\/films\//);
    const [, found] = (await cloud.outputs()).videos;
    assert.equal(found?.name, "from-a-store");
    for (const host of ["east", "west"]) await firstSegments(found.urls[host]?.hls ?? "");
    await blob.setMetadata({ reviewed: "yes" });
    const touched = await cloud.pulumi("preview", "--expect-no-changes");
    assert.equal(touched.status, 0, touched.output);
    const state = await cloud.pulumi("stack", "export", "--show-secrets");
    assert.ok(!state.output.includes(library.accountKey));
    assert.doesNotMatch(state.output, /[?&]sig=/);
  });

  it("takes a third data center as one more entry", async () => {
    const third = { name: "north", location: "northeurope" };
    await cloud.configure({ videos: [clip], dataCenters: [...dataCenters, third] });
    const up = await cloud.pulumi("up", "--yes", "--skip-preview");
    assert.equal(up.status, 0, up.output);
    const [video] = (await cloud.outputs()).videos;
    const [north, east] = await Promise.all(
      ["north", "east"].map((host) => firstSegments(video?.urls[host]?.hls ?? "")),
    );
    assert.deepEqual(
      north?.map(({ bytes }) => bytes),
      east?.map(({ bytes }) => bytes),
    );

    await cloud.configure({ videos: [clip], dataCenters });
    const down = await cloud.pulumi("up", "--yes", "--skip-preview");
    assert.equal(down.status, 0, down.output);
  });

  it("lists what no stack owns, and removes it only when told to", async () => {
    const { east } = await accountConnections(cloud);
    assert(east);
    const client = new MediaServicesClient(east);
    await client.create(assets, { Name: "forgotten" });
    await client.create(accessPolicies, {
      Name: "forgotten policy",
      DurationInMinutes: 60,
      Permissions: 1,
    });
    const before = await accountContents(east);

    const asked = await cloud.command("local-cloud/clean.ts", "--account", "east");
    assert.match(asked.output, /forgotten/);
    assert.deepEqual(await accountContents(east), before, "nothing is removed without a yes");

    const done = await cloud.command("local-cloud/clean.ts", "--account", "east", "--yes");
    assert.equal(done.status, 0, done.output);
    const left = await accountContents(east);
    assert(!left.assets.some(({ name }) => name === "forgotten"));
    assert(!left.policies.includes("forgotten policy"));
    assert.equal(left.assets.length, before.assets.length - 1);
    assert.equal(left.policies.length, before.policies.length - 1);
  });

  describe("refuses, before anything is done,", () => {
    const folder = ".twinstream/test-files";
    const bad = (name: string): string => join(folder, name);

    before(async () => {
      await mkdir(join(root, folder), { recursive: true });
      await writeFile(join(root, bad("empty.mp4")), "");
      await writeFile(join(root, bad("text.mp4")), "This is a text, and no film.\n".repeat(100));
      await copyFile(join(root, clip.file), join(root, bad("truncated.mp4")));
      await truncate(join(root, bad("truncated.mp4")), 30_000);
    });
    after(async () => {
      await rm(join(root, folder), { recursive: true, force: true });
      await cloud.configure({ videos: [clip] });
    });

    const video = (file: string): object => ({ videos: [clip, { name: "bad", file }] });
    const cases: readonly { why: string; config: () => object; says: RegExp }[] = [
      {
        why: "a file that is missing",
        config: () => video("samples/none.mp4"),
        says: /samples\/none\.mp4/,
      },
      { why: "an empty file", config: () => video(bad("empty.mp4")), says: /empty/ },
      { why: "a truncated file", config: () => video(bad("truncated.mp4")), says: /truncated/i },
      { why: "a text", config: () => video(bad("text.mp4")), says: /not a video/i },
      {
        why: "one data center only",
        config: () => ({ dataCenters: dataCenters.slice(0, 1) }),
        says: /dataCenters.*2 to/,
      },
      {
        why: "two data centers in one region",
        config: () => ({
          dataCenters: [
            { name: "east", location: "eastus2" },
            { name: "west", location: "East US 2" },
          ],
        }),
        says: /eastus2/,
      },
      {
        why: "a primary that is none of the data centers",
        config: () => ({ primary: "south" }),
        says: /primary.*south.*east, west/,
      },
    ];
    for (const { why, config, says } of cases) {
      it(why, async () => {
        const before = await stateOf(cloud);
        await cloud.configure({ videos: [clip], ...config() });
        const results = await Promise.all([cloud.pulumi("preview"), cloud.pulumi("up", "--yes")]);
        for (const { status, output } of results) {
          assert.notEqual(status, 0, output);
          assert.match(output, says);
        }
        assert.deepEqual(await stateOf(cloud), before, "the state is as it was");
      });
    }
  });

  it("keeps no secret in clear and no code but stubs in its state, logs and argument lists", async () => {
    await cloud.configure({ videos: [clip] });
    const resources = await exportedResources(cloud);
    const secrets = secretsOf(resources);
    assert(secrets.length >= 4, `only ${secrets.length} secrets found`);
    const stubs = resources.flatMap(
      ({ outputs }) => (outputs?.["__provider"] as string | undefined) ?? [],
    );
    assert(stubs.length >= 10);
    for (const stub of stubs) assert(stub.length < 1_500, stub);

    const commands = (await allProcesses()).map(({ command }) => command).join("\n");
    const files = await filesBelow(cloud.home);
    for (const secret of secrets) {
      assert(!commands.includes(secret), "a secret is in an argument list");
      for (const file of files) {
        if (/azurite_db|__azurite|blobstorage|queuestorage/i.test(file)) continue;
        const bytes = await readFile(file);
        assert(!bytes.includes(secret), `${file} holds a secret in clear`);
      }
    }
  });

  describe("destroyed", () => {
    it("leaves nothing behind after destroy", async () => {
      const { status, output } = await cloud.pulumi("destroy", "--yes");
      assert.equal(status, 0, output);
      assert.deepEqual(await exportedResources(cloud), []);
      assert.deepEqual((await cloud.facts()).processes, {});
    });
  });
});

interface Everything {
  readonly accounts: Record<string, AccountContents>;
  readonly containers: Record<string, string[]>;
}

/** What is in every account and in every store. */
async function everything(cloud: LocalCloud): Promise<Everything> {
  const accounts: Record<string, AccountContents> = {};
  for (const [dataCenter, connection] of Object.entries(await accountConnections(cloud))) {
    accounts[dataCenter] = await accountContents(connection);
  }
  const containers: Record<string, string[]> = {};
  const resources = await exportedResources(cloud);
  for (const app of resources.filter(({ type }) => type === "azure-native:app:ContainerApp")) {
    const { name, client } = store(app);
    containers[name] = [];
    for await (const container of client.listContainers()) {
      for await (const blob of client.getContainerClient(container.name).listBlobsFlat()) {
        containers[name].push(
          `${container.name}/${blob.name} ${String(blob.properties.contentLength)}`,
        );
      }
    }
  }
  return { accounts, containers };
}

/** The store of a container app, from what the program declares to it. */
function store({ inputs }: ExportedResource): { name: string; client: BlobServiceClient } {
  const declared = inputs as {
    configuration: { secrets: { name: string; value: string }[] };
    template: { containers: { env: { name: string; value?: string }[] }[] };
  };
  const value = (name: string): string =>
    declared.template.containers[0]?.env.find((each) => each.name === name)?.value ?? "";
  const key = declared.configuration.secrets.find((each) => each.name === "storage-account-key");
  const name = value("STORAGE_ACCOUNT_NAME");
  const credential = new StorageSharedKeyCredential(name, key?.value ?? "");
  return { name, client: new BlobServiceClient(value("BLOB_ENDPOINT"), credential) };
}

/** The state without what every export has anew. */
async function stateOf(cloud: LocalCloud): Promise<unknown> {
  return (await exportedResources(cloud)).map(({ urn, inputs }) => ({ urn, inputs }));
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
