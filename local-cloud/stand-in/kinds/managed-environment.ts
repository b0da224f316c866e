import { createHash } from "node:crypto";
import { loopback } from "../../storage/port-book";
import { at, type Properties, textAt } from "../properties";
import {
  checkedOnly,
  type CloudServices,
  type Declared,
  inResourceGroup,
  type ResourceKind,
  subscriptionId,
} from "./resource-kind";

const environmentPattern = "Microsoft.App/managedEnvironments/{environmentName}";

/** What proves that a domain is the subscription's: the same in all of its environments. */
export const domainVerificationId = createHash("sha256")
  .update(`domains of ${subscriptionId}`)
  .digest("hex")
  .toUpperCase();

/** A Container Apps environment: on one machine, the machine itself. */
export const managedEnvironment: ResourceKind = {
  declaration: {
    token: "azure-native:app:ManagedEnvironment",
    idPattern: inResourceGroup(environmentPattern),
    choices: {
      "appLogsConfiguration.destination": ["log-analytics", "azure-monitor", "none"],
    },
    patterns: {
      environmentName: {
        pattern: /^[A-Za-z](?:-?[A-Za-z0-9]){0,59}$/,
        rule: "must be up to 60 letters, digits and single hyphens, beginning with a letter",
      },
    },
    replacedBy: ["location", "zoneRedundant", "vnetConfiguration"],
  },
  maker: {
    startOrder: 0,
    computed: ["defaultDomain", "staticIp", "customDomainConfiguration.customDomainVerificationId"],
    apply: () =>
      Promise.resolve({
        outputs: {
          defaultDomain: loopback,
          staticIp: loopback,
          "customDomainConfiguration.customDomainVerificationId": domainVerificationId,
        },
      }),
    remove: () => Promise.resolve(),
  },
};

/** A certificate that apps of an environment may be given; recorded only, for nothing here speaks TLS. */
export const appCertificate: ResourceKind = {
  declaration: {
    token: "azure-native:app:Certificate",
    idPattern: inResourceGroup(`${environmentPattern}/certificates/{certificateName}`),
    required: ["location", "properties"],
    patterns: {
      certificateName: {
        pattern: /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/,
        rule: "must be lower-case letters, digits, hyphens and full stops, beginning and ending with a letter or digit",
      },
      "properties.certificateKeyVaultProperties.keyVaultUrl": {
        pattern:
          /^https:\/\/[A-Za-z0-9-]{3,24}\.vault\.[\w.]+\/secrets\/[\w-]{1,127}(?:\/[0-9a-f]{32})?$/,
        rule: "must be the address of a Key Vault secret, https://{vault}.vault.azure.net/secrets/{name}",
      },
    },
    references: {
      "properties.certificateKeyVaultProperties.identity":
        "Microsoft.ManagedIdentity/userAssignedIdentities",
    },
    replacedBy: ["location"],
  },
  maker: checkedOnly(1, requireReader),
  recordedOnly: true,
};

/** An environment reads a certificate as one of its own identities. */
function requireReader({ id, name, inputs }: Declared, { records }: CloudServices): void {
  const identity = textAt(inputs, "properties.certificateKeyVaultProperties.identity");
  if (identity === undefined) return;
  const environment = records.get(id.replace(/\/certificates\/[^/]+$/i, ""));
  const own = assignedIdentities(environment?.inputs ?? {}).map((each) => each.toLowerCase());
  if (own.includes(identity.toLowerCase())) return;
  throw new Error(
    `certificate "${name}" is read as the identity ${identity}, which its environment hasn't; add it to the environment's identity.userAssignedIdentities`,
  );
}

/** Declared as a list, or as Resource Manager's map with ids as its keys. */
export function assignedIdentities(inputs: Properties): string[] {
  const declared = at(inputs, "identity.userAssignedIdentities") ?? [];
  return Array.isArray(declared) ? declared.map(String) : Object.keys(declared as Properties);
}
