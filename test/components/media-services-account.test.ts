import { strict as assert } from "node:assert";
import type * as pulumi from "@pulumi/pulumi";
import { describe, it } from "mocha";
import { localSubscriptionId } from "../../components/local-subscription";
import { MediaIdentity } from "../../components/media-identity";
import { MediaServicesAccount } from "../../components/media-services-account";
import { accountInput } from "../../components/media-services-connection";
import { MediaStorage } from "../../components/media-storage";
import type { EntraApi } from "../../components/settings/entra-api";
import type { ClassicSettings, SelfHostedSettings } from "../../components/settings/media-services";
import type { HostingSettings } from "../../components/settings/hosting";
import type { PublicScheme, StorageAccess } from "../../components/settings/settings";
import { plainHosting } from "./hosting";
import { tokenAudience } from "../../components/token-audience";
import { deploy, type Deployment, resource, settled, tenantOfTests } from "./deploy";

const image = `registry.test/media@sha256:${"a".repeat(64)}`;
const selfHosted: SelfHostedSettings = {
  kind: "self-hosted",
  image,
  encoder: "auto",
  watchPage: false,
  logLevel: "info",
};
const classic: ClassicSettings = {
  kind: "azure",
  apiTemplate: "https://{account}.{location}.media.test/api/",
  authority: "https://login.test/",
  servicePrincipal: { tenantId: "tenant", clientId: "client", clientSecret: "s3cret" },
  endpoint: {
    description: undefined,
    scaleUnits: 0,
    maxCacheAgeSeconds: undefined,
    cdn: undefined,
    customHostNames: [],
    allow: [],
    akamaiKeys: [],
    clientAccessPolicy: undefined,
    crossDomainPolicy: undefined,
  },
  keyDeliveryAllow: undefined,
};
const openEntra: EntraApi = {
  tenantId: undefined,
  audience: undefined,
  audiences: [],
  authority: "https://login.microsoftonline.com/",
  allowed: [],
  keepsKey: false,
};
const deployer = { tenantId: tenantOfTests, naming: { project: "twinstream", stack: "staging" } };
const parent = "twinstream:media:MediaServicesAccount east";

/** Declares an account with its store. */
async function declare(
  settings: SelfHostedSettings | ClassicSettings,
  {
    publicScheme = "https",
    entra,
    storageAccess = "shared-key",
    hosting = plainHosting,
  }: {
    publicScheme?: PublicScheme;
    entra?: Partial<EntraApi>;
    storageAccess?: StorageAccess;
    hosting?: HostingSettings;
  } = {},
): Promise<{ deployment: Deployment; account: MediaServicesAccount }> {
  let account: MediaServicesAccount | undefined;
  const deployment = await deploy(() => {
    const where = { resourceGroupName: "group", location: "eastus2" };
    const storage = new MediaStorage("east", {
      ...where,
      ...plainHosting,
      accountName: "eaststore",
      storageAccess,
    });
    const identity =
      storageAccess === "identity"
        ? new MediaIdentity("east", {
            ...where,
            naming: deployer.naming,
            subscriptionId: localSubscriptionId,
            identityName: "east",
            storageAccountId: storage.accountId,
            registryId: "",
          })
        : undefined;
    account = new MediaServicesAccount("east", {
      ...where,
      settings,
      ...(entra && { entra: tokenAudience({ ...openEntra, ...entra }, deployer) }),
      subscriptionId: localSubscriptionId,
      dataCenter: "east",
      storage,
      ...(identity && { identity }),
      accountName: "eastmedia",
      appName: "media-dev-east",
      encodeAppName: "encode-dev-east",
      hosting,
      publicScheme,
      contentSteering: true,
    });
    return account;
  });
  assert(account);
  return { deployment, account };
}

type Members = Record<string, string | pulumi.Output<string>>;

function flat({ credentials, ...rest }: MediaServicesAccount["connection"]): Members {
  return { ...rest, ...credentials };
}

/** The connection with every output settled, and which members are secret. */
async function settledConnection({ connection }: MediaServicesAccount) {
  const secrets: string[] = [];
  const entries = await Promise.all(
    Object.entries(flat(connection)).map(async ([key, member]) => {
      if (typeof member === "string") return [key, member] as const;
      const { value, secret } = await settled(member);
      if (secret) secrets.push(key);
      return [key, value] as const;
    }),
  );
  return { values: Object.fromEntries(entries), secrets };
}

