import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

/** A resource as the engine would hear of it. */
export interface Declared {
  type: string;
  name: string;
  /** Inputs in clear text, without the provider's code. */
  inputs: Record<string, unknown>;
  /** Paths of the secrets among the inputs. */
  secrets: string[];
  /** `type name` of the parent. */
  parent: string;
  /** `type name` of what has to be there before, sorted. */
  after: string[];
  /** `type name` of an explicit provider, or nothing. */
  provider: string;
  protect: boolean;
  ignoreChanges: string[];
}

/** What a program declared and gave back. */
export interface Deployment {
  resources: Declared[];
  /** Functions of providers that were called, with their inputs. */
  calls: { token: string; inputs: unknown }[];
  /** What each resource is in the cloud, by `type name`. */
  states: Record<string, Record<string, unknown>>;
  outputs: Record<string, unknown>;
}

/** The project and the stack that programs in tests belong to. */
export interface Place {
  config?: Record<string, string>;
  project?: string;
  stack?: string;
  /** The subscription that a deployment would go to. */
  subscriptionId?: string;
}

/** The tenant of whoever deploys. */
export const tenantOfTests = "99999999-8888-4777-8666-555555555555";

// What is asked for here is known by heart; the exact inputs are what tests compare.
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- inputs of any resource
type Inputs = Record<string, any>;
type Answer = (inputs: Inputs, name: string) => Record<string, unknown>;

/** Runs a program against a cloud that says yes to everything, and tells what it asked for. */
export async function deploy(program: () => object, place: Place = {}): Promise<Deployment> {
  const { config = {}, project = "twinstream", stack = "test" } = place;
  const { subscriptionId = "11111111-2222-3333-4444-555555555555" } = place;
  const resources: Declared[] = [];
  const calls: Deployment["calls"] = [];
  const states: Deployment["states"] = {};
  await pulumi.runtime.setMocks(
    {
      call({ token, inputs }) {
        calls.push({ token, inputs });
        if (token === "azure-native:authorization:getClientConfig") {
          return { subscriptionId, tenantId: tenantOfTests };
        }
        assert.equal(token, "azure-native:storage:listStorageAccountKeys");
        const { accountName } = inputs as { accountName: string };
        return { keys: [{ keyName: "key1", permissions: "FULL", value: `key of ${accountName}` }] };
      },
      newResource: ({ type, name, inputs }) => {
        const state = { ...(inputs as object), ...answers[type]?.(clear(inputs), name) };
        states[`${type} ${name}`] = clear(state);
        return { id: `id of ${type} ${name}`, state };
      },
    },
    project,
    stack,
  );
  listen(resources);
  pulumi.runtime.setAllConfig(config);
  const outputs = (await pulumi.runtime.runInPulumiStack(() =>
    Promise.resolve(program()),
  )) as Record<string, unknown>;
  await pulumi.runtime.disconnect();
  return { resources: resources.slice(1), calls, states, outputs };
}

/** The resources of one type, by name. */
export function ofType({ resources }: Deployment, type: string): Record<string, Declared> {
  const found = resources.filter((resource) => resource.type === type);
  return Object.fromEntries(found.map((resource) => [resource.name, resource]));
}

/** One resource. */
export function resource(deployment: Deployment, type: string, name: string): Declared {
  const found = ofType(deployment, type)[name];
  assert(found, `${type} ${name} was not declared`);
  return found;
}

/** The value of an output, and whether it is a secret. */
export async function settled<T>(output: pulumi.Output<T>): Promise<{ value: T; secret: boolean }> {
  const value = await new Promise<T>((resolve) =>
    output.apply((it) => {
      resolve(it);
    }),
  );
  return { value, secret: await pulumi.isSecret(output) };
}

interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getProvider(): string;
  getProtect(): boolean;
  getDependenciesList(): string[];
  getIgnorechangesList(): string[];
  getObject(): { toJavaScript(): Record<string, unknown> };
}

// Mocks are not told of parents, dependencies and options: listens where they pass.
function listen(resources: Declared[]): void {
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    registerResource(request: Request, callback: unknown): Promise<void>;
  };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    const inputs = request.getObject().toJavaScript();
    const secrets: string[] = [];
    resources.push({
      type: request.getType(),
      name: request.getName(),
      inputs: clear(inputs, secrets),
      secrets,
      parent: label(request.getParent()),
      after: request.getDependenciesList().map(label).sort(),
      provider: label(request.getProvider()),
      protect: request.getProtect(),
      ignoreChanges: request.getIgnorechangesList(),
    });
    return register(request, callback);
  };
}

/** `type name` of a URN; the last type of its chain. */
function label(urn: string): string {
  if (urn === "") return "";
  const [, , types, name] = urn.split("::");
  return `${types?.split("$").at(-1) ?? ""} ${name ?? ""}`;
}

// A secret on the wire is an object with this key and this signature.
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

function clear(value: unknown, secrets: string[] = [], path = ""): never {
  return plain(value, secrets, path) as never;
}

