import { randomBytes } from "node:crypto";
import { loopback } from "../../storage/port-book";
import { listAt, secret, textAt } from "../properties";
import type { ResourceRecord } from "../resource-records";
import { removeMediaService, startMediaService } from "./media-service-process";
import {
  type CloudServices,
  type Declared,
  inResourceGroup,
  type Made,
  type ResourceKind,
} from "./resource-kind";

const accountPattern = "Microsoft.Media/mediaServices";
const keyLengthBytes = 32;

/** Pulumi's type of a classic account. */
export const mediaAccountToken = "azure:media/serviceAccount:ServiceAccount";

/** Name of the process that serves a classic account. */
export function mediaAccountProcessName(account: string): string {
  return `service:${account}`;
}

/**
 * A classic Media Services account: the same media service that runs in a container app, over the
 * storage account that the declaration names, for the service principals that the provider was
 * configured with.
 */
const serviceAccount: ResourceKind = {
  declaration: {
    token: mediaAccountToken,
    idPattern: inResourceGroup(`${accountPattern}/{name}`),
    patterns: {
      name: { pattern: /^[a-z0-9]{3,24}$/, rule: "must be 3 to 24 lower-case letters and digits" },
    },
    references: { "storageAccounts[].id": "Microsoft.Storage/storageAccounts" },
    replacedBy: ["location"],
    autoName: (name, suffix) =>
      `${name
        .toLowerCase()
        .replace(/[^a-z0-9]/g, "")
        .slice(0, 24 - suffix.length)}${suffix}`,
  },
  maker: { startOrder: 3, computed: [], apply: applyAccount, remove: removeAccount },
};

/** A classic streaming endpoint; the account's own, since a local account has one. */
const streamingEndpoint: ResourceKind = {
  declaration: {
    token: "azure:media/streamingEndpoint:StreamingEndpoint",
    idPattern: inResourceGroup(
      `${accountPattern}/{mediaServicesAccountName}/streamingEndpoints/{name}`,
    ),
    ranges: { scaleUnits: [0, 50] },
    replacedBy: ["location"],
    autoName: (name, suffix) => `${name.replace(/[^A-Za-z0-9-]/g, "").slice(0, 15)}-${suffix}`,
  },
  maker: {
    startOrder: 4,
    computed: ["hostName"],
    apply({ inputs }, cloud) {
      const account = textAt(inputs, "mediaServicesAccountName") ?? "";
      const port = cloud.ports.known(mediaAccountProcessName(account));
      if (port === undefined) {
        const message = `there is no media services account "${account}" for a streaming endpoint`;
        return Promise.reject(new Error(message));
      }
      return Promise.resolve({ outputs: { hostName: `${loopback}:${port.toString()}` } });
    },
    remove: () => Promise.resolve(),
  },
};

/** The kinds of the retired Media Services that the classic provider can declare. */
export const mediaServicesKinds: readonly ResourceKind[] = [serviceAccount, streamingEndpoint];

async function applyAccount(declared: Declared, cloud: CloudServices): Promise<Made> {
  const { name, hidden } = declared;
  const key = textAt(hidden, "key") ?? randomBytes(keyLengthBytes).toString("base64");
  const storage = await storageEnvironment(declared, cloud);
  await startMediaService(cloud, {
    name: mediaAccountProcessName(name),
    folder: cloud.projectRoot,
    environment: (address) => ({
      ...cloud.systemEnvironment,
      ...storage,
      MEDIA_ACCOUNT_NAME: name,
      MEDIA_ACCOUNT_KEY: key,
      DATA_CENTER: textAt(declared.inputs, "tags.dataCenter") ?? name,
      PUBLIC_SCHEME: "http",
      PUBLIC_HOST_NAME: address,
      SERVICE_PRINCIPALS: JSON.stringify(cloud.principals()),
    }),
  });
  return { outputs: {}, hidden: { key: secret(key) } };
}

async function storageEnvironment(
  { name, inputs }: Declared,
  cloud: CloudServices,
): Promise<Record<string, string>> {
  const id = textAt(listAt(inputs, "storageAccounts")[0], "id") ?? "";
  const record: ResourceRecord | undefined = cloud.records.get(id);
  const storageName = textAt(record?.inputs, "accountName");
  const account = storageName === undefined ? undefined : cloud.stores.account(storageName);
  if (account === undefined) {
    throw new Error(
      `media services account "${name}" names the storage account ${id}, which doesn't exist`,
    );
  }
  const endpoints = await cloud.stores.endpoints(account);
  return {
    STORAGE_ACCESS: "shared-key",
    STORAGE_ACCOUNT_NAME: account.name,
    STORAGE_ACCOUNT_KEY: account.keys[0],
    BLOB_ENDPOINT: endpoints.blob,
    QUEUE_ENDPOINT: endpoints.queue,
    TABLE_ENDPOINT: endpoints.table,
  };
}

function removeAccount({ name }: Declared, cloud: CloudServices): Promise<void> {
  return removeMediaService(cloud, mediaAccountProcessName(name));
}
