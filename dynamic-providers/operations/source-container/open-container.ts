import type {
  BlobServiceClient,
  ContainerClient,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { deployerCredential } from "../deployer-credential";
import { storageBlob } from "../storage-blob";
import { type ContainerAddress, containerAddress, containerAddressForm } from "./container-address";

/** A container of somebody's videos, and the account that it is in. */
export interface SourceContainer {
  readonly address: ContainerAddress;
  readonly client: ContainerClient;
  readonly service: BlobServiceClient;
  /** Whether requests are signed with the account's key; else they carry an identity's token. */
  readonly byKey: boolean;
}

/** Stores close idle connections; a request that meets the end of one is sent again. */
const RETRIES = { maxTries: 4, retryDelayInMs: 250, maxRetryDelayInMs: 4_000 };
const TRY_TIMEOUT_MS = 60_000;

/** By address: each client asks for a token of its own, and the Azure CLI takes a second to give one. */
const opened = new Map<string, Promise<SourceContainer>>();

/**
 * Opens a container as who runs the deployment, who has to be allowed to read it. A store on this
 * machine that speaks http takes no tokens: its key is in the environment, where the Azure CLI looks for
 * one as well. No key and no signature is ever part of an address.
 *
 * @throws Error when the address is none, or there is no key for a store that needs one.
 */
export function openSourceContainer(url: string): Promise<SourceContainer> {
  const known = opened.get(url);
  if (known !== undefined) return known;
  const opening = open(url);
  opened.set(url, opening);
  // What failed is tried anew by the next one who asks.
  opening.catch(() => opened.delete(url));
  return opening;
}

async function open(url: string): Promise<SourceContainer> {
  const address = containerAddress(url);
  if (address === undefined) throw new Error(`'${url}' is not ${containerAddressForm}`);
  const byKey = url.startsWith("http:");
  const { BlobServiceClient } = storageBlob();
  const service = new BlobServiceClient(
    address.url.slice(0, -address.containerName.length - 1),
    byKey ? keyCredential(address) : await deployerCredential(),
    {
      retryOptions: { ...RETRIES, tryTimeoutInMs: TRY_TIMEOUT_MS },
      userAgentOptions: { userAgentPrefix: "twinstream-library" },
    },
  );
  return { address, service, client: service.getContainerClient(address.containerName), byKey };
}

function keyCredential({ accountName }: ContainerAddress): StorageSharedKeyCredential {
  const { AZURE_STORAGE_ACCOUNT: account, AZURE_STORAGE_KEY: key = "" } = process.env;
  if (account !== accountName || key === "") {
    throw new Error(
      `the store '${accountName}' speaks http, and so takes no tokens: set AZURE_STORAGE_ACCOUNT to its name and AZURE_STORAGE_KEY to its key`,
    );
  }
  const { StorageSharedKeyCredential } = storageBlob();
  return new StorageSharedKeyCredential(accountName, key);
}
