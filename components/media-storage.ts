import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";
import type { StorageAccess } from "./settings/settings";

/** Inputs of {@link MediaStorage}. */
export interface MediaStorageArgs {
  resourceGroupName: pulumi.Input<string>;
  location: string;
  /** Unique in Azure, known at preview. */
  accountName: string;
  /** Whether the store lets in who holds its key, or identities only. */
  storageAccess: StorageAccess;
  /** Days a deleted blob or container can be restored; 1 to 365. Default 7. */
  softDeleteDays?: number;
  /** Refuses to delete the account. Default false. */
  protect?: boolean;
  tags?: Record<string, string>;
}

/**
 * The account that holds everything the media service knows: entities in tables, media in blobs,
 * encode jobs in a queue. Nothing in it is public; readers come through the origin.
 */
export class MediaStorage extends pulumi.ComponentResource {
  readonly accountName: pulumi.Output<string>;
  /** Resource id of the account. */
  readonly accountId: pulumi.Output<string>;
  /** The account's first key, a secret; nobody asks for it where identities are let in only. */
  readonly accountKey: pulumi.Output<string> | undefined;
  readonly blobEndpoint: pulumi.Output<string>;
  readonly queueEndpoint: pulumi.Output<string>;
  readonly tableEndpoint: pulumi.Output<string>;
  /** What must be there before a media service starts, and must outlive it. */
  readonly parts: pulumi.Resource[];

  constructor(name: string, args: MediaStorageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("twinstream:storage:MediaStorage", name, {}, opts);

    const account = this.declareAccount(name, args);
    this.parts = this.declareParts(name, { ...args, accountName: account.name });

    this.accountName = account.name;
    this.accountId = account.id;
    this.accountKey =
      args.storageAccess === "shared-key"
        ? firstKey(account.name, args.resourceGroupName)
        : undefined;
    this.blobEndpoint = account.primaryEndpoints.apply(({ blob }) => blob);
    this.queueEndpoint = account.primaryEndpoints.apply(({ queue }) => queue);
    this.tableEndpoint = account.primaryEndpoints.apply(({ table }) => table);
    this.registerOutputs({
      accountName: this.accountName,
      blobEndpoint: this.blobEndpoint,
      queueEndpoint: this.queueEndpoint,
      tableEndpoint: this.tableEndpoint,
    });
  }

  private declareAccount(name: string, args: MediaStorageArgs): storage.StorageAccount {
    return new storage.StorageAccount(
      name,
      {
        resourceGroupName: args.resourceGroupName,
        accountName: args.accountName,
        location: args.location,
        kind: storage.Kind.StorageV2,
        sku: { name: storage.SkuName.Standard_ZRS },
        accessTier: storage.AccessTier.Hot,
        minimumTlsVersion: storage.MinimumTlsVersion.TLS1_2,
        enableHttpsTrafficOnly: true,
        allowBlobPublicAccess: false,
        allowCrossTenantReplication: false,
        allowSharedKeyAccess: args.storageAccess === "shared-key",
        defaultToOAuthAuthentication: args.storageAccess === "identity",
        tags: args.tags,
      },
      { parent: this, protect: args.protect ?? false },
    );
  }

  private declareParts(
    name: string,
    args: Omit<MediaStorageArgs, "accountName"> & { accountName: pulumi.Input<string> },
  ): pulumi.Resource[] {
    const scope = { resourceGroupName: args.resourceGroupName, accountName: args.accountName };
    const retention = { enabled: true, days: args.softDeleteDays ?? 7 };
    return [
      new storage.BlobServiceProperties(
        `${name}-blobs`,
        {
          ...scope,
          blobServicesName: "default",
          deleteRetentionPolicy: retention,
          containerDeleteRetentionPolicy: retention,
        },
        { parent: this },
      ),
      new storage.Queue(`${name}-jobs`, { ...scope, queueName: "encode-jobs" }, { parent: this }),
    ];
  }
}

function firstKey(
  accountName: pulumi.Output<string>,
  resourceGroupName: pulumi.Input<string>,
): pulumi.Output<string> {
  const answer = storage.listStorageAccountKeysOutput({ accountName, resourceGroupName });
  return pulumi.secret(
    pulumi.all([answer.keys, accountName]).apply(([[key], account]) => {
      if (key) return key.value;
      throw new Error(`Storage account '${account}' has no keys; allow shared key access on it.`);
    }),
  );
}