describe("A self-hosted MediaServicesAccount", () => {
  it("has no account key at all where the API takes tokens of Entra ID", async () => {
    const { deployment, account } = await declare(selfHosted, {
      entra: {
        tenantId: "11111111-2222-4333-8444-555555555555",
        audience: "api://media",
        audiences: ["another"],
      },
    });
    const { inputs } = resource(deployment, "azure-native:app:ContainerApp", "east");
    const text = JSON.stringify(inputs);

    assert(!/MEDIA_ACCOUNT_KEY|media-account-key/.test(text));
    assert(text.includes('"ENTRA_TENANT_ID","value":"11111111-2222-4333-8444-555555555555"'));
    assert(text.includes('"ENTRA_AUDIENCE","value":"api://media,another"'));
    const { values, secrets } = await settledConnection(account);
    assert.deepEqual([values["entraAudience"], values["accountKey"]], ["api://media", undefined]);
    assert.deepEqual(secrets, []);
  });

  it("keeps its key beside tokens of Entra ID while it moves, and is called by those", async () => {
    const { deployment, account } = await declare(selfHosted, { entra: { keepsKey: true } });
    const { inputs } = resource(deployment, "azure-native:app:ContainerApp", "east");
    const text = JSON.stringify(inputs);

    assert(text.includes('"MEDIA_ACCOUNT_KEY","secretRef":"media-account-key"'), text);
    assert(text.includes('"ENTRA_TENANT_ID"'), text);
    const { values } = await settledConnection(account);
    assert.deepEqual([typeof values["entraAudience"], values["accountKey"]], ["string", undefined]);
  });

  it("is called by a name made of the deployer's tenant and the stack where none is given", async () => {
    const { deployment, account } = await declare(selfHosted, { entra: {} });
    const { inputs } = resource(deployment, "azure-native:app:ContainerApp", "east");
    const text = JSON.stringify(inputs);
    const name = `api://${tenantOfTests}/twinstream-staging`;

    assert(text.includes(`"ENTRA_TENANT_ID","value":"${tenantOfTests}"`), text);
    assert(text.includes(`"ENTRA_AUDIENCE","value":"${name}"`), text);
    assert.equal((await settledConnection(account)).values["entraAudience"], name);
  });

  it("runs the media service as a container app that never scales to nothing", async () => {
    const { deployment } = await declare(selfHosted);
    const app = resource(deployment, "azure-native:app:ContainerApp", "east");
    const probe = (type: string, periodSeconds: number, more: object = {}) => ({
      type,
      httpGet: { path: "/healthz", port: 8080 },
      periodSeconds,
      ...more,
    });

    assert.equal(app.parent, parent);
    assert.deepEqual(app.inputs, {
      resourceGroupName: "group",
      containerAppName: "media-dev-east",
      location: "eastus2",
      environmentId: "id of azure-native:app:ManagedEnvironment east",
      workloadProfileName: "Consumption",
      configuration: {
        activeRevisionsMode: "Single",
        ingress: {
          external: true,
          targetPort: 8080,
          transport: "auto",
          allowInsecure: false,
          traffic: [{ latestRevision: true, weight: 100 }],
        },
        secrets: [
          { name: "media-account-key", value: "key made for east" },
          { name: "storage-account-key", value: "key of eaststore" },
        ],
      },
      template: {
        terminationGracePeriodSeconds: 55,
        containers: [
          {
            name: "media-service",
            image,
            resources: { cpu: 2, memory: "4Gi" },
            env: [
              { name: "ROLES", value: "api,origin,worker" },
              { name: "MEDIA_ACCOUNT_NAME", value: "eastmedia" },
              { name: "MEDIA_ACCOUNT_KEY", secretRef: "media-account-key" },
              { name: "DATA_CENTER", value: "east" },
              { name: "PUBLIC_SCHEME", value: "https" },
              { name: "STORAGE_ACCESS", value: "shared-key" },
              { name: "STORAGE_ACCOUNT_KEY", secretRef: "storage-account-key" },
              { name: "STORAGE_ACCOUNT_NAME", value: "eaststore" },
              { name: "BLOB_ENDPOINT", value: "https://eaststore.blob.test/" },
              { name: "QUEUE_ENDPOINT", value: "https://eaststore.queue.test/" },
              { name: "TABLE_ENDPOINT", value: "https://eaststore.table.test/" },
              { name: "ENCODER", value: "auto" },
              { name: "WATCH_PAGE", value: "false" },
              { name: "CONTENT_STEERING", value: "true" },
              { name: "LOG_LEVEL", value: "info" },
              { name: "SHUTDOWN_DELAY_SECONDS", value: "0" },
              { name: "SHUTDOWN_GRACE_SECONDS", value: "45" },
            ],
            probes: [
              probe("Startup", 2, { failureThreshold: 30 }),
              probe("Liveness", 10),
              probe("Readiness", 5),
            ],
          },
        ],
        scale: {
          minReplicas: 1,
          maxReplicas: 10,
          rules: [{ name: "requests", http: { metadata: { concurrentRequests: "100" } } }],
        },
      },
    });
  });

  it("tells the app that answers viewers how to end and what to keep, and waits for it so long", async () => {
    const hosting = {
      ...plainHosting,
      shutdown: { delaySeconds: 7, graceSeconds: 30 },
      origin: {
        indexCacheMiB: 96,
        segmentCacheMiB: 256,
        sendingMiB: undefined,
        stallSeconds: undefined,
      },
    };
    const { deployment } = await declare(selfHosted, { hosting, storageAccess: "identity" });
    const ends = (name: string) => {
      const { template } = resource(deployment, "azure-native:app:ContainerApp", name).inputs as {
        template: { terminationGracePeriodSeconds: number; containers: { env: object[] }[] };
      };
      const [{ env } = { env: [] }] = template.containers;
      const told = JSON.stringify(env).match(/(?:SHUTDOWN|CACHE|SENDING)\w+","value":"\d+/g) ?? [];
      return [template.terminationGracePeriodSeconds, ...told];
    };

    assert.deepEqual(ends("east"), [
      47,
      'SHUTDOWN_DELAY_SECONDS","value":"7',
      'SHUTDOWN_GRACE_SECONDS","value":"30',
      'CACHE_MIB","value":"96',
      'CACHE_MIB","value":"256',
    ]);
    assert.deepEqual(ends("east-encode"), [120]);
  });

  it("keeps its logs out of the hands of a workspace key", async () => {
    const { deployment } = await declare(selfHosted);

    assert.deepEqual(resource(deployment, "azure-native:app:ManagedEnvironment", "east").inputs, {
      resourceGroupName: "group",
      environmentName: "media-dev-east",
      location: "eastus2",
      appLogsConfiguration: { destination: "azure-monitor" },
      workloadProfiles: [{ name: "Consumption", workloadProfileType: "Consumption" }],
    });
  });

  it("hands both keys over as secrets, and nothing else", async () => {
    const { deployment } = await declare(selfHosted);

    assert.deepEqual(
      deployment.resources.flatMap(({ type, name, secrets }) =>
        secrets.map((path) => `${type} ${name} ${path}`),
      ),
      [
        // The class itself makes all of its configuration secret.
        "azure-native:app:ContainerApp east configuration",
      ],
    );
  });

  it("starts after the queue and the retention of its store are there", async () => {
    const { deployment } = await declare(selfHosted);
    const { after } = resource(deployment, "azure-native:app:ContainerApp", "east");

    assert.deepEqual(after, [
      "azure-native:app:ManagedEnvironment east",
      "azure-native:storage:BlobServiceProperties east-blobs",
      "azure-native:storage:Queue east-jobs",
      "azure-native:storage:StorageAccount east",
      "pulumi-nodejs:dynamic/twinstream:AccountKey east",
    ]);
  });

  it("is reached on the app's host, with the key as the only secret", async () => {
    const { account } = await declare(selfHosted);

    assert.deepEqual(await settledConnection(account), {
      values: {
        apiUrl: "https://media-dev-east.apps.test/api/",
        tokenUrl: "https://media-dev-east.apps.test/v2/OAuth2-13",
        accountName: "eastmedia",
        accountKey: "key made for east",
        streamingHost: "media-dev-east.apps.test",
        streamingEndpointName: "default",
        storageAccountName: "eaststore",
      },
      secrets: ["accountKey"],
    });
  });

  it("lets plain http in where that is the scheme, and is told so", async () => {
    const { deployment, account } = await declare(
      { ...selfHosted, encoder: "node-av", watchPage: true, logLevel: "debug" },
      { publicScheme: "http" },
    );
    const { configuration, template } = resource(
      deployment,
      "azure-native:app:ContainerApp",
      "east",
    ).inputs as {
      configuration: { ingress: { allowInsecure: boolean } };
      template: { containers: { env: { name: string; value?: string }[] }[] };
    };
    const env = new Map(template.containers[0]?.env.map(({ name, value }) => [name, value]));

    assert.equal(configuration.ingress.allowInsecure, true);
    assert.equal(env.get("PUBLIC_SCHEME"), "http");
    assert.equal(env.get("ENCODER"), "node-av");
    assert.equal(env.get("WATCH_PAGE"), "true");
    assert.equal(env.get("LOG_LEVEL"), "debug");
    const { values } = await settledConnection(account);
    assert.equal(values["apiUrl"], "http://media-dev-east.apps.test/api/");
    assert.equal(values["tokenUrl"], "http://media-dev-east.apps.test/v2/OAuth2-13");
  });
});

