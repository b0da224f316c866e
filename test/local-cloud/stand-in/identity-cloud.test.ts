import { strict as assert } from "node:assert";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { decode } from "jsonwebtoken";
import { after, before, describe, it } from "mocha";
import { Agent, fetch as trustingFetch } from "undici";
import { readCloudConfig } from "../../../local-cloud/config";
import { LocalCloud } from "../../../local-cloud/local-cloud";
import { secret, textAt } from "../../../local-cloud/stand-in/properties";
import { ApiClient } from "../../support/api-client";
import { ProviderClient } from "./provider-client";

const ROOT = resolve(__dirname, "../../..");
const KEY = "bWVkaWEtYWNjb3VudC1rZXk=";
const inGroup = { resourceGroupName: "group" };

describe("a data center on identities in the local cloud", function () {
  this.timeout(120_000);
  let cloud: LocalCloud;
  let client: ProviderClient;
  let home: string;
  let app: string;
  let dispatcher: Agent;

  const open = async () => {
    const config = readCloudConfig({ ...process.env, TWINSTREAM_HOME: home }, ROOT);
    cloud = await LocalCloud.open(config, { edgeRetry: true });
    client = new ProviderClient(Number(/azure-native:(\d+)/.exec(cloud.providers)?.[1]));
  };
  const close = async () => {
    client[Symbol.dispose]();
    await cloud[Symbol.asyncDispose]();
  };
  const account = () => ({
    ...{ apiUrl: `${app}/api/`, tokenUrl: `${app}/v2/OAuth2-13` },
    ...{ accountName: "eastmedia", accountKey: KEY },
  });

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "twinstream-cloud-"));
    await open();
    await client.create("azure-native:resources:ResourceGroup", "group", {
      ...{ ...inGroup, location: "eastus2" },
    });
    const store = await client.create("azure-native:storage:StorageAccount", "east", {
      ...{ ...inGroup, kind: "StorageV2", sku: { name: "Standard_ZRS" }, location: "eastus2" },
      allowSharedKeyAccess: false,
    });
    const accountName = textAt(store.inputs, "accountName") ?? "";
    for (const [kind, property, name] of [
      ["Queue", "queueName", "encode-jobs"],
      ["Table", "tableName", "declared"],
      ["BlobContainer", "containerName", "declared"],
    ] as const) {
      const inputs = { ...inGroup, accountName, [property]: name };
      await client.create(`azure-native:storage:${kind}`, name, inputs);
    }
    const identity = await client.create(
      "azure-native:managedidentity:UserAssignedIdentity",
      "id",
      {
        ...{ ...inGroup, resourceName: "east-identity", location: "eastus2" },
      },
    );
    const environment = await client.create("azure-native:app:ManagedEnvironment", "east", inGroup);
    const env = {
      MEDIA_ACCOUNT_NAME: "eastmedia",
      DATA_CENTER: "east",
      PUBLIC_SCHEME: "http",
      STORAGE_ACCESS: "identity",
      AZURE_CLIENT_ID: textAt(identity.outputs, "clientId") ?? "",
      STORAGE_ACCOUNT_NAME: accountName,
      BLOB_ENDPOINT: textAt(store.outputs, "primaryEndpoints.blob") ?? "",
      QUEUE_ENDPOINT: textAt(store.outputs, "primaryEndpoints.queue") ?? "",
      TABLE_ENDPOINT: textAt(store.outputs, "primaryEndpoints.table") ?? "",
    };
    const made = await client.create("azure-native:app:ContainerApp", "media-east", {
      ...{ ...inGroup, containerAppName: "media-east", environmentId: environment.id },
      identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
      configuration: secret({
        ingress: { external: true, targetPort: 8080 },
        secrets: [{ name: "account-key", value: KEY }],
      }),
      template: {
        containers: [
          {
            ...{ name: "media", image: "any" },
            env: [
              ...Object.entries(env).map(([name, value]) => ({ name, value })),
              { name: "MEDIA_ACCOUNT_KEY", secretRef: "account-key" },
            ],
          },
        ],
      },
    });
    app = `http://${String(textAt(made.outputs, "configuration.ingress.fqdn"))}`;
    const ca = readFileSync(join(home, "cloud/trusted.pem"));
    dispatcher = new Agent({ connect: { ca } });
  });
  after(async () => {
    await dispatcher.close();
    await close();
    rmSync(home, { recursive: true, force: true });
  });

  const upload = async (name: string) => {
    const api = await ApiClient.connect(account());
    const asset = await api.create("Assets", { Name: name });
    const policy = await api.create("AccessPolicies", {
      ...{ Name: "p", DurationInMinutes: 60, Permissions: 2 },
    });
    const sas = { AccessPolicyId: policy.Id, AssetId: asset.Id, Type: 1 };
    const { Path } = await api.create("Locators", sas);
    const headers = { "x-ms-blob-type": "BlockBlob" };
    const url = Path.replace("?", "/a.txt?");
    const put = { method: "PUT", headers, body: "x", dispatcher };
    return { url, status: (await trustingFetch(url, put)).status };
  };

  it("serves a store that is reached over https and by tokens", async () => {
    const { url, status } = await upload("first");
    assert.match(url, /^https:\/\/127\.0\.0\.1:/);
    assert.equal(status, 201);
  });

  it("gives the deployer an identity of its own, and tokens of the one tenant", async () => {
    const { IDENTITY_ENDPOINT = "", IDENTITY_HEADER = "" } = cloud.environment;
    const ask = async (query: string, header = IDENTITY_HEADER) => {
      const headers = { "X-IDENTITY-HEADER": header };
      const reply = await fetch(`${IDENTITY_ENDPOINT}?api-version=2019-08-01&${query}`, {
        headers,
      });
      return { status: reply.status, body: (await reply.json()) as Record<string, string> };
    };
    const { body } = await ask("resource=api://media");
    const claims = decode(body["access_token"] ?? "", { json: true });
    assert.deepEqual(
      [claims?.aud, claims?.["tid"], claims?.["roles"]],
      ["api://media", "00000000-0000-0000-0000-000000000000", ["MediaServices.Contributor"]],
    );
    assert.equal((await ask("resource=api://media", "guessed")).status, 401);
    assert.equal((await ask("resource=api://media&client_id=another")).status, 400);
    assert.equal((await ask("")).status, 400);
  });

  it("is the same after a restart, its keys closed to others", async () => {
    const before = cloud.environment;
    await close();
    await open();
    assert.deepEqual(cloud.environment, before);
    assert.equal((await upload("second")).status, 201);
    for (const file of ["cloud/loopback.key", "cloud/authority.sealed", "cloud.json"]) {
      assert.equal(statSync(join(home, file)).mode & 0o777, 0o600);
    }
    assert(!readFileSync(join(home, "cloud/authority.sealed"), "utf8").includes("PRIVATE KEY"));
  });
});