function plain(value: unknown, secrets: string[], path: string): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) => plain(item, secrets, `${path}[${index}]`));
  }
  if (typeof value !== "object" || value === null) return value;
  if ((value as Record<string, unknown>)[signatureKey] === secretSignature) {
    secrets.push(path);
    return plain((value as { value: unknown }).value, [], path);
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "__provider")
      .map(([key, item]) => [key, plain(item, secrets, path === "" ? key : `${path}.${key}`)]),
  );
}

/** The GUID that the cloud answers for something, always the same. */
export function guidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}

/** What the cloud adds to what it was asked for. */
const answers: Record<string, Answer> = {
  "azure-native:resources:ResourceGroup": ({ resourceGroupName }) => ({ name: resourceGroupName }),
  "azure-native:storage:StorageAccount": ({ accountName }) => ({
    name: accountName,
    primaryEndpoints: {
      blob: `https://${accountName}.blob.test/`,
      queue: `https://${accountName}.queue.test/`,
      table: `https://${accountName}.table.test/`,
    },
  }),
  "azure-native:network:VirtualNetwork": ({ virtualNetworkName }) => ({ name: virtualNetworkName }),
  "azure-native:storage:Queue": ({ queueName }) => ({ name: queueName }),
  "azure-native:managedidentity:UserAssignedIdentity": ({ resourceName }) => ({
    name: resourceName,
    clientId: guidOf(`client of ${resourceName}`),
    principalId: guidOf(`principal of ${resourceName}`),
  }),
  "azure-native:app:ManagedEnvironment": ({ environmentName }) => ({
    name: environmentName,
    customDomainConfiguration: { customDomainVerificationId: "id of our domains" },
  }),
  "azure-native:app:ContainerApp": ({ containerAppName, configuration }) => {
    const { ingress } = configuration as { ingress: object };
    const fqdn = `${containerAppName}.apps.test`;
    return { configuration: { ...(configuration as object), ingress: { ...ingress, fqdn } } };
  },
  "azure-native:cdn:Profile": ({ profileName, identity }) => ({
    name: profileName,
    frontDoorId: guidOf(`front door ${profileName}`),
    ...(identity !== undefined && {
      identity: { ...(identity as object), principalId: `principal of ${profileName}` },
    }),
  }),
  "azure-native:cdn:AFDCustomDomain": ({ hostName }) => ({
    validationProperties: { validationToken: `token of ${hostName}` },
  }),
  "azure-native:cdn:AFDEndpoint": ({ endpointName }) => ({
    name: endpointName,
    hostName: `${endpointName}.edge.test`,
  }),
  "azure-native:cdn:AFDOriginGroup": ({ originGroupName }) => ({ name: originGroupName }),
  "azure-native:cdn:RuleSet": ({ ruleSetName }) => ({ name: ruleSetName }),
  "azure-native:trafficmanager:Profile": ({ profileName, dnsConfig }) => ({
    name: profileName,
    dnsConfig: { ...(dnsConfig as object), fqdn: `${profileName}.router.test` },
  }),
  "azure:media/streamingEndpoint:StreamingEndpoint": ({ mediaServicesAccountName }) => ({
    hostName: `${mediaServicesAccountName}.streaming.test`,
  }),
  "pulumi-nodejs:dynamic/twinstream:ExistingAccount": ({ account }) => ({
    apiUrl: (account as { apiUrl: string }).apiUrl,
    storageAccountName: "store",
  }),
  "pulumi-nodejs:dynamic/twinstream:AccountKey": (_, name) => ({ key: `key made for ${name}` }),
  "pulumi-nodejs:dynamic/twinstream:StreamingEndpoint": (_, name) => ({
    endpointId: `oid of ${name}`,
  }),
  "pulumi-nodejs:dynamic/twinstream:AccessPolicy": (_, name) => ({ policyId: `pid of ${name}` }),
  "pulumi-nodejs:dynamic/twinstream:MezzanineAsset": ({ blob }, name) => ({
    assetId: `mezzanine of ${name}`,
    ...(blob === undefined
      ? { contentSha256: `sha256 of ${name}` }
      : { contentTag: `tag of ${name}` }),
  }),
  "pulumi-nodejs:dynamic/twinstream:EncodingJob": (_, name) => ({
    outputAssetId: `encoded ${name}`,
    outputAssetOptions: 0,
    container: `asset-${name}`,
    ismFileName: "bunny.ism",
    contentTag: `tag of ${name}`,
  }),
  "pulumi-nodejs:dynamic/twinstream:ReplicaAsset": (_, name) => ({ assetId: `replica ${name}` }),
  "pulumi-nodejs:dynamic/twinstream:AssetCopy": (_, name) => ({
    contentDigest: `digest of ${name}`,
  }),
  "pulumi-nodejs:dynamic/twinstream:StreamingLocator": ({ locatorId }, name) => {
    const id = (locatorId as string | undefined) ?? `lid of ${name}`;
    return {
      locatorId: id,
      relativePath: `/${id.replaceAll(" ", "-")}/bunny.ism`,
      startTime: "2030-01-01T00:00:00Z",
      expirationDateTime: "2030-04-01T00:00:00Z",
    };
  },
};