describe("A classic MediaServicesAccount", () => {
  it("declares the account over its store, with a provider of its own", async () => {
    const { deployment } = await declare(classic);
    const provider = resource(deployment, "pulumi:providers:azure", "east");
    const account = resource(deployment, "azure:media/serviceAccount:ServiceAccount", "east");

    // The class adds more, some of it from the environment.
    const { tenantId, clientId, clientSecret, skipProviderRegistration } = provider.inputs;
    assert.deepEqual(
      { tenantId, clientId, clientSecret, skipProviderRegistration },
      {
        tenantId: "tenant",
        clientId: "client",
        clientSecret: "s3cret",
        skipProviderRegistration: "true",
      },
    );
    assert(provider.secrets.includes("clientSecret"));
    assert.equal(provider.parent, parent);
    assert.deepEqual(account.inputs, {
      name: "eastmedia",
      resourceGroupName: "group",
      location: "eastus2",
      storageAuthenticationType: "System",
      storageAccounts: [{ id: "id of azure-native:storage:StorageAccount east", isPrimary: true }],
      publicNetworkAccessEnabled: true,
      keyDeliveryAccessControl: { defaultAction: "Allow" },
    });
    assert.equal(account.provider, "pulumi:providers:azure east");
    assert.equal(account.parent, parent);
    assert(account.after.includes("azure-native:storage:Queue east-jobs"));
  });

  it("declares the streaming endpoint that comes with the account, started", async () => {
    const { deployment } = await declare(classic);
    const type = "azure:media/streamingEndpoint:StreamingEndpoint";
    const endpoint = resource(deployment, type, "east");

    assert.deepEqual(endpoint.inputs, {
      name: "default",
      resourceGroupName: "group",
      location: "eastus2",
      mediaServicesAccountName: "eastmedia",
      scaleUnits: 0,
      autoStartEnabled: true,
      cdnEnabled: false,
    });
    assert.equal(endpoint.provider, "pulumi:providers:azure east");
  });

  it("comes to its store as an identity, where it has one", async () => {
    const { deployment } = await declare(classic, { storageAccess: "identity" });
    const { inputs, after } = resource(
      deployment,
      "azure:media/serviceAccount:ServiceAccount",
      "east",
    );
    const id = "id of azure-native:managedidentity:UserAssignedIdentity east";

    assert.equal(inputs["storageAuthenticationType"], "ManagedIdentity");
    assert.deepEqual(inputs["identity"], { type: "UserAssigned", identityIds: [id] });
    assert.deepEqual(inputs["storageAccounts"], [
      {
        id: "id of azure-native:storage:StorageAccount east",
        isPrimary: true,
        managedIdentity: { useSystemAssignedIdentity: false, userAssignedIdentityId: id },
      },
    ]);
    assert(after.includes("azure-native:authorization:RoleAssignment east-blobs"), after.join());
  });

  it("declares all that is chosen of its endpoint and of its keys, secrets as such", async () => {
    const key = { identifier: "one", base64Key: "a2V5", expiration: "2030-01-31T00:00:00Z" };
    const { deployment } = await declare({
      ...classic,
      keyDeliveryAllow: [{ address: "203.0.113.0", prefixLength: 24 }],
      endpoint: {
        description: "viewers",
        scaleUnits: 2,
        maxCacheAgeSeconds: 60,
        cdn: undefined,
        customHostNames: ["video.example.com"],
        allow: [{ address: "203.0.113.7", prefixLength: 32 }],
        akamaiKeys: [key],
        clientAccessPolicy: undefined,
        crossDomainPolicy: "<cross-domain-policy/>",
      },
    });
    const account = resource(deployment, "azure:media/serviceAccount:ServiceAccount", "east");
    const type = "azure:media/streamingEndpoint:StreamingEndpoint";
    const endpoint = resource(deployment, type, "east");

    assert.deepEqual(account.inputs["keyDeliveryAccessControl"], {
      defaultAction: "Deny",
      ipAllowLists: ["203.0.113.0/24"],
    });
    assert.deepEqual(endpoint.inputs, {
      name: "default",
      resourceGroupName: "group",
      location: "eastus2",
      mediaServicesAccountName: "eastmedia",
      autoStartEnabled: true,
      scaleUnits: 2,
      description: "viewers",
      maxCacheAgeSeconds: 60,
      cdnEnabled: false,
      customHostNames: ["video.example.com"],
      accessControl: {
        ipAllows: [{ name: "203.0.113.7/32", address: "203.0.113.7", subnetPrefixLength: 32 }],
        akamaiSignatureHeaderAuthenticationKeys: [key],
      },
      crossSiteAccessPolicy: { crossDomainPolicy: "<cross-domain-policy/>" },
    });
    assert.deepEqual(endpoint.secrets, [
      "accessControl.akamaiSignatureHeaderAuthenticationKeys[0].base64Key",
    ]);
  });

  it("leaves what comes between to a content delivery network, where one is chosen", async () => {
    const cdn = { provider: "StandardVerizon", profile: "films" };
    const { deployment } = await declare({ ...classic, endpoint: { ...classic.endpoint, cdn } });
    const type = "azure:media/streamingEndpoint:StreamingEndpoint";
    const { cdnEnabled, cdnProvider, cdnProfile } = resource(deployment, type, "east").inputs;

    assert.deepEqual([cdnEnabled, cdnProvider, cdnProfile], [true, "StandardVerizon", "films"]);
  });

  it("is reached by its template, with a token of Azure AD for the service principal", async () => {
    const { account } = await declare(classic);

    assert.deepEqual(await settledConnection(account), {
      values: {
        apiUrl: "https://eastmedia.eastus2.media.test/api/",
        tokenUrl: "https://login.test/tenant/oauth2/token",
        accountName: "client",
        accountKey: "s3cret",
        resource: "https://rest.media.azure.net",
        streamingHost: "eastmedia.streaming.test",
        streamingEndpointName: "default",
        storageAccountName: "eaststore",
      },
      secrets: ["accountKey"],
    });
  });

  it("can be reached on the host of its streaming endpoint", async () => {
    const { account } = await declare({
      ...classic,
      apiTemplate: "https://{host}/{location}/api/",
      authority: "https://{host}/",
    });
    const { values } = await settledConnection(account);

    assert.equal(values["apiUrl"], "https://eastmedia.streaming.test/eastus2/api/");
    assert.equal(values["tokenUrl"], "https://eastmedia.streaming.test/tenant/oauth2/token");
  });

  it("declares neither a container app nor a key", async () => {
    const { deployment } = await declare(classic);

    assert.deepEqual(
      deployment.resources.map(({ type }) => type).filter((type) => !type.includes("storage")),
      [
        "twinstream:media:MediaServicesAccount",
        "pulumi:providers:azure",
        "azure:media/serviceAccount:ServiceAccount",
        "azure:media/streamingEndpoint:StreamingEndpoint",
      ],
    );
  });
});

describe("accountInput", () => {
  it("keeps members apart, so that only the key is secret, and leaves out what is not set", async () => {
    const { account } = await declare(selfHosted);

    assert.deepEqual(Object.keys(accountInput(account.connection)), [
      "apiUrl",
      "accountName",
      "tokenUrl",
      "accountKey",
    ]);
  });
});
