import { at, listAt, mapAt, numberAt, type Properties, textAt, type Value } from "../properties";
import {
  absolutePath,
  domainName,
  type CloudServices,
  type Declared,
  inResourceGroup,
  type Made,
  type ResourceKind,
} from "./resource-kind";
import type { Principal } from "../../authority/token-claims";
import { declaredPrincipal } from "./identity";
import {
  type MediaServiceProcess,
  removeMediaService,
  startMediaService,
  startWithoutIngress,
} from "./media-service-process";
import { imageFolder } from "./image-folder";
import { assignedIdentities } from "./managed-environment";
import { requireCustomDomains } from "./custom-domains";
import { queueLength, type QueueScaleRule, queueScaleRule } from "./queue-scale-rule";

/** Token of container apps. */
export const containerAppToken = "azure-native:app:ContainerApp";

const lowerCaseName = {
  pattern: /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/,
  rule: "must be lower-case letters, digits, hyphens and full stops, beginning and ending with a letter or digit",
};

/** Name of the process that runs a container app. */
export function appProcessName(app: string): string {
  return `service:${app}`;
}

/**
 * A container app: one process of the media service as its image holds it, with exactly the environment
 * that is declared and what the platform itself adds.
 */
export const containerApp: ResourceKind = {
  declaration: {
    token: containerAppToken,
    idPattern: inResourceGroup("Microsoft.App/containerApps/{containerAppName}"),
    required: [
      "environmentId",
      "template.containers",
      "template.containers[].image",
      "template.containers[].name",
      "template.containers[].env[].name",
      "configuration.secrets[].name",
      "configuration.ingress.customDomains[].name",
    ],
    patterns: {
      containerAppName: {
        pattern: /^(?!.*--)[a-z][a-z0-9-]{0,30}[a-z0-9]$/,
        rule: "must be 2 to 32 lower-case letters, digits and single hyphens, beginning with a letter and not ending in a hyphen",
      },
      "configuration.secrets[].name": lowerCaseName,
      "template.containers[].name": lowerCaseName,
      "template.containers[].env[].name": {
        pattern: /^[A-Za-z_][\w.-]*$/,
        rule: "must be letters, digits, and _ . -, not beginning with a digit",
      },
      "template.containers[].image": {
        pattern: /^[^\s:@]+(?::\d+\/[^\s:@]+)?(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/,
        rule: "must be an image's name, with a tag or a digest",
      },
      "template.containers[].resources.memory": {
        pattern: /^(?:\d+|\d*\.\d+)Gi$/,
        rule: "must be a number of Gi, such as 0.5Gi",
      },
      "template.containers[].probes[].httpGet.path": absolutePath,
      "configuration.ingress.customDomains[].name": domainName,
    },
    ranges: {
      "configuration.ingress.targetPort": [1, 65_535],
      "template.scale.minReplicas": [0, 1_000],
      "template.scale.maxReplicas": [1, 1_000],
    },
    references: {
      environmentId: "Microsoft.App/managedEnvironments",
      "configuration.ingress.customDomains[].certificateId":
        "Microsoft.App/managedEnvironments/certificates",
    },
    among: {
      "template.containers[].env[].secretRef": { path: "configuration.secrets[].name" },
      "configuration.registries[].passwordSecretRef": { path: "configuration.secrets[].name" },
      "configuration.registries[].identity": {
        path: "identity.userAssignedIdentities[]",
        or: ["system", "system-environment"],
      },
      "template.scale.rules[].custom.identity": {
        path: "identity.userAssignedIdentities[]",
        or: ["system"],
      },
      "template.scale.rules[].azureQueue.identity": {
        path: "identity.userAssignedIdentities[]",
        or: ["system"],
      },
      "template.scale.rules[].custom.auth[].secretRef": { path: "configuration.secrets[].name" },
    },
    replacedBy: ["location", "environmentId"],
  },
  maker: {
    startOrder: 3,
    computed: ["configuration", "latestRevisionName", "latestRevisionFqdn"],
    async apply(declared, cloud) {
      requireCustomDomains(declared, cloud);
      sayScaling(declared, cloud);
      const hasIngress = mapAt(declared.inputs, "configuration.ingress") !== undefined;
      if (!hasIngress) return startHelper(declared, cloud);
      const address = await startMediaService(cloud, processOf(declared, cloud));
      return {
        outputs: {
          configuration: withoutSecretValues(declared.inputs, address),
          latestRevisionName: `${declared.name}--local`,
          latestRevisionFqdn: address,
          runningStatus: "Running",
        },
      };
    },
    async remove({ name }, cloud) {
      await cloud.scalers.forget(appProcessName(name));
      await removeMediaService(cloud, appProcessName(name));
    },
  },
};

/** Said once: a machine has room for one copy, and requests start no further ones. */
function sayScaling({ inputs }: Declared, cloud: CloudServices): void {
  if ((numberAt(inputs, "template.scale.maxReplicas") ?? 1) === 1) return;
  cloud.notice(
    "container apps run as one copy each: of their scale rules only those down to nothing, by a queue, act here",
  );
}

/** An app without an address: it runs while its rule wants it to, or always where it has none. */
async function startHelper(declared: Declared, cloud: CloudServices): Promise<Made> {
  const process = processOf(declared, cloud);
  const rule = queueScaleRule(declared.inputs);
  await cloud.scalers.forget(process.name);
  if (rule === undefined) {
    await startWithoutIngress(cloud, process);
  } else {
    await cloud.supervisor.stop(process.name);
    await cloud.scalers.watch(scaledBy(rule, { declared, process, cloud }));
  }
  return {
    outputs: {
      configuration: withoutSecretValues(declared.inputs, ""),
      latestRevisionName: `${declared.name}--local`,
      latestRevisionFqdn: "",
      runningStatus: "Running",
    },
  };
}

function scaledBy(
  rule: QueueScaleRule,
  app: { declared: Declared; process: MediaServiceProcess; cloud: CloudServices },
) {
  const { declared, process, cloud } = app;
  const { name } = process;
  return {
    ...rule,
    name,
    queueLength: () => queueLength(rule, cloud),
    isRunning: () => cloud.supervisor.has(name),
    mayStart: () => !isKeptDown(declared, cloud),
    start: () => startWithoutIngress(cloud, process),
    stop: () => cloud.supervisor.stop(name),
  };
}

/** Whether somebody took down an app beside it: a data center is lost as a whole. */
function isKeptDown({ inputs }: Declared, { records, supervisor }: CloudServices): boolean {
  const environment = textAt(inputs, "environmentId");
  const beside = records
    .ofType(containerAppToken)
    .filter((record) => textAt(record.inputs, "environmentId") === environment)
    .map((record) => appProcessName(textAt(record.outputs, "name") ?? ""));
  return supervisor
    .status()
    .some(({ name, state }) => beside.includes(name) && (state === "held" || state === "paused"));
}

function processOf(declared: Declared, cloud: CloudServices): MediaServiceProcess {
  const environment = declaredEnvironment(declared);
  return {
    name: appProcessName(declared.name),
    folder: imageFolder(imageOf(declared), cloud),
    environment: (address) => ({
      ...cloud.systemEnvironment,
      ...environment,
      CONTAINER_APP_NAME: declared.name,
      CONTAINER_APP_REVISION: `${declared.name}--local`,
      CONTAINER_APP_HOSTNAME: address,
      ...platformEnvironment(declared, environment, cloud),
    }),
  };
}

/**
 * What Container Apps gives a process with identities. The authority of Azure is not in this machine's
 * reach: a service that asks for tokens of a tenant is led to the local one, which is the only tenant.
 */
function platformEnvironment(
  { name, inputs }: Declared,
  declared: Readonly<Record<string, string>>,
  cloud: Pick<CloudServices, "authority" | "records">,
): Record<string, string> {
  const authority = cloud.authority();
  const { url, tenantId } = authority;
  const assigned = assignedIdentities(inputs).map((id) => principalOf(name, id, cloud));
  return {
    ...(assigned.length > 0 && authority.identityEnvironment(appProcessName(name), { assigned })),
    ...(declared["ENTRA_TENANT_ID"] && { ENTRA_TENANT_ID: tenantId, ENTRA_AUTHORITY: url }),
  };
}

function principalOf(app: string, id: string, cloud: Pick<CloudServices, "records">): Principal {
  const principal = declaredPrincipal(id, cloud);
  if (principal !== undefined) return principal;
  throw new Error(`container app "${app}" is assigned the identity ${id}, which doesn't exist`);
}

function imageOf({ inputs }: Declared): string {
  return textAt(listAt(inputs, "template.containers")[0], "image") ?? "";
}

/** The variables of the first container, with the values of the secrets that they refer to. */
export function declaredEnvironment({ name, inputs }: Declared): Record<string, string> {
  const [container, ...others] = listAt(inputs, "template.containers");
  if (others.length > 0) {
    throw new Error(
      `container app "${name}" has ${(others.length + 1).toString()} containers; the local cloud runs one an app`,
    );
  }
  const secrets = new Map(
    listAt(inputs, "configuration.secrets").map((item) => [
      textAt(item, "name"),
      textAt(item, "value"),
    ]),
  );
  return Object.fromEntries(
    listAt(container, "env").map((variable) => {
      const key = textAt(variable, "name") ?? "";
      const reference = textAt(variable, "secretRef");
      if (reference === undefined) return [key, textAt(variable, "value") ?? ""];
      const value = secrets.get(reference);
      if (value === undefined) {
        throw new Error(
          `container app "${name}": ${key} refers to the secret "${reference}", which configuration.secrets doesn't hold`,
        );
      }
      return [key, value];
    }),
  );
}

/** Azure answers the names of an app's secrets, never their values. */
function withoutSecretValues(inputs: Properties, fqdn: string): Value {
  const configuration = (at(inputs, "configuration") ?? {}) as Properties;
  const ingress = at(configuration, "ingress") as Properties | undefined;
  const secrets = listAt(configuration, "secrets").map((item) => ({
    name: textAt(item, "name") ?? "",
  }));
  return {
    ...configuration,
    ...(secrets.length > 0 && { secrets }),
    ...(ingress && { ingress: { ...ingress, fqdn } }),
  };
}
