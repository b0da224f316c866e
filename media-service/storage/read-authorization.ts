import {
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  type StorageSharedKeyCredential,
} from "@azure/storage-blob";
import type { TokenCredential } from "@azure/identity";
import { LRUCache } from "lru-cache";
import { BearerToken } from "./bearer-token";

const SIGNED_FOR_MS = 60 * 60 * 1000;
/** Clocks may be apart, and a read takes its time. */
const SIGNED_AGAIN_AFTER_MS = SIGNED_FOR_MS / 2;
const MAX_SIGNATURES = 1_000;
/** The store takes tokens from 2017-11-09 on; this is the version that the SDK's reads say. */
const API_VERSION = "2025-11-05";

/** What makes a plain GET of a container's blob an allowed one. */
export interface ReadAuthorization {
  /** Undefined when there is nothing to show at present. */
  of(
    container: string,
  ): Promise<
    { readonly query: string; readonly headers: Readonly<Record<string, string>> } | undefined
  >;
}

/** Reads signed with the account's key: one signature a container, used for half an hour. */
export class SignedReads implements ReadAuthorization {
  private readonly signatures = new LRUCache<string, string>({
    max: MAX_SIGNATURES,
    ttl: SIGNED_AGAIN_AFTER_MS,
  });

  constructor(private readonly credential: StorageSharedKeyCredential) {}

  of(container: string): Promise<{ query: string; headers: Record<string, string> }> {
    return Promise.resolve({ query: `?${this.signatureFor(container)}`, headers: {} });
  }

  private signatureFor(containerName: string): string {
    const known = this.signatures.get(containerName);
    if (known !== undefined) return known;
    const query = generateBlobSASQueryParameters(
      {
        containerName,
        permissions: ContainerSASPermissions.parse("r"),
        expiresOn: new Date(Date.now() + SIGNED_FOR_MS),
      },
      this.credential,
    ).toString();
    this.signatures.set(containerName, query);
    return query;
  }
}

/** Reads with an identity's token, which is the same for all containers. */
export class TokenReads implements ReadAuthorization {
  private readonly token: BearerToken;

  constructor(identity: TokenCredential) {
    this.token = new BearerToken(identity);
  }

  async of(): Promise<{ query: string; headers: Record<string, string> } | undefined> {
    const token = await this.token.current();
    if (token === undefined) return undefined;
    const headers = { authorization: `Bearer ${token}`, "x-ms-version": API_VERSION };
    return { query: "", headers };
  }
}
