import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { QueueServiceClient, StorageSharedKeyCredential } from "@azure/storage-queue";
import { after, before, describe, it } from "mocha";
import { type CloudConfig, readCloudConfig } from "../../../local-cloud/config";
import { LocalCloud } from "../../../local-cloud/local-cloud";
import { takeHome } from "../../../local-cloud/running-file";
import {
  at,
  listAt,
  type Properties,
  secret,
  textAt,
  unknown,
  withValue,
} from "../../../local-cloud/stand-in/properties";
import { causeFault, type Fault } from "../../support/faults";
import { until } from "../until";
import { ProviderClient } from "./provider-client";

const root = resolve(__dirname, "../../..");
const types = {
  group: "azure-native:resources:ResourceGroup",
  account: "azure-native:storage:StorageAccount",
  queue: "azure-native:storage:Queue",
  environment: "azure-native:app:ManagedEnvironment",
  app: "azure-native:app:ContainerApp",
};
const account = {
  resourceGroupName: "group",
  kind: "StorageV2",
  sku: { name: "Standard_ZRS" },
  location: "eastus2",
};

describe("the stand-in provider over gRPC", function () {
  this.timeout(120_000);
  let config: CloudConfig;
  let cloud: LocalCloud;
  let client: ProviderClient;

  async function open(): Promise<void> {
    cloud = await LocalCloud.open(config, { edgeRetry: true });
    client = new ProviderClient(Number(/azure-native:(\d+)/.exec(cloud.providers)?.[1]));
  }
  async function close(): Promise<void> {
    client[Symbol.dispose]();
    await cloud[Symbol.asyncDispose]();
  }

  before(async () => {
    const home = mkdtempSync(join(tmpdir(), "twinstream-cloud-"));
    const places = { TWINSTREAM_HOME: home, TWINSTREAM_IMAGES: join(home, "images") };
    config = readCloudConfig({ ...process.env, ...places }, root);
    await open();
    await client.create(types.group, "group", { resourceGroupName: "group", location: "eastus2" });
  });
  after(async () => {
    await close();
    rmSync(config.home, { recursive: true, force: true });
  });

  describe("checks", () => {
    for (const { why, type, inputs, property, reason } of [
      {
        why: "a missing property",
        type: types.account,
        inputs: { ...account, sku: {} },
        property: "sku.name",
        reason: "is required",
      },
      {
        why: "a value that Azure doesn't know",
        type: types.account,
        inputs: { ...account, kind: "StorageV3" },
        property: "kind",
        reason:
          '"StorageV3" is not one of Storage, StorageV2, BlobStorage, FileStorage, BlockBlobStorage; did you mean "StorageV2"?',
      },
      {
        why: "an invalid name",
        type: types.account,
        inputs: { ...account, accountName: "With-Hyphen" },
        property: "accountName",
        reason: '"With-Hyphen" must be 3 to 24 lower-case letters and digits',
      },
      {
        why: "a number out of range",
        type: "azure-native:cdn:AFDOrigin",
        inputs: {
          resourceGroupName: "group",
          profileName: "p",
          originGroupName: "g",
          hostName: "h",
          priority: 6,
        },
        property: "priority",
        reason: "6 is not a number from 1 to 5",
      },
      {
        why: "an id of another kind",
        type: types.app,
        inputs: {
          resourceGroupName: "group",
          environmentId:
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a",
          template: { containers: [{ name: "a", image: "b" }] },
        },
        property: "environmentId",
        reason:
          '"/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a" is not the id of a Microsoft.App/managedEnvironments',
      },
      {
        why: "a misspelt property, of a kind that it only records",
        type: "azure-native:network:PublicIPAddress",
        inputs: { resourceGroupName: "group", idleTimeoutInMinute: 30 },
        property: "idleTimeoutInMinute",
        reason: 'is not a property that exists here; did you mean "idleTimeoutInMinutes"?',
      },
      {
        why: "a type that the package doesn't have",
        type: "azure-native:cdn:Profle",
        inputs: {},
        property: "",
        reason: /^azure-native:cdn:Profle is no resource of @pulumi.*; did you mean "Profile"\?$/,
      },
      {
        why: "a wrong value without showing it where it is secret",
        type: types.account,
        inputs: { ...account, accessTier: secret("Hott") },
        property: "accessTier",
        reason: "the secret value is not one of Hot, Cool, Premium, Cold",
      },
    ]) {
      it(`refuse ${why}`, async () => {
        const { failures } = await client.check(type, "x", inputs);

        assert.deepEqual(
          failures.map((failure) => failure.property),
          [property],
        );
        if (typeof reason === "string") assert.equal(failures[0]?.reason, reason);
        else assert.match(failures[0]?.reason ?? "", reason);
      });
    }

    it("let values pass that a preview doesn't know", async () => {
      const inputs = { ...account, kind: unknown, sku: unknown, resourceGroupName: unknown };

      assert.deepEqual((await client.check(types.account, "x", inputs)).failures, []);
    });

    it("give the same resource the same name each time", async () => {
      const [first, second, other] = await Promise.all(
        ["east", "east", "west"].map((name) => client.check(types.account, name, account)),
      );

      assert.match(textAt(first?.inputs, "accountName") ?? "", /^east[0-9a-f]{8}$/);
      assert.equal(first?.inputs["accountName"], second?.inputs["accountName"]);
      assert.notEqual(first?.inputs["accountName"], other?.inputs["accountName"]);
    });
  });

  it("diffs inputs, and replaces what can't be changed in place", async () => {
    const olds = { ...account, accountName: "east", tags: { a: "b" } };

    const inPlace = await client.diff(types.account, olds, { ...olds, tags: { a: "c" } });
    const replaced = await client.diff(types.account, olds, { ...olds, location: "westus2" });
    const same = await client.diff(types.account, { ...olds, x: secret("1") }, { ...olds, x: "1" });

    assert.deepEqual([inPlace.getDiffsList(), inPlace.getReplacesList()], [["tags"], []]);
    assert.deepEqual(replaced.getReplacesList(), ["location"]);
    assert.equal(replaced.getDeletebeforereplace(), true);
    assert.equal(same.getChanges(), 1);
  });

  it("records kinds that it can't make real, and says so once", async () => {
    const said: string[] = [];
    cloud.events.on("notice", (text) => said.push(text));
    const type = "azure-native:network:PublicIPAddress";
    const made = await client.create(type, "front", { resourceGroupName: "group" });
    await client.create(type, "more", { resourceGroupName: "group" });

    const found = await client.read(type, "front", made.id);

    assert.equal(found.getId(), made.id);
    assert.deepEqual(said, [`${type} is recorded only: nothing in the local cloud acts on it`]);
  });

  it("refuses, once it is to be made, what refers to nothing that is there", async () => {
    const id = (rest: string) =>
      `/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/group/providers/${rest}`;
    const route = {
      resourceGroupName: "group",
      profileName: "none",
      endpointName: "none",
      routeName: "r",
      originGroup: { id: id("Microsoft.Cdn/profiles/none/originGroups/none") },
    };
    const type = "azure-native:cdn:Route";

    assert.deepEqual((await client.check(type, "r", route)).failures, []);
    await assert.rejects(client.create(type, "r", route), {
      message: [
        `${type} "r" refers to what doesn't exist: profileName names ${id("Microsoft.Cdn/profiles/none")}`,
        `endpointName names ${id("Microsoft.Cdn/profiles/none/afdEndpoints/none")}`,
        `originGroup.id names ${route.originGroup.id}. Declare it, and give its output here, so that it is made first`,
      ].join("; "),
    });
  });

  it("says once of each property that the edge doesn't obey", async () => {
    const said: string[] = [];
    cloud.events.on("notice", (text) => said.push(text));
    const group = {
      resourceGroupName: "group",
      profileName: "profile",
      originGroupName: "centers",
      trafficRestorationTimeToHealedOrNewEndpointsInMinutes: 10,
      authentication: { type: "SystemAssignedIdentity" },
      loadBalancingSettings: { sampleSize: 4 },
    };
    const type = "azure-native:cdn:AFDOriginGroup";
    const profile = { resourceGroupName: "group", profileName: "profile", location: "Global" };
    await client.create("azure-native:cdn:Profile", "profile", {
      ...profile,
      sku: { name: "Standard_AzureFrontDoor" },
    });
    const { id } = await client.create(type, "centers", group);
    await client.create(type, "centers", group);
    await client.delete(type, "centers", id);

    assert.deepEqual(said, [
      "the edge doesn't obey authentication.type of Front Door's origin group centers",
      "the edge gives a healed origin of group centers its requests back at once, not over 10 minutes: Front Door does not support that either",
    ]);
  });

  describe("makes a storage account and a container app", () => {
    let accountName: string;
    let accountId: string;
    let keys: string[];
    let app: { id: string; outputs: Properties; inputs: Properties };
    const accountKey = "bWVkaWEtYWNjb3VudC1rZXk=";

    before(async () => {
      const preview = await client.preview(types.account, "east", account);
      assert.equal(preview["primaryEndpoints"], unknown);
      assert.equal(cloud.supervisor.status().length, 0);
      const made = await client.create(types.account, "east", account);
      accountId = made.id;
      accountName = textAt(made.inputs, "accountName") ?? "";
      const answer = await client.invoke("azure-native:storage:listStorageAccountKeys", {
        accountName,
        resourceGroupName: "group",
      });
      keys = listAt(answer, "keys").map((key) => textAt(key, "value") ?? "");
      await client.create(types.queue, "jobs", {
        resourceGroupName: "group",
        accountName,
        queueName: "encode-jobs",
      });
      const environment = await client.create(types.environment, "east", {
        resourceGroupName: "group",
      });
      const endpoint = (service: string): string =>
        textAt(made.outputs, `primaryEndpoints.${service}`) ?? "";
      app = await client.create(types.app, "media-east", {
        resourceGroupName: "group",
        containerAppName: "media-east",
        environmentId: environment.id,
        configuration: secret({
          ingress: { external: true, targetPort: 8080 },
          secrets: [
            { name: "account-key", value: accountKey },
            { name: "storage-key", value: keys[0] ?? "" },
          ],
        }),
        template: {
          containers: [
            {
              name: "media",
              image: "any",
              env: [
                { name: "MEDIA_ACCOUNT_NAME", value: "eastmedia" },
                { name: "MEDIA_ACCOUNT_KEY", secretRef: "account-key" },
                { name: "DATA_CENTER", value: "east" },
                { name: "PUBLIC_SCHEME", value: "http" },
                { name: "STORAGE_ACCESS", value: "shared-key" },
                { name: "STORAGE_ACCOUNT_NAME", value: accountName },
                { name: "STORAGE_ACCOUNT_KEY", secretRef: "storage-key" },
                { name: "BLOB_ENDPOINT", value: endpoint("blob") },
                { name: "QUEUE_ENDPOINT", value: endpoint("queue") },
                { name: "TABLE_ENDPOINT", value: endpoint("table") },
              ],
            },
          ],
        },
      });
    });

    const serviceUrl = (): string =>
      `http://${String(textAt(app.outputs, "configuration.ingress.fqdn"))}`;

    it("that serve what was declared", async () => {
      const credential = new StorageSharedKeyCredential(accountName, keys[0] ?? "");
      const queue = queueEndpoint(cloud, accountName);
      const names: string[] = [];
      for await (const item of new QueueServiceClient(queue, credential).listQueues()) {
        names.push(item.name);
      }

      assert(names.includes("encode-jobs"));
      assert.equal((await fetch(`${serviceUrl()}/healthz`)).status, 200);
      const token = await fetch(`${serviceUrl()}/v2/OAuth2-13`, {
        method: "POST",
        body: new URLSearchParams({
          grant_type: "client_credentials",
          client_id: "eastmedia",
          client_secret: accountKey,
          scope: "urn:WindowsAzureMediaServices",
        }),
      });
      assert.equal(token.status, 200, await token.text());
    });

    it("and answers the names of the app's secrets, not their values", () => {
      assert.deepEqual(at(app.outputs, "configuration.secrets"), [
        { name: "account-key" },
        { name: "storage-key" },
      ]);
    });

    it("and keeps no secret in clear in a file", () => {
      const files = ["cloud/resources.json", "cloud.json", "cloud/processes.json"].map((name) =>
        readFileSync(join(config.home, name), "utf8"),
      );

      for (const clear of [accountKey, ...keys]) {
        assert(!files.join().includes(clear));
      }
      assert(files[0]?.includes("$sealed"));
      assert.equal(statSync(join(config.home, "cloud/secrets.key")).mode & 0o777, 0o600);
    });

    it("and takes over what an interrupted run of the same resource made", async () => {
      const again = await client.create(types.account, "east", account);

      assert.equal(again.id, accountId);
      await assert.rejects(
        client.create(types.account, "other", { ...account, accountName }),
        /exists already, declared as urn:pulumi:test::twinstream::.*::east$/,
      );
    });

    it("and restarts the app with a changed environment", async () => {
      const pid = (): number | undefined =>
        cloud.supervisor.status().find(({ name }) => name === "service:media-east")?.pid;
      const before = pid();
      const [container] = listAt(app.inputs, "template.containers");
      const env = [...listAt(container, "env"), { name: "WATCH_PAGE", value: "true" }];
      const changed = {
        ...app.inputs,
        template: { containers: [{ ...(container as Properties), env }] },
      };

      await client.update({ type: types.app, name: "media-east", id: app.id }, changed);

      assert.notEqual(pid(), before);
      assert.equal((await fetch(`${serviceUrl()}/watch/`)).status, 200);
    });

    it("and runs an image by its digest, which stays where the next one doesn't come up", async () => {
      const push = (digit: string, program: string): string => {
        const digest = digit.repeat(64);
        const folder = join(config.imagesFolder ?? "", digest, "media-service");
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, "main.ts"), program);
        return `registry.example/media-service@sha256:${digest}`;
      };
      const deploy = async (image: string): Promise<void> => {
        const [container] = listAt(app.inputs, "template.containers");
        const template = { containers: [{ ...(container as Properties), image }] };
        const resource = { type: types.app, name: "media-east", id: app.id };
        await client.update(resource, { ...app.inputs, template });
      };
      const answer = async (): Promise<string> => (await fetch(`${serviceUrl()}/healthz`)).text();
      const second = push(
        "2",
        `require("node:http").createServer((_, answer) => answer.end("second build"))
          .listen(process.env.CONTAINER_APP_PORT, "127.0.0.1");`,
      );

      await deploy(second);
      assert.equal(await answer(), "second build");
      await assert.rejects(deploy(push("3", `throw new Error("third build");`)), /third build/);
      assert.equal(await answer(), "second build");
      await assert.rejects(
        deploy(second.replace(/2{64}/, "4".repeat(64))),
        /image .*4444 is not in .* \(TWINSTREAM_IMAGES\): put its files into a folder named 4+/,
      );
      assert.equal(await answer(), "second build");
      await deploy("any");
      assert.notEqual(await answer(), "second build");
    });

    it("and brings all of it back, at the same addresses, after a stop", async () => {
      await close();
      await assert.rejects(fetch(`${serviceUrl()}/healthz`));
      await open();

      assert.equal((await fetch(`${serviceUrl()}/healthz`)).status, 200);
      assert.deepEqual(
        cloud.dataCenters().map(({ name }) => name),
        ["east"],
      );
    });

    it("and lets tests kill it and bring it back through the control API", async () => {
      const fault = (action: string): Promise<Response> =>
        fetch(`${cloud.controlUrl}/faults`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ target: "east", what: "service", action }),
        });

      assert.equal((await fault("kill")).status, 200);
      assert.equal((await fetch(`${serviceUrl()}/healthz`)).status, 503);
      assert.equal((await fault("restore")).status, 200);

      assert.equal((await fetch(`${serviceUrl()}/healthz`)).status, 200);
      assert.equal((await fault("explode")).status, 400);
    });

    it("and lets tests spoil its network, and shows the fault until it ends", async () => {
      const controlled = { facts: () => Promise.resolve({ controlUrl: cloud.controlUrl }) };
      const shown = async (): Promise<unknown> => {
        const response = await fetch(`${cloud.controlUrl}/status`);
        return ((await response.json()) as { dataCenters: [{ fault?: unknown }] }).dataCenters[0]
          .fault;
      };
      const ask = async (): Promise<string> => {
        const started = performance.now();
        const signal = AbortSignal.timeout(3_000);
        try {
          const response = await fetch(`${serviceUrl()}/healthz`, { signal });
          await response.text();
          return performance.now() - started < 300 ? response.status.toString() : "late";
        } catch (error) {
          return (error as Error).name === "TimeoutError" ? "silent" : "broken off";
        }
      };

      const spoil = (fault: Omit<Fault, "target" | "what">): Promise<void> =>
        causeFault(controlled, { target: "east", what: "network", ...fault });

      await spoil({ action: "slow", latencyMs: 300 });
      assert.deepEqual([await ask(), await shown()], ["late", { action: "slow", latencyMs: 300 }]);
      await spoil({ action: "fail", status: 503, paths: "^/healthz$" });
      assert.equal(await ask(), "503");
      await spoil({ action: "hang" });
      assert.deepEqual([await ask(), await shown()], ["silent", { action: "hang" }]);
      await spoil({ action: "cut", afterBytes: 1 });
      assert.equal(await ask(), "broken off");
      await spoil({ action: "restore" });
      assert.equal(await shown(), undefined);
      assert.equal((await fetch(`${serviceUrl()}/healthz`)).status, 200);
    });

    it("and starts an app again that crashed by itself", async () => {
      const status = () =>
        cloud.supervisor.status().find(({ name }) => name === "service:media-east");
      const pid = status()?.pid;
      assert(pid !== undefined);
      process.kill(pid, "SIGKILL");

      await until("back", () => status()?.state === "running" && status()?.pid !== pid, 60_000);

      assert.equal(status()?.crashes, 1);
    });

    it("and refuses a second local cloud in the same home", async () => {
      await assert.rejects(
        takeHome({ root: config.home, runningFile: join(config.home, "cloud.json") }),
        /a local cloud is running in .* already \(pid \d+\)/,
      );
    });

    it("and says which secret an app refers to in vain", async () => {
      const changed = withValue(app.inputs, "configuration", { secrets: [] });

      await assert.rejects(
        client.update({ type: types.app, name: "media-east", id: app.id }, changed),
        /MEDIA_ACCOUNT_KEY refers to the secret "account-key", which configuration.secrets doesn't hold/,
      );
    });

    it("and removes both with what they hold", async () => {
      await client.delete(types.app, "media-east", app.id);
      await client.delete(types.account, "east", accountId);

      assert.deepEqual(cloud.supervisor.status(), []);
      assert.equal((await client.read(types.account, "east", accountId)).getId(), "");
      assert.throws(() => statSync(join(config.home, "cloud/stores", accountName)));
    });
  });
});

function queueEndpoint(cloud: LocalCloud, name: string): string {
  const ports = JSON.parse(
    readFileSync(join(cloud.home.root, "cloud/ports.json"), "utf8"),
  ) as Record<string, number>;
  const port = ports[`store:${name}:queue`];
  return `http://127.0.0.1:${String(port)}/${name}`;
}
