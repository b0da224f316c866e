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

  /** The part, or undefined when that was not to be had at once. */
  async read(
    { container, blob }: BlobAddress,
    { offset, sizeBytes, etag, signal }: BlobRange,
  ): Promise<Buffer | undefined> {
    const allowed = await this.authorization.of(container);
    if (allowed === undefined) return undefined;
    const path = [container, ...blob.split("/")].map(encodeURIComponent).join("/");
    const url = `${this.blobEndpoint}/${path}${allowed.query}`;
    const headers = {
      ...allowed.headers,
      range: `bytes=${offset}-${offset + sizeBytes - 1}`,
      ...(etag === undefined ? {} : { "if-match": etag }),
    };
    return new Promise((resolve) => {
      // Faults are not told apart here: the SDK will meet the same one and name it, or get past it.
      const giveUp = (): void => {
        resolve(undefined);
      };
      const asked = this.get(
        url,
        { agent: this.agent, headers, ...(signal === undefined ? {} : { signal }) },
        (response) => {
          collect(response, sizeBytes).then(resolve, giveUp);
        },
      );
      asked.on("error", giveUp);
      asked.setTimeout(SILENCE_MS, () => asked.destroy());
    });
  }
}

/** The body of a plain success, if it is as long as it has to be. */
function collect(response: IncomingMessage, sizeBytes: number): Promise<Buffer | undefined> {
  const isPart = response.statusCode === 206;
  if (!isPart || response.headers["content-length"] !== String(sizeBytes)) {
    response.resume();
    return Promise.resolve(undefined);
  }
  const bytes = Buffer.allocUnsafeSlow(sizeBytes);
  let read = 0;
  return new Promise((resolve, reject) => {
    response.on("data", (chunk: Buffer) => {
      read += chunk.copy(bytes, read);
    });
    response.once("end", () => {
      resolve(read === sizeBytes ? bytes : undefined);
    });
    response.on("error", reject);
    response.once("aborted", reject);
  });
}
