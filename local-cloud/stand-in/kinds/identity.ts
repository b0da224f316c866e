import { createHash } from "node:crypto";
import type { Principal } from "../../authority/token-claims";
import { textAt } from "../properties";
import {
  checkedOnly,
  type CloudServices,
  type Declared,
  inResourceGroup,
  type ResourceKind,
  subscriptionId,
} from "./resource-kind";

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const isGuid = { pattern: guid, rule: "must be a GUID" };

/** Token of identities that are declared apart from what uses them. */
export const userAssignedIdentityToken = "azure-native:managedidentity:UserAssignedIdentity";

/** An identity: ids that follow from its own, so that it is the same one after a restart. */
const userAssignedIdentity: ResourceKind = {
  declaration: {
    token: userAssignedIdentityToken,
    idPattern: inResourceGroup("Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}"),
    required: ["location"],
    patterns: {
      resourceName: {
        pattern: /^[A-Za-z0-9][\w-]{2,127}$/,
        rule: "must be 3 to 128 letters, digits, hyphens and underscores, beginning with a letter or digit",
      },
    },
    replacedBy: ["location"],
  },
  maker: {
    startOrder: 0,
    computed: ["clientId", "principalId", "tenantId"],
    apply: ({ id }) =>
      Promise.resolve({
        outputs: {
          clientId: guidOf(`client ${id}`),
          principalId: guidOf(`principal ${id}`),
          tenantId: subscriptionId,
        },
      }),
    remove: () => Promise.resolve(),
  },
};

/** A right of an identity: recorded, once the identity is there. */
const roleAssignment: ResourceKind = {
  declaration: {
    token: "azure-native:authorization:RoleAssignment",
    idPattern: "{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
    patterns: {
      roleAssignmentName: isGuid,
      principalId: isGuid,
      roleDefinitionId: {
        pattern:
          /\/providers\/Microsoft\.Authorization\/roleDefinitions\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
        rule: "must be the id of a role definition",
      },
    },
    references: { scope: "" },
    replacedBy: ["principalId", "principalType", "roleDefinitionId"],
    autoName: (_name, suffix) => guidOf(suffix),
  },
  maker: checkedOnly(2, requirePrincipal),
  // Whoever has an identity of this machine is let in everywhere.
  recordedOnly: true,
};

/** Whether something can be deleted: Azure asks first, the local cloud only notes it. */
const lock: ResourceKind = {
  declaration: {
    token: "azure-native:authorization:ManagementLockByScope",
    idPattern: "{scope}/providers/Microsoft.Authorization/locks/{lockName}",
    references: { scope: "" },
  },
};

/** Identities, their rights, and what keeps others' rights in check. */
export const identityKinds: readonly ResourceKind[] = [userAssignedIdentity, roleAssignment, lock];

/** Who an identity is; undefined where none of that id is declared. */
export function declaredPrincipal(
  id: string,
  { records }: Pick<CloudServices, "records">,
): Principal | undefined {
  const outputs = records.get(id)?.outputs;
  const [clientId, principalId] = ["clientId", "principalId"].map((name) => textAt(outputs, name));
  if (clientId === undefined || principalId === undefined) return undefined;
  return { clientId, principalId };
}

function requirePrincipal({ name, inputs }: Declared, { records }: CloudServices): void {
  const principal = textAt(inputs, "principalId");
  const own = records.ofType(userAssignedIdentityToken);
  if (own.some(({ outputs }) => textAt(outputs, "principalId") === principal)) return;
  // What has an identity of the system's making, which comes and goes with it.
  if (records.all().some(({ outputs }) => textAt(outputs, "identity.principalId") === principal))
    return;
  throw new Error(
    `role assignment ${name} is for principal ${String(principal)}, and no identity that is declared has that id`,
  );
}

function guidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`];
  return [...parts, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join("-");
}
