import type * as pulumi from "@pulumi/pulumi";
import type { MediaServicesAccountArgs } from "./media-services-connection";
import type { SelfHostedSettings } from "./settings/media-services";

/** One environment variable of a container: a plain value, or the name of one of the app's secrets. */
export type EnvironmentVariable =
  { name: string; value: pulumi.Input<string> } | { name: string; secretRef: string };

/** Everything that a media service is told; it reads nothing else. */
export function mediaServiceEnvironment(
  args: MediaServicesAccountArgs<SelfHostedSettings>,
  roles: string,
): EnvironmentVariable[] {
  const { settings } = args;
  return [
    { name: "ROLES", value: roles },
    { name: "MEDIA_ACCOUNT_NAME", value: args.accountName },
    ...accessEnvironment(args),
    { name: "DATA_CENTER", value: args.dataCenter },
    { name: "PUBLIC_SCHEME", value: args.publicScheme },
    ...storeEnvironment(args),
    { name: "ENCODER", value: settings.encoder },
    { name: "WATCH_PAGE", value: settings.watchPage ? "true" : "false" },
    { name: "CONTENT_STEERING", value: args.contentSteering ? "true" : "false" },
    { name: "LOG_LEVEL", value: settings.logLevel },
    ...directAccess(args),
    ...(roles.includes("origin") ? originEnvironment(args) : []),
  ];
}

/** How the app that answers viewers ends, and what it keeps in memory where that is chosen. */
function originEnvironment({
  hosting,
}: MediaServicesAccountArgs<SelfHostedSettings>): EnvironmentVariable[] {
  const { shutdown, origin } = hosting;
  const values = {
    SHUTDOWN_DELAY_SECONDS: shutdown.delaySeconds,
    SHUTDOWN_GRACE_SECONDS: shutdown.graceSeconds,
    INDEX_CACHE_MIB: origin.indexCacheMiB,
    SEGMENT_CACHE_MIB: origin.segmentCacheMiB,
    SENDING_MIB: origin.sendingMiB,
    STALL_SECONDS: origin.stallSeconds,
  };
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value: value.toString() }],
  );
}

/** Container Apps limits no requests: the service does, for all but what the edge sends. */
function directAccess({
  hosting,
  frontDoorId,
}: MediaServicesAccountArgs<SelfHostedSettings>): EnvironmentVariable[] {
  const { directRequestsPerMinute: most, frontDoorOnly } = hosting;
  if (frontDoorId === undefined || (most === 0 && !frontDoorOnly)) return [];
  return [
    { name: "FRONT_DOOR_ID", value: frontDoorId },
    { name: "FRONT_DOOR_ONLY", value: frontDoorOnly ? "true" : "false" },
    { name: "DIRECT_REQUESTS_PER_MINUTE", value: most.toString() },
  ];
}

function accessEnvironment({
  entra,
}: MediaServicesAccountArgs<SelfHostedSettings>): EnvironmentVariable[] {
  const key = { name: "MEDIA_ACCOUNT_KEY", secretRef: "media-account-key" };
  if (!entra) return [key];
  return [
    ...(entra.keepsKey ? [key] : []),
    { name: "ENTRA_TENANT_ID", value: entra.tenantId },
    { name: "ENTRA_AUDIENCE", value: entra.audiences },
    { name: "ENTRA_AUTHORITY", value: entra.authority },
    { name: "ENTRA_ALLOWED", value: entra.allowed.join(",") },
  ];
}

function storeEnvironment({
  storage,
  identity,
}: MediaServicesAccountArgs<SelfHostedSettings>): EnvironmentVariable[] {
  const access: EnvironmentVariable[] = identity
    ? [
        { name: "STORAGE_ACCESS", value: "identity" },
        // Several identities may be at hand: the SDK must be told which one is meant.
        { name: "AZURE_CLIENT_ID", value: identity.clientId },
      ]
    : [
        { name: "STORAGE_ACCESS", value: "shared-key" },
        { name: "STORAGE_ACCOUNT_KEY", secretRef: "storage-account-key" },
      ];
  return [
    ...access,
    { name: "STORAGE_ACCOUNT_NAME", value: storage.accountName },
    { name: "BLOB_ENDPOINT", value: storage.blobEndpoint },
    { name: "QUEUE_ENDPOINT", value: storage.queueEndpoint },
    { name: "TABLE_ENDPOINT", value: storage.tableEndpoint },
  ];
}
