import type { FastifyBaseLogger } from "fastify";
import { NotFoundError } from "../domain/errors";
import type { Pathway } from "../packaging/pathway";
import type { BlobStore } from "../ports/blob-store";

/** Where the deployment writes the pathways of all data centers once it knows their hosts. */
export const PATHWAYS_BLOB = { container: "twinstream", blob: "pathways.json" };

const KEEP_MS = 5_000;
const READ_TIMEOUT_MS = 1_000;
const MAX_BYTES = 64 * 1024;
const NAME = /^[\w.-]{1,64}$/;
const BASE_URL = /^https?:\/\/[a-z0-9.[\]:-]+$/i;

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
      if (sizeBytes > MAX_BYTES) throw new Error(`${sizeBytes} bytes are too many`);
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

/** @throws Error when the text is anything but a list of pathways. */
function parsePathways(text: string): Pathway[] {
  const { pathways } = JSON.parse(text) as { pathways?: unknown };
  if (!Array.isArray(pathways) || !pathways.every(isPathway)) {
    throw new Error("it is no { pathways: [{ name, baseUrl }] }");
  }
  return pathways.map(({ name, baseUrl }) => ({ name, baseUrl }));
}

function isPathway(value: unknown): value is Pathway {
  const { name, baseUrl } = (value ?? {}) as Partial<Record<keyof Pathway, unknown>>;
  return (
    typeof name === "string" &&
    NAME.test(name) &&
    typeof baseUrl === "string" &&
    BASE_URL.test(baseUrl)
  );
}
