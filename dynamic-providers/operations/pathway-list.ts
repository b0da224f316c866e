import { isDeepStrictEqual } from "node:util";
import {
  type BlockBlobClient,
  ContainerClient,
  RestError,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { InputCheck } from "./check-inputs";
import { isUnknown, type ResourceOperations } from "./resource-operations";

/** Inputs of a list of pathways. */
export interface PathwayListInputs {
  /** Storage account of the data center that is to know the pathways. */
  readonly accountName: string;
  /** Secret; none where the store lets in identities only. */
  readonly accountKey?: string;
  readonly blobEndpoint: string;
  /** In the order in which viewers should try them. */
  readonly pathways: readonly { readonly name: string; readonly baseUrl: string }[];
  readonly version: number;
}

type Store = Pick<PathwayListInputs, "accountName" | "accountKey" | "blobEndpoint">;

/** Where the media service looks. */
const CONTAINER = "twinstream";
const BLOB = "pathways.json";

/** Writes the ways to the library into a store: one small blob, which any run may write anew. */
export const operations: ResourceOperations<PathwayListInputs, PathwayListInputs> = {
  check(_olds, news) {
    const { failures } = new InputCheck(news)
      .text(
        "accountName",
        ...(news.accountKey === undefined ? [] : ["accountKey" as const]),
        "blobEndpoint",
      )
      .require(
        "pathways",
        (list) => Array.isArray(list) && list.length > 0 && list.every(isPathway),
        "pathways must be a list of { name, baseUrl } with an http(s) address without a path",
      );
    return Promise.resolve({ inputs: news, failures });
  },

  diff(_id, olds, news) {
    const moved = !isUnknown(news.accountName) && news.accountName !== olds.accountName;
    const changes = isUnknown(news) || !isDeepStrictEqual(olds, news);
    return Promise.resolve({ changes, replaces: moved ? ["accountName"] : [] });
  },

  async create(inputs) {
    await write(inputs);
    return { id: `${inputs.accountName}/${CONTAINER}/${BLOB}`, outs: inputs };
  },

  async read(id, outs) {
    const text = await readText(await blobIn(outs));
    if (text === undefined) return { id: "" };
    return { id, props: { ...outs, pathways: pathwaysIn(text) } };
  },

  async update(_id, _olds, news) {
    await write(news);
    return { outs: news };
  },

  async delete(_id, store) {
    // Not the container: Azure refuses to make one anew within half a minute of its end.
    await (await blobIn(store)).deleteIfExists();
  },
};

async function write({ pathways, ...store }: PathwayListInputs): Promise<void> {
  await (await containerIn(store)).createIfNotExists();
  const text = JSON.stringify({ pathways }, null, 2);
  const blob = await blobIn(store);
  await blob.upload(text, Buffer.byteLength(text), {
    blobHTTPHeaders: { blobContentType: "application/json" },
  });
}

async function readText(blob: BlockBlobClient): Promise<string | undefined> {
  try {
    return (await blob.downloadToBuffer()).toString("utf8");
  } catch (error) {
    if (error instanceof RestError && error.statusCode === 404) return undefined;
    throw error;
  }
}

/** What somebody else wrote is a difference, not an error. */
function pathwaysIn(text: string): PathwayListInputs["pathways"] {
  try {
    const { pathways } = JSON.parse(text) as { pathways?: unknown };
    return Array.isArray(pathways) ? (pathways as PathwayListInputs["pathways"]) : [];
  } catch {
    return [];
  }
}

async function containerIn(store: Store): Promise<ContainerClient> {
  const url = `${store.blobEndpoint.replace(/\/+$/, "")}/${CONTAINER}`;
  return new ContainerClient(url, await credentialFor(store), {
    retryOptions: { maxTries: 5, retryDelayInMs: 250, maxRetryDelayInMs: 8_000 },
  });
}

/** Without a key it is who deploys, a person's login or a workflow's identity, whose role counts. */
async function credentialFor({ accountName, accountKey }: Store) {
  if (accountKey !== undefined) return new StorageSharedKeyCredential(accountName, accountKey);
  // Loaded here and not above: it takes 30 MB, and with a key nobody needs it.
  const { DefaultAzureCredential } = await import("@azure/identity");
  return new DefaultAzureCredential();
}

async function blobIn(store: Store): Promise<BlockBlobClient> {
  return (await containerIn(store)).getBlockBlobClient(BLOB);
}

function isPathway(value: unknown): boolean {
  const { name, baseUrl } = (value ?? {}) as { name?: unknown; baseUrl?: unknown };
  return (
    typeof name === "string" &&
    /^[\w.-]{1,64}$/.test(name) &&
    typeof baseUrl === "string" &&
    /^https?:\/\/[^/?#]+$/.test(baseUrl)
  );
}
