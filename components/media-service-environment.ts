import type * as pulumi from "@pulumi/pulumi";
import type { MediaServicesAccountArgs } from "./media-services-connection";
import type { SelfHostedSettings } from "./settings/media-services";

/** One environment variable of a container: a plain value, or the name of one of the app's secrets. */
export type EnvironmentVariable =
  { name: string; value: pulumi.Input<string> } | { name: string; secretRef: string };

/** Everything that a media service is told; it reads nothing else. */
export function mediaServiceEnvironment(
  args: MediaServicesAccountArgs<SelfHostedSettings>,
): EnvironmentVariable[] {
  const { settings, storage } = args;
  return [
    { name: "ROLES", value: "api,origin,worker" },
    { name: "MEDIA_ACCOUNT_NAME", value: args.accountName },
    { name: "MEDIA_ACCOUNT_KEY", secretRef: "media-account-key" },
    { name: "DATA_CENTER", value: args.dataCenter },
    { name: "PUBLIC_SCHEME", value: args.publicScheme },
    { name: "STORAGE_ACCESS", value: "shared-key" },
    { name: "STORAGE_ACCOUNT_NAME", value: storage.accountName },
    { name: "STORAGE_ACCOUNT_KEY", secretRef: "storage-account-key" },
    { name: "BLOB_ENDPOINT", value: storage.blobEndpoint },
    { name: "QUEUE_ENDPOINT", value: storage.queueEndpoint },
    { name: "TABLE_ENDPOINT", value: storage.tableEndpoint },
    { name: "ENCODER", value: settings.encoder },
    { name: "WATCH_PAGE", value: settings.watchPage ? "true" : "false" },
    { name: "CONTENT_STEERING", value: args.contentSteering ? "true" : "false" },
    { name: "LOG_LEVEL", value: settings.logLevel },
  ];
}
