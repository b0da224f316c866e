import { TableClient, AzureNamedKeyCredential } from "@azure/data-tables";
import {
  ContainerClient,
  StorageSharedKeyCredential as BlobCredential,
  RestError,
} from "@azure/storage-blob";
import { QueueClient, StorageSharedKeyCredential as QueueCredential } from "@azure/storage-queue";
import type { StoreEndpoints } from "../../storage/azurite-stores";
import { textAt } from "../properties";
import { TokenCalls } from "./token-calls";
import {
  type CloudServices,
  type Declared,
  inResourceGroup,
  type ResourceKind,
} from "./resource-kind";

/** An account that a container, queue or table lies in, with what is needed to reach it. */
interface Store {
  name: string;
  key: string;
  endpoints: StoreEndpoints;
  /** Asks a service of a store that is for identities; undefined where there is a key to use. */
  byToken: TokenCalls | undefined;
}

const lowerCaseNames = {
  pattern: /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/,
  rule: "must be 3 to 63 lower-case letters and digits, with single hyphens between them",
};

/** A container for blobs, in the store of its account. */
export const blobContainer: ResourceKind = child({
  token: "azure-native:storage:BlobContainer",
  type: "blobServices/default/containers/{containerName}",
  naming: { containerName: lowerCaseNames },
  async create(store, name) {
    if (store.byToken) await store.byToken.make("blob", `${name}?restype=container`);
    else await blobs(store, name).createIfNotExists();
  },
  async remove(store, name) {
    if (store.byToken) await store.byToken.remove("blob", `${name}?restype=container`);
    else await blobs(store, name).deleteIfExists();
  },
});

/** A queue, in the store of its account. */
export const queue: ResourceKind = child({
  token: "azure-native:storage:Queue",
  type: "queueServices/default/queues/{queueName}",
  naming: { queueName: lowerCaseNames },
  async create(store, name) {
    if (store.byToken) await store.byToken.make("queue", name);
    else await queueOf(store, name).createIfNotExists();
  },
  async remove(store, name) {
    if (store.byToken) await store.byToken.remove("queue", name);
    else await queueOf(store, name).deleteIfExists();
  },
});

/** A table, in the store of its account. */
export const table: ResourceKind = child({
  token: "azure-native:storage:Table",
  type: "tableServices/default/tables/{tableName}",
  naming: {
    tableName: {
      pattern: /^[A-Za-z][A-Za-z0-9]{2,62}$/,
      rule: "must be 3 to 63 letters and digits, beginning with a letter",
    },
  },
  async create(store, name) {
    if (store.byToken) await store.byToken.make("table", "Tables", { TableName: name });
    else await tableOf(store, name).createTable();
  },
  async remove(store, name) {
    if (store.byToken) await store.byToken.remove("table", `Tables('${name}')`);
    else await tableOf(store, name).deleteTable();
  },
});

interface Child {
  token: string;
  type: string;
  naming: Record<string, { pattern: RegExp; rule: string }>;
  create(store: Store, name: string): Promise<void>;
  remove(store: Store, name: string): Promise<void>;
}

function child(kind: Child): ResourceKind {
  return {
    declaration: {
      token: kind.token,
      idPattern: inResourceGroup(`Microsoft.Storage/storageAccounts/{accountName}/${kind.type}`),
      patterns: kind.naming,
    },
    maker: {
      startOrder: 2,
      computed: [],
      async apply(declared, cloud) {
        const store = await storeOf(declared, cloud);
        if (store === undefined) throw parentMissing(declared);
        await kind.create(store, declared.name);
        return { outputs: {} };
      },
      async remove(declared, cloud) {
        const store = await storeOf(declared, cloud);
        if (store !== undefined) await ignoringMissing(kind.remove(store, declared.name));
      },
    },
  };
}

async function storeOf(declared: Declared, cloud: CloudServices): Promise<Store | undefined> {
  const name = textAt(declared.inputs, "accountName") ?? "";
  const account = cloud.stores.account(name);
  if (account === undefined) return undefined;
  const endpoints = await cloud.stores.endpoints(account);
  const byToken = account.byIdentity ? new TokenCalls(endpoints, cloud) : undefined;
  return { name, key: account.keys[0], endpoints, byToken };
}

function parentMissing(declared: Declared): Error {
  const account = textAt(declared.inputs, "accountName") ?? "";
  return new Error(
    `${declared.name} can't be made: there is no storage account "${account}"; declare it, or depend on it`,
  );
}

async function ignoringMissing(removal: Promise<void>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!(error instanceof RestError && error.statusCode === 404)) throw error;
  }
}

function blobs(store: Store, name: string): ContainerClient {
  const credential = new BlobCredential(store.name, store.key);
  return new ContainerClient(`${store.endpoints.blob}${name}`, credential);
}

function queueOf(store: Store, name: string): QueueClient {
  const credential = new QueueCredential(store.name, store.key);
  return new QueueClient(`${store.endpoints.queue}${name}`, credential);
}

function tableOf(store: Store, name: string): TableClient {
  const credential = new AzureNamedKeyCredential(store.name, store.key);
  const url = store.endpoints.table.replace(/\/$/, "");
  return new TableClient(url, name, credential, { allowInsecureConnection: true });
}
