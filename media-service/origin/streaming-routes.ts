import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ConflictError } from "../domain/errors";
import type { BlobAddress, BlobStore } from "../ports/blob-store";
import { blobStream } from "./blob-stream";
import { BRIEFLY } from "./cache-control";
import { contentTag, entityTag } from "./content-tag";
import { fragmentOf } from "./fragment-resource";
import { manifestOf, playlistOf } from "./manifest-resource";
import { type MediaUrl, parseMediaUrl } from "./media-url";
import type { PresentationLibrary } from "./presentation-library";
import type { PublishedLookup } from "./published-lookup";
import { type Resource, sendResource } from "./send-resource";

/** What streaming works with. */
export interface StreamingParts {
  readonly blobs: BlobStore;
  readonly lookup: PublishedLookup;
  readonly library: PresentationLibrary;
}

const READ_TIMEOUT_MS = 10_000;
/** Every URL below a locator; all else belongs to others on the same port. */
export const LOCATOR_PATH = "/:locator(^[0-9a-fA-F-]{36}$)/*";

/** A request's URL, read, with the container that its locator opens. */
interface Request<Url extends MediaUrl = MediaUrl> {
  readonly url: Url;
  readonly address: BlobAddress;
}

/** Serves `/{locator}/...`: manifests, segments and plain files. */
export function streamingRoutes(app: FastifyInstance, parts: StreamingParts): void {
  app.route<{ Params: { locator: string; "*": string } }>({
    method: ["GET", "HEAD"],
    url: LOCATOR_PATH,
    handler: async (request, reply) => {
      const url = parseMediaUrl(request.params["*"]);
      const { container } = await parts.lookup.requireLive(request.params.locator);
      return answer(parts, { url, address: { container, blob: url.file } }, { request, reply });
    },
  });
}

/** Answers; once more from the beginning when a file changed between opening and reading it. */
async function answer(
  parts: StreamingParts,
  wanted: Request,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): Promise<FastifyReply> {
  try {
    return await sendResource(request, reply, await findResource(parts, wanted));
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    parts.library.forget(wanted.address);
    return sendResource(request, reply, await findResource(parts, wanted));
  }
}

async function findResource(parts: StreamingParts, { url, address }: Request): Promise<Resource> {
  if (url.kind === "file") return downloadOf(parts.blobs, { url, address });
  const opened = await parts.library.open(address);
  switch (url.kind) {
    case "manifest":
      return manifestOf(opened, url);
    case "playlist":
      return playlistOf(opened, url);
    case "fragment":
      return fragmentOf({ blobs: parts.blobs, container: address.container }, opened, url);
  }
}

async function downloadOf(
  blobs: BlobStore,
  { url, address }: Request<MediaUrl & { kind: "file" }>,
): Promise<Resource> {
  const properties = await blobs.properties(address, AbortSignal.timeout(READ_TIMEOUT_MS));
  return {
    etag: entityTag(contentTag(properties)),
    contentType: url.contentType,
    cacheControl: BRIEFLY,
    lastModified: properties.lastModified,
    body: () => ({
      sizeBytes: properties.sizeBytes,
      open: (range) => blobStream(blobs, { address, properties }, range),
    }),
  };
}
