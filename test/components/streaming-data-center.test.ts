import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { StreamingDataCenter } from "../../components/streaming-data-center";
import type { StorageAccess } from "../../components/settings/settings";
import { plainHosting } from "./hosting";
import { deploy, resource, settled, tenantOfTests } from "./deploy";

const subscriptionId = "11111111-2222-3333-4444-555555555555";

async function declare(storageAccess: StorageAccess = "shared-key") {
  let dataCenter: StreamingDataCenter | undefined;
  const deployment = await deploy(
    () =>
      (dataCenter = new StreamingDataCenter("east", {
        ...plainHosting,
        location: "eastus2",
        priority: 2,
        naming: { project: "twinstream", stack: "dev" },
        subscriptionId,
        tenantId: tenantOfTests,
        storageAccess,
        mediaServices: {
          kind: "self-hosted",
          image: `registry.test/media@sha256:${"a".repeat(64)}`,
          encoder: "auto",
          watchPage: false,
          logLevel: "info",
        },
        publicScheme: "https",
        contentSteering: true,
        locatorDays: 30,
        softDeleteDays: 14,
        protect: true,
        tags: { owner: "media" },
      })),
  );
  assert(dataCenter);
  return { deployment, dataCenter };
}

const account = {
  apiUrl: "https://media-dev-east.apps.test/api/",
  tokenUrl: "https://media-dev-east.apps.test/v2/OAuth2-13",
  accountName: "eastdeve3d3bee9",
  accountKey: "key made for east",
};

describe("StreamingDataCenter", () => {
  it("declares everything that one region needs, under its name alone", async () => {
    const { deployment } = await declare();
    const tree = deployment.resources.map(
      ({ type, name, parent }) => `${parent} > ${type} ${name}`,
    );
    const root = "twinstream:index:StreamingDataCenter east";
    const storage = "twinstream:storage:MediaStorage east";
    const media = "twinstream:media:MediaServicesAccount east";

    assert.deepEqual(
      tree.sort(),
      [
        `pulumi:pulumi:Stack twinstream-test > ${root}`,
        `${media} > azure-native:app:ContainerApp east`,
        `${media} > azure-native:app:ManagedEnvironment east`,
        `${media} > pulumi-nodejs:dynamic/twinstream:AccountKey east`,
        `${root} > azure-native:resources:ResourceGroup east`,
        `${root} > pulumi-nodejs:dynamic/twinstream:AccessPolicy east-viewing`,
        `${root} > pulumi-nodejs:dynamic/twinstream:StreamingEndpoint east`,
        `${root} > ${media}`,
        `${root} > ${storage}`,
        `${storage} > azure-native:authorization:ManagementLockByScope east-lock`,
        `${storage} > azure-native:storage:BlobServiceProperties east-blobs`,
        `${storage} > azure-native:storage:Queue east-jobs`,
        `${storage} > azure-native:storage:StorageAccount east`,
      ].sort(),
    );
  });

  it("gives all of it one resource group, region and set of tags", async () => {
    const { deployment } = await declare();
    const tags = { owner: "media", dataCenter: "east" };
    const group = resource(deployment, "azure-native:resources:ResourceGroup", "east");
    const storage = resource(deployment, "azure-native:storage:StorageAccount", "east");
    const app = resource(deployment, "azure-native:app:ContainerApp", "east");

    assert.deepEqual(group.inputs, {
      resourceGroupName: "twinstream-dev-east",
      location: "eastus2",
      tags,
    });
    for (const { inputs } of [storage, app]) {
      assert.equal(inputs["resourceGroupName"], "twinstream-dev-east");
      assert.equal(inputs["location"], "eastus2");
      assert.deepEqual(inputs["tags"], tags);
    }
    assert.equal(storage.inputs["accountName"], "eastdev4aa312c3");
    assert.equal(storage.protect, true);
    const blobs = resource(deployment, "azure-native:storage:BlobServiceProperties", "east-blobs");
    assert.deepEqual(blobs.inputs["deleteRetentionPolicy"], { enabled: true, days: 14 });
  });

  it("starts the streaming endpoint once, with the account's key as the only secret", async () => {
    const { deployment } = await declare();
    const type = "pulumi-nodejs:dynamic/twinstream:StreamingEndpoint";
    const { inputs, secrets, after } = resource(deployment, type, "east");

    assert.deepEqual(inputs, { account, name: "default", version: 1 });
    assert.deepEqual(secrets, ["account.accountKey"]);
    assert(after.includes("azure-native:app:ContainerApp east"));
  });

  it("makes one read-only policy for all viewers' locators", async () => {
    const { deployment, dataCenter } = await declare();
    const type = "pulumi-nodejs:dynamic/twinstream:AccessPolicy";
    const { inputs, secrets } = resource(deployment, type, "east-viewing");

    assert.deepEqual(inputs, {
      account,
      name: "twinstream-dev-viewing",
      durationMinutes: 43_200,
      permissions: 1,
      version: 1,
    });
    assert.deepEqual(secrets, ["account.accountKey"]);
    assert.equal((await settled(dataCenter.viewingPolicyId)).value, "pid of east-viewing");
  });

  it("is an origin with a name, a host and a rank", async () => {
    const { dataCenter } = await declare();
    const { host, ...rest } = dataCenter.origin;

    assert.deepEqual(rest, { name: "east", priority: 2 });
    assert.deepEqual(await settled(dataCenter.connection.streamingHost), {
      value: "media-dev-east.apps.test",
      secret: false,
    });
    assert.equal(host, dataCenter.connection.streamingHost);
  });
});
