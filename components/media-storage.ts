import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";
import type { HostingSettings } from "./settings/hosting";
import type { StorageAccess } from "./settings/settings";
import { declareBlobRetention } from "./blob-retention";
import { declareStorageLock } from "./storage-lock";
import { sendBlobChanges } from "./send-logs";

/** Inputs of {@link MediaStorage}. */
export interface MediaStorageArgs extends Pick<
  HostingSettings,
  "softDeleteDays" | "keepVersionsDays" | "uploadOrigins" | "protect"
> {
  resourceGroupName: pulumi.Input<string>;
  location: string;
  /** Unique in Azure, known at preview. */
  accountName: string;
  /** Whether the store lets in who holds its key, or identities only. */
  storageAccess: StorageAccess;
  /** Where it is noted who wrote or deleted a blob. Default nowhere. */
  logWorkspaceId?: pulumi.Input<string>;
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
  /** Name of the queue that workers take jobs from. */
  readonly jobQueueName: pulumi.Output<string>;
  /** What must be there before a media service starts, and must outlive it. */
  readonly parts: pulumi.Resource[];

  constructor(name: string, args: MediaStorageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("twinstream:storage:MediaStorage", name, {}, opts);

    const account = this.declareAccount(name, args);
    const scope = { resourceGroupName: args.resourceGroupName, accountName: account.name };
    const jobs = new storage.Queue(
      `${name}-jobs`,
      { ...scope, queueName: "encode-jobs" },
      { parent: this },
    );
    const blobs = declareBlobRetention(name, { ...args, ...scope }, { parent: this });
    const logs = { storageAccountId: account.id, workspaceId: args.logWorkspaceId };
    sendBlobChanges(name, logs, { parent: this, dependsOn: [blobs] });
    // Last: a lock also keeps from being deleted what is in the account.
    if (args.protect) declareStorageLock(name, account.id, { parent: this, dependsOn: [jobs] });

    this.parts = [blobs, jobs];
    this.accountName = account.name;
    this.accountId = account.id;
    this.accountKey =
      args.storageAccess === "shared-key"
        ? firstKey(account.name, args.resourceGroupName)
        : undefined;
    this.blobEndpoint = account.primaryEndpoints.apply(({ blob }) => blob);
    this.queueEndpoint = account.primaryEndpoints.apply(({ queue }) => queue);
    this.tableEndpoint = account.primaryEndpoints.apply(({ table }) => table);
    this.jobQueueName = jobs.name;
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
        // Uploads by SAS and copies between regions come from outside; who they are is what decides.
        publicNetworkAccess: storage.PublicNetworkAccess.Enabled,
        tags: args.tags,
      },
      { parent: this, protect: args.protect },
    );
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
