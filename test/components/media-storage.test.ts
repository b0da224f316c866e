import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { MediaStorage, type MediaStorageArgs } from "../../components/media-storage";
import { plainHosting } from "./hosting";
import { deploy, ofType, resource, settled } from "./deploy";

const args: MediaStorageArgs = {
  ...plainHosting,
  resourceGroupName: "group",
  location: "eastus2",
  accountName: "eastdev1",
  storageAccess: "identity",
};

describe("MediaStorage", () => {
  it("declares an account that no stranger can read, with soft delete and the queue of jobs", async () => {
    const deployment = await deploy(() => {
      new MediaStorage("east", args);
      return {};
    });
    const parent = "twinstream:storage:MediaStorage east";

    assert.deepEqual(
      deployment.resources.map(({ type, name, parent: of }) => [type, name, of]).sort(),
      [
        ["azure-native:storage:BlobServiceProperties", "east-blobs", parent],
        ["azure-native:storage:Queue", "east-jobs", parent],
        ["azure-native:storage:StorageAccount", "east", parent],
        ["twinstream:storage:MediaStorage", "east", "pulumi:pulumi:Stack twinstream-test"],
      ],
    );
    const account = resource(deployment, "azure-native:storage:StorageAccount", "east");
    assert.deepEqual(account.inputs, {
      resourceGroupName: "group",
      accountName: "eastdev1",
      location: "eastus2",
      kind: "StorageV2",
      sku: { name: "Standard_ZRS" },
      accessTier: "Hot",
      minimumTlsVersion: "TLS1_2",
      enableHttpsTrafficOnly: true,
      allowBlobPublicAccess: false,
      allowCrossTenantReplication: false,
      allowSharedKeyAccess: false,
      defaultToOAuthAuthentication: true,
      publicNetworkAccess: "Enabled",
    });
    assert.equal(account.protect, false);
    const blobs = resource(deployment, "azure-native:storage:BlobServiceProperties", "east-blobs");
    assert.deepEqual(blobs.inputs, {
      resourceGroupName: "group",
      accountName: "eastdev1",
      blobServicesName: "default",
      deleteRetentionPolicy: { enabled: true, days: 7 },
      containerDeleteRetentionPolicy: { enabled: true, days: 7 },
      isVersioningEnabled: false,
      cors: { corsRules: [] },
    });
    const queue = resource(deployment, "azure-native:storage:Queue", "east-jobs");
    assert.deepEqual(queue.inputs, {
      resourceGroupName: "group",
      accountName: "eastdev1",
      queueName: "encode-jobs",
    });
  });

  it("protects the account, keeps blobs as long and tags as asked", async () => {
    const deployment = await deploy(() => {
      new MediaStorage("east", {
        ...args,
        protect: true,
        softDeleteDays: 30,
        tags: { owner: "media" },
      });
      return {};
    });

    const account = resource(deployment, "azure-native:storage:StorageAccount", "east");
    assert.equal(account.protect, true);
    assert.deepEqual(account.inputs["tags"], { owner: "media" });
    const lock = resource(
      deployment,
      "azure-native:authorization:ManagementLockByScope",
      "east-lock",
    );
    assert.deepEqual(lock.inputs, {
      lockName: "keep",
      scope: "id of azure-native:storage:StorageAccount east",
      level: "CanNotDelete",
      notes: "Holds the library. To delete it, set protect to false and deploy first.",
    });
    const [blobs] = Object.values(ofType(deployment, "azure-native:storage:BlobServiceProperties"));
    assert.deepEqual(blobs?.inputs["deleteRetentionPolicy"], { enabled: true, days: 30 });
  });

  it("keeps earlier versions, can set blobs back, and lets both lapse", async () => {
    const deployment = await deploy(() => {
      new MediaStorage("east", { ...args, softDeleteDays: 14, keepVersionsDays: 30 });
      return {};
    });
    const blobs = resource(deployment, "azure-native:storage:BlobServiceProperties", "east-blobs");
    const expiry = resource(deployment, "azure-native:storage:ManagementPolicy", "east-expiry");
    const { isVersioningEnabled, changeFeed, restorePolicy } = blobs.inputs;

    assert.deepEqual(
      [isVersioningEnabled, changeFeed, restorePolicy],
      [true, { enabled: true, retentionInDays: 30 }, { enabled: true, days: 13 }],
    );
    const lapses = { delete: { daysAfterCreationGreaterThan: 30 } };
    assert.deepEqual(expiry.inputs, {
      resourceGroupName: "group",
      accountName: "eastdev1",
      managementPolicyName: "default",
      policy: {
        rules: [
          {
            name: "expire-earlier-versions",
            type: "Lifecycle",
            enabled: true,
            definition: {
              filters: { blobTypes: ["blockBlob"] },
              actions: { version: lapses, snapshot: lapses },
            },
          },
        ],
      },
    });
    assert(expiry.after.includes("azure-native:storage:BlobServiceProperties east-blobs"));
  });

  it("can't set blobs back where a day of soft delete is all there is", async () => {
    const deployment = await deploy(() => {
      new MediaStorage("east", { ...args, softDeleteDays: 1, keepVersionsDays: 30 });
      return {};
    });
    const blobs = resource(deployment, "azure-native:storage:BlobServiceProperties", "east-blobs");

    assert.equal(blobs.inputs["restorePolicy"], undefined);
    assert.equal(blobs.inputs["isVersioningEnabled"], true);
  });

  it("lets pages of named origins in, and notes who wrote or deleted a blob", async () => {
    const logWorkspaceId = "/workspaces/east";
    const uploadOrigins = ["https://studio.example.com"];
    const deployment = await deploy(() => {
      new MediaStorage("east", { ...args, uploadOrigins, logWorkspaceId });
      return {};
    });
    const blobs = resource(deployment, "azure-native:storage:BlobServiceProperties", "east-blobs");
    const logs = resource(
      deployment,
      "azure-native:monitor:DiagnosticSetting",
      "east-blob-changes",
    );

    assert.deepEqual(blobs.inputs["cors"], {
      corsRules: [
        {
          allowedOrigins: uploadOrigins,
          allowedMethods: ["GET", "HEAD", "OPTIONS", "PUT"],
          allowedHeaders: ["content-type", "range", "x-ms-*"],
          exposedHeaders: ["content-length", "content-range", "etag", "x-ms-*"],
          maxAgeInSeconds: 3600,
        },
      ],
    });
    assert.deepEqual(logs.inputs, {
      name: "changes",
      resourceUri: "id of azure-native:storage:StorageAccount east/blobServices/default",
      workspaceId: logWorkspaceId,
      logs: [
        { category: "StorageWrite", enabled: true },
        { category: "StorageDelete", enabled: true },
      ],
    });
  });

  it("neither takes nor asks for a key where identities are let in only", async () => {
    let storage: MediaStorage | undefined;
    const { calls } = await deploy(() => {
      storage = new MediaStorage("east", args);
      return {};
    });

    assert.deepEqual([calls, storage?.accountKey], [[], undefined]);
  });

  it("gives the account's key as a secret and its addresses in clear text", async () => {
    let storage: MediaStorage | undefined;
    const { calls, resources } = await deploy(
      () => (storage = new MediaStorage("east", { ...args, storageAccess: "shared-key" })),
    );
    assert(storage?.accountKey);
    const account = resources.find(({ type }) => type === "azure-native:storage:StorageAccount");
    assert.equal(account?.inputs["allowSharedKeyAccess"], true);

    assert.deepEqual(calls, [
      {
        token: "azure-native:storage:listStorageAccountKeys",
        inputs: { accountName: "eastdev1", resourceGroupName: "group" },
      },
    ]);
    assert.deepEqual(await settled(storage.accountKey), { value: "key of eastdev1", secret: true });
    assert.deepEqual(await settled(storage.blobEndpoint), {
      value: "https://eastdev1.blob.test/",
      secret: false,
    });
    assert.equal((await settled(storage.queueEndpoint)).value, "https://eastdev1.queue.test/");
    assert.equal((await settled(storage.tableEndpoint)).value, "https://eastdev1.table.test/");
  });
});
