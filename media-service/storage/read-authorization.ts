import type { TokenCredential } from "@azure/identity";
import type { StorageSharedKeyCredential } from "@azure/storage-blob";
import { BearerToken } from "./bearer-token";

/** The store takes tokens from 2017-11-09 on; this is the version that the SDK's reads say. */
const API_VERSION = "2025-11-05";

/** A plain GET of a part of a blob, of one version. */
export interface PlainRead {
  /** Of the URL, encoded. */
  readonly path: string;
  /** Values of the headers `range` and `if-match`. */
  readonly range: string;
  readonly etag: string;
}

/** What makes a plain GET an allowed one. */
export interface ReadAuthorization {
  /** Headers to send with it, and no others but its own; undefined when there is nothing to show at present. */
  of(
    read: PlainRead,
  ): Promise<Readonly<Record<string, string>> | undefined> | Readonly<Record<string, string>>;
}

/**
 * Reads signed with the account's key, each by itself. A signature in the URL would do for all, but the
 * store takes longer to understand it.
 */
export class SignedReads implements ReadAuthorization {
  constructor(private readonly credential: StorageSharedKeyCredential) {}

  /** Shared Key as in https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key. */
  of({ path, range, etag }: PlainRead): Readonly<Record<string, string>> {
    const { accountName } = this.credential;
    const date = new Date().toUTCString();
    // Standard headers by their places: If-Match is the ninth, Range the twelfth.
    const standard = `GET\n\n\n\n\n\n\n\n${etag}\n\n\n${range}\n`;
    const own = `x-ms-date:${date}\nx-ms-version:${API_VERSION}\n`;
    const signature = this.credential.computeHMACSHA256(`${standard}${own}/${accountName}${path}`);
    return {
      authorization: `SharedKey ${accountName}:${signature}`,
      "x-ms-date": date,
      "x-ms-version": API_VERSION,
    };
  }
}

/** Reads with an identity's token, which is the same for all of them. */
export class TokenReads implements ReadAuthorization {
  private readonly token: BearerToken;

  constructor(identity: TokenCredential) {
    this.token = new BearerToken(identity);
  }

  async of(): Promise<Readonly<Record<string, string>> | undefined> {
    const token = await this.token.current();
    if (token === undefined) return undefined;
    return { authorization: `Bearer ${token}`, "x-ms-version": API_VERSION };
  }
}
