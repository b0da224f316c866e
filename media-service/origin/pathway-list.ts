import type { FastifyBaseLogger } from "fastify";
import { NotFoundError } from "../domain/errors";
import { MAX_PATHWAYS_BYTES, parsePathways, PATHWAYS_BLOB } from "../domain/pathways";
import type { Pathway } from "../packaging/pathway";
import type { BlobStore } from "../ports/blob-store";

const KEEP_MS = 5_000;
const READ_TIMEOUT_MS = 1_000;

/** The ways to the library, as the deployment last wrote them into the account's store. */
export class PathwayList {
  private known: readonly Pathway[] = [];
  private reading: Promise<readonly Pathway[]> | undefined;
  private readAt = -Infinity;

  constructor(
    private readonly blobs: Pick<BlobStore, "properties" | "readRange">,
    private readonly log: Pick<FastifyBaseLogger, "warn">,
  ) {}

  /** The edge first, then the data centers, most wanted first; empty where none were written. */
  async current(): Promise<readonly Pathway[]> {
    if (performance.now() - this.readAt <= KEEP_MS) return this.known;
    this.reading ??= this.read().finally(() => {
      this.readAt = performance.now();
      this.reading = undefined;
    });
    return this.reading;
  }

  private async read(): Promise<readonly Pathway[]> {
    const signal = AbortSignal.timeout(READ_TIMEOUT_MS);
    try {
      const { sizeBytes, etag } = await this.blobs.properties(PATHWAYS_BLOB, signal);
      if (sizeBytes > MAX_PATHWAYS_BYTES) throw new Error(`${sizeBytes} bytes are too many`);
      const range = { offset: 0, sizeBytes, etag, signal };
      const bytes = await this.blobs.readRange(PATHWAYS_BLOB, range);
      this.known = parsePathways(bytes.toString("utf8"));
    } catch (error) {
      if (error instanceof NotFoundError) this.known = [];
      // A store that does not answer changes nothing about where the others are.
      else
        this.log.warn({ err: error }, "the pathways can't be read; the last known ones are used");
    }
    return this.known;
  }
}
