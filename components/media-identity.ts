import * as authorization from "@pulumi/azure-native/authorization";
import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as pulumi from "@pulumi/pulumi";
import { type BuiltInRole, builtInRoles } from "./built-in-roles";
import { keyVaultSecret } from "./key-vault-secret";
import { type Naming, roleAssignmentName } from "./naming";

/** Inputs of {@link MediaIdentity}. */
export interface MediaIdentityArgs {
  resourceGroupName: pulumi.Input<string>;
  location: string;
  naming: Naming;
  /** Subscription that all of it lies in. */
  subscriptionId: pulumi.Input<string>;
  /** Name of the identity; at most 128 letters, digits and hyphens. */
  identityName: string;
  /** Resource id of the storage account that it may use, and nothing else. */
  storageAccountId: pulumi.Input<string>;
  /** Resource id of the registry that it pulls from; empty where it needs no right to. */
  registryId: string;
  /** Resource id of the Key Vault secret that it reads, where there is one. */
  certificateId?: string | undefined;
  tags?: Record<string, string>;
}

interface Right {
  purpose: string;
  role: BuiltInRole;
  scope: pulumi.Input<string>;
  /** Subscription that the scope lies in. Default the one of all else. */
  subscriptionId?: pulumi.Input<string>;
}

/** What a media service does, as rights that end at its own store. */
function rights(args: MediaIdentityArgs): Right[] {
  const { storageAccountId: scope, registryId, certificateId } = args;
  return [
    // Given at the account, it also lends the key that locators for uploads are signed with.
    { purpose: "blobs", role: "storageBlobDataContributor", scope },
    { purpose: "queue", role: "storageQueueDataContributor", scope },
    { purpose: "tables", role: "storageTableDataContributor", scope },
    ...(registryId === ""
      ? []
      : [{ purpose: "registry", role: "acrPull" as const, scope: registryId }]),
    ...(certificateId === undefined ? [] : [certificateRight(certificateId)]),
  ];
}

/** The right to read one certificate, which may be kept in another subscription. */
function certificateRight(certificateId: string): Right {
  const { subscriptionId } = keyVaultSecret(certificateId);
  const role = "keyVaultSecretsUser";
  return { purpose: "certificate", role, scope: certificateId, subscriptionId };
}

/**
 * Who a data center's media service is towards Azure: an identity without any password, which may
 * use the data of one storage account.
 */
export class MediaIdentity extends pulumi.ComponentResource {
  /** Resource id. */
  readonly identityId: pulumi.Output<string>;
  /** What the service's programs call it by. */
  readonly clientId: pulumi.Output<string>;
  /** Its rights; who uses them waits for them. */
  readonly grants: pulumi.Resource[];

  constructor(name: string, args: MediaIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("twinstream:identity:MediaIdentity", name, {}, opts);

    const identity = new managedidentity.UserAssignedIdentity(
      name,
      {
        resourceGroupName: args.resourceGroupName,
        resourceName: args.identityName,
        location: args.location,
        tags: args.tags,
      },
      { parent: this },
    );
    this.identityId = identity.id;
    this.clientId = identity.clientId;
    this.grants = rights(args).map(({ purpose, ...right }) =>
      this.grant(`${name}-${purpose}`, {
        ...args,
        ...right,
        principalId: identity.principalId,
      }),
    );
    this.registerOutputs({ identityId: this.identityId, clientId: this.clientId });
  }

  private grant(
    name: string,
    args: MediaIdentityArgs & Omit<Right, "purpose"> & { principalId: pulumi.Input<string> },
  ): pulumi.Resource {
    const { naming, subscriptionId, role } = args;
    return new authorization.RoleAssignment(
      name,
      {
        roleAssignmentName: roleAssignmentName(naming, name),
        scope: args.scope,
        principalId: args.principalId,
        // Said, so that Azure does not look for an identity that its directory may not show yet.
        principalType: authorization.PrincipalType.ServicePrincipal,
        roleDefinitionId: pulumi.interpolate`/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${builtInRoles[role]}`,
      },
      // An assignment can't be changed, and its name follows from what it is for.
      { parent: this, deleteBeforeReplace: true },
    );
  }
}
