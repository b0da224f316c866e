import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "mocha";
import { MediaServicesClient } from "../../../dynamic-providers/operations/media-services-client/client";
import type { EntitySet } from "../../../dynamic-providers/operations/media-services-client/entities";
import { readCloudConfig } from "../../../local-cloud/config";
import { LocalCloud } from "../../../local-cloud/local-cloud";
import { type Properties, textAt } from "../../../local-cloud/stand-in/properties";
import { ProviderClient } from "./provider-client";

const root = resolve(__dirname, "../../..");
const types = {
  account: "azure:media/serviceAccount:ServiceAccount",
  endpoint: "azure:media/streamingEndpoint:StreamingEndpoint",
};
const inGroup = { resourceGroupName: "group" };
const principal = { tenantId: "tenant", clientId: "client", clientSecret: "s3cret" };

/** Endpoints with everything that the API tells of them. */
const endpoints: EntitySet<Record<string, unknown>> = {
  path: "StreamingEndpoints",
  noun: "streaming endpoint",
  parse: (wire) => ({ ...wire }),
};

describe("a classic account in the local cloud", function () {
  this.timeout(120_000);
  let home: string;
  let cloud: LocalCloud;
  let native: ProviderClient;
  let classic: ProviderClient;
  let host: string;
  let account: Properties;
  let endpointId: string;

  const portOf = (name: string): number =>
    Number(new RegExp(`(?:^|,)${name}:(\\d+)`).exec(cloud.providers)?.[1]);
  const endpoint = (more: Properties = {}): Properties => ({
    ...{ ...inGroup, name: "default", location: "eastus2", mediaServicesAccountName: "eastmedia" },
    ...{ scaleUnits: 0, autoStartEnabled: true, cdnEnabled: false },
    ...more,
  });
  const update = (more: Properties) =>
    classic.update({ type: types.endpoint, name: "east", id: endpointId }, endpoint(more));
  const asked = async (): Promise<Record<string, unknown>> => {
    const client = new MediaServicesClient({
      apiUrl: `http://${host}/api/`,
      tokenUrl: `http://${host}/tenant/oauth2/token`,
      accountName: principal.clientId,
      accountKey: principal.clientSecret,
      resource: "https://rest.media.azure.net",
    });
    const [found] = await client.find(endpoints);
    assert(found);
    return found;
  };

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "twinstream-cloud-"));
    cloud = await LocalCloud.open(
      readCloudConfig({ ...process.env, TWINSTREAM_HOME: home }, root),
      { edgeRetry: true },
    );
    native = new ProviderClient(portOf("azure-native"));
    classic = new ProviderClient(portOf("azure"));
    await classic.configure(principal);
    await native.create("azure-native:resources:ResourceGroup", "group", {
      ...{ ...inGroup, location: "eastus2" },
    });
    const store = await native.create("azure-native:storage:StorageAccount", "east", {
      ...{ ...inGroup, kind: "StorageV2", sku: { name: "Standard_ZRS" }, location: "eastus2" },
      allowSharedKeyAccess: false,
    });
    const identity = await native.create(
      "azure-native:managedidentity:UserAssignedIdentity",
      "id",
      { ...inGroup, resourceName: "east-identity", location: "eastus2" },
    );
    const managedIdentity = {
      useSystemAssignedIdentity: false,
      userAssignedIdentityId: identity.id,
    };
    account = {
      ...{ ...inGroup, name: "eastmedia", location: "eastus2" },
      identity: { type: "UserAssigned", identityIds: [identity.id] },
      storageAuthenticationType: "ManagedIdentity",
      storageAccounts: [{ id: store.id, isPrimary: true, managedIdentity }],
    };
    await classic.create(types.account, "east", account);
    const made = await classic.create(types.endpoint, "east", endpoint());
    endpointId = made.id;
    host = textAt(made.outputs, "hostName") ?? "";
  });
  after(async () => {
    native[Symbol.dispose]();
    classic[Symbol.dispose]();
    await cloud[Symbol.asyncDispose]();
    rmSync(home, { recursive: true, force: true });
  });

  it("comes to its store as an identity, and starts the endpoint that it brings along", async () => {
    const { Name, State, ScaleUnits, CdnEnabled } = await asked();

    assert.deepEqual(
      { Name, State, ScaleUnits, CdnEnabled },
      { Name: "default", State: "Running", ScaleUnits: 0, CdnEnabled: false },
    );
  });

  it("is told all that is declared of its endpoint, and what is not any more", async () => {
    const key = { identifier: "one", base64Key: "a2V5", expiration: "2030-01-31T00:00:00Z" };
    await update({
      scaleUnits: 2,
      description: "viewers",
      maxCacheAgeSeconds: 60,
      customHostNames: ["video.example.com"],
      crossSiteAccessPolicy: { crossDomainPolicy: "<cross-domain-policy/>" },
      accessControl: {
        ipAllows: [{ name: "us", address: "127.0.0.0", subnetPrefixLength: 8 }],
        akamaiSignatureHeaderAuthenticationKeys: [key],
      },
    });
    const told = await asked();

    assert.deepEqual([told["ScaleUnits"], told["Description"]], [2, "viewers"]);
    assert.match(JSON.stringify(told["CacheControl"]), /"MaxAge":"60"/);
    assert.match(JSON.stringify(told["CustomHostNames"]), /"video\.example\.com"/);
    assert.match(JSON.stringify(told["CrossSiteAccessPolicies"]), /cross-domain-policy/);
    assert.match(JSON.stringify(told["AccessControl"]), /"127\.0\.0\.0".*8/);
    assert.match(JSON.stringify(told["AccessControl"]), /"a2V5"/);

    await update({});
    const { ScaleUnits, AccessControl, CacheControl, Description } = await asked();
    assert.deepEqual([ScaleUnits, AccessControl, CacheControl, Description], [0, null, null, null]);
  });

  it("lets stream only whom the declaration allows", async () => {
    const other = { name: "others", address: "203.0.113.0", subnetPrefixLength: 24 };
    const status = async (): Promise<number> =>
      (await fetch(`http://${host}/00000000-0000-0000-0000-000000000000/a.ism/manifest`)).status;
    assert.equal(await status(), 404);

    await update({ accessControl: { ipAllows: [other] } });
    const deadline = Date.now() + 30_000;
    let last = await status();
    while (last !== 403 && Date.now() < deadline) last = await status();

    assert.equal(last, 403);
  });

  it("refuses an endpoint that decides what its content delivery network decides", async () => {
    const cdn = { cdnEnabled: true, cdnProvider: "StandardVerizon" };
    await assert.rejects(update({ ...cdn, customHostNames: ["video.example.com"] }), /cdnEnabled/);
  });

  for (const { why, changes, message } of [
    {
      why: "a key that its store does not take",
      changes: { storageAuthenticationType: "System" },
      message: /comes to its storage account with a key, which that doesn't take/,
    },
    { why: "no primary store", changes: { storageAccounts: [] }, message: /has 0 primary/ },
  ]) {
    it(`refuses an account with ${why}`, async () => {
      const name = "othermedia";
      await assert.rejects(
        classic.create(types.account, "other", { ...account, name, ...changes }),
        message,
      );
    });
  }
});
