import type { ContainerClient } from "@azure/storage-blob";
import { storageBlob } from "../storage-blob";
import { CopyError } from "./copy-error";

/** Where a container stands in a copy. */
export type StoreRole = "source" | "target";

/**
 * Opens a container by its SAS URL.
 *
 * @throws CopyError `InvalidStore` when it is no URL of a container.
 */
export function openContainer(sasUrl: string, role: StoreRole): ContainerClient {
  try {
    const { AnonymousCredential, ContainerClient } = storageBlob();
    return new ContainerClient(sasUrl, new AnonymousCredential(), {
      // Stores close idle connections; a request that meets the end of one is sent again.
      retryOptions: { maxTries: 5, retryDelayInMs: 250, maxRetryDelayInMs: 8_000 },
      userAgentOptions: { userAgentPrefix: "twinstream-copy" },
    });
  } catch {
    // The SDK's message would hold the URL, and so the signature.
    throw new CopyError("InvalidStore", `The ${role}'s locator is not the URL of a container`);
  }
}

/**
 * Refuses to copy a container onto itself.
 *
 * @throws CopyError `InvalidStore`.
 */
export function assertDistinct(source: ContainerClient, target: ContainerClient): void {
  const address = ({ url }: ContainerClient): string => url.split("?")[0] ?? url;
  if (address(source) === address(target)) {
    throw new CopyError("InvalidStore", "Source and target are the same container");
  }
}

/**
 * A store that copies from a URL may look only at the account name in it. Two stores of one name on
 * different hosts are therefore never asked: the target could copy a blob of its own instead.
 *
 * @returns why the stores can't be asked; undefined when they can.
 */
export function ambiguousAccounts(
  source: ContainerClient,
  target: ContainerClient,
): string | undefined {
  const sameName = source.accountName === target.accountName;
  if (!sameName || new URL(source.url).host === new URL(target.url).host) return undefined;
  return `both stores call themselves ${JSON.stringify(source.accountName)} but have different hosts`;
}
