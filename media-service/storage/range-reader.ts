import { isIP } from "node:net";
import type { BlobAddress, BlobRange } from "../ports/blob-store";
import type { ReadAuthorization } from "./read-authorization";
import { StoreConnections } from "./store-connections";

const CONNECTIONS = 64;
/** What may stand in a header (RFC 9110, 5.5). */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/**
 * Reads parts of blobs with as little work as there can be: a segment is one plain GET. The SDK spends
 * several times the processor time of the read itself. Whatever is not plain success is left to it:
 * it knows when to try again, and what errors mean.
 */
export class RangeReader {
  private readonly connections: StoreConnections;
  private readonly host: string;
  /** Of the endpoint, without a slash at its end. */
  private readonly path: string;

  constructor(
    blobEndpoint: string,
    private readonly authorization: ReadAuthorization,
  ) {
    const { protocol, hostname, port, host: authority, pathname } = new URL(blobEndpoint);
    const host = hostname.replace(/^\[|\]$/g, "");
    this.host = authority;
    this.path = pathname.replace(/\/$/, "");
    this.connections = new StoreConnections(
      {
        secure: protocol === "https:",
        host,
        port: port === "" ? (DEFAULT_PORTS[protocol] ?? 0) : Number(port),
        // Addresses are not names that could be asked for (RFC 6066, 3).
        servername: isIP(host) > 0 ? "" : host,
      },
      CONNECTIONS,
    );
  }

  /**
   * Gives the part's bytes to `take` as they arrive.
   *
   * @returns how many it gave: fewer than asked for where the rest was not to be had at once.
   */
  async read(
    { container, blob }: BlobAddress,
    { offset, sizeBytes, etag, signal }: BlobRange,
    take: (piece: Buffer) => void,
  ): Promise<number> {
    const path = `${this.path}/${encodeURIComponent(container)}/${blob.split("/").map(encodeURIComponent).join("/")}`;
    const range = `bytes=${offset}-${offset + sizeBytes - 1}`;
    const allowed = await this.authorization.of({ path, range, etag });
    const headers = { host: this.host, range, "if-match": etag, ...allowed };
    const fields = Object.entries(headers);
    if (allowed === undefined || !fields.every(([, value]) => FIELD_VALUE.test(value))) return 0;
    const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    const text = `GET ${path} HTTP/1.1\r\n${lines}\r\n`;
    return this.connections.read({ text, sizeBytes, signal, take });
  }
}
