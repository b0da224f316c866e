import { Agent as HttpAgent, get as httpGet, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, get as httpsGet } from "node:https";
import type { BlobAddress, BlobRange } from "../ports/blob-store";
import type { ReadAuthorization } from "./read-authorization";

/** A store that says nothing for so long is left to the client that can try again. */
const SILENCE_MS = 3_000;
/** Less than the 5 s after which Azurite closes. */
const KEEP_ALIVE_MS = 4_000;
const CONNECTIONS = 64;

/**
 * Reads parts of blobs with as little work as there can be: a segment is one plain GET. The SDK spends
 * several times the processor time of the read itself. Whatever is not plain success is left to it:
 * it knows when to try again, and what errors mean.
 */
export class RangeReader {
  private readonly agent: HttpAgent;
  private readonly get: typeof httpGet;

  constructor(
    private readonly blobEndpoint: string,
    private readonly authorization: ReadAuthorization,
  ) {
    const secure = blobEndpoint.startsWith("https:");
    const options = { keepAlive: true, maxSockets: CONNECTIONS, timeout: KEEP_ALIVE_MS };
    this.agent = secure ? new HttpsAgent(options) : new HttpAgent(options);
    this.get = secure ? httpsGet : httpGet;
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
    const allowed = await this.authorization.of(container);
    if (allowed === undefined) return 0;
    const path = [container, ...blob.split("/")].map(encodeURIComponent).join("/");
    const url = `${this.blobEndpoint}/${path}${allowed.query}`;
    const headers = {
      ...allowed.headers,
      range: `bytes=${offset}-${offset + sizeBytes - 1}`,
      "if-match": etag,
    };
    return new Promise((resolve) => {
      let given = 0;
      // Faults are not told apart here: the SDK will meet the same one and name it, or get past it.
      const end = (): void => {
        resolve(given);
      };
      const asked = this.get(
        url,
        { agent: this.agent, headers, ...(signal === undefined ? {} : { signal }) },
        (response) => {
          if (!isWanted(response, sizeBytes)) {
            response.resume();
            end();
            return;
          }
          response.on("data", (piece: Buffer) => {
            given += piece.length;
            take(piece);
          });
          response.once("close", end);
          // What broke off closes, too.
          response.on("error", () => undefined);
        },
      );
      asked.once("error", end);
      asked.setTimeout(SILENCE_MS, () => asked.destroy());
    });
  }
}

/** Whether an answer is a plain success with as many bytes as were asked for. */
function isWanted({ statusCode, headers }: IncomingMessage, sizeBytes: number): boolean {
  return statusCode === 206 && headers["content-length"] === String(sizeBytes);
}
