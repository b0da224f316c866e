import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ConflictError } from "../domain/errors";
import type { VideoPathways } from "../packaging/pathway";
import type { BlobAddress, BlobStore } from "../ports/blob-store";
import { blobStream, DOWNLOAD_BYTES } from "./blob-stream";
import type { BodyCache } from "./body-cache";
import { BRIEFLY } from "./cache-control";
import type { ContentSteering } from "./content-steering";
import { contentTag, entityTag } from "./content-tag";
import { fragmentOf } from "./fragment-resource";
import type { HotAnswers } from "./hot-answers";
import { manifestOf, playlistOf } from "./manifest-resource";
import { type MediaUrl, parseMediaUrl } from "./media-url";
import type { OpenAnswers } from "./open-answers";
import type { PresentationLibrary } from "./presentation-library";
import { clientAddressOf, type PublishedLookup } from "./published-lookup";
import { type Resource, sendResource } from "./send-resource";
import type { SharedDeadline } from "./shared-deadline";
import { steeringOf } from "./steering-resource";
import { textFragmentOf, textPlaylistOf } from "./text-resource";

/** What streaming works with. */
export interface StreamingParts {
  readonly blobs: BlobStore;
  readonly lookup: PublishedLookup;
  readonly library: PresentationLibrary;
  /** Undefined where it is switched off. */
  readonly steering: ContentSteering | undefined;
  readonly bodies: BodyCache;
  readonly hot: HotAnswers;
  readonly sending: OpenAnswers;
  readonly deadline: SharedDeadline;
}

const READ_TIMEOUT_MS = 10_000;
/** Every URL below a locator; all else belongs to others on the same port. */
export const LOCATOR_PATH = "/:locator(^[0-9a-fA-F-]{36}$)/*";

/** A request's URL, read, with the container that its locator opens. */
interface Wanted<Url extends MediaUrl = MediaUrl> {
  readonly url: Url;
  readonly address: BlobAddress;
}

interface Request extends Wanted {
  readonly locator: string;
  readonly request: FastifyRequest;
}

/** Serves `/{locator}/...`: manifests, segments and plain files. */
export function streamingRoutes(app: FastifyInstance, parts: StreamingParts): void {
  app.route<{ Params: { locator: string; "*": string } }>({
    method: ["GET", "HEAD"],
    url: LOCATOR_PATH,
    handler: async (request, reply) => {
      const url = parseMediaUrl(request.params["*"]);
      const { locator } = request.params;
      const { container } = await parts.lookup.requireLive(locator, clientAddressOf(request));
      const address = { container, blob: url.file };
      await answer(parts, { url, address, locator, request }, reply);
      if (url.kind === "fragment") parts.hot.remember({ request, reply, locator, address });
      return reply;
    },
  });
}

/** Answers; once more from the beginning when a file changed between opening and reading it. */
async function answer(
  parts: StreamingParts,
  wanted: Request,
  reply: FastifyReply,
): Promise<FastifyReply> {
  try {
    return await answerOnce(parts, wanted, reply);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    parts.library.forget(wanted.address);
    return answerOnce(parts, wanted, reply);
  }
}

async function answerOnce(
  parts: StreamingParts,
  wanted: Request,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const resource = await findResource(parts, wanted);
  const cacheControl = await cacheControlOf(parts, wanted, resource);
  return sendResource(wanted.request, reply, {
    ...resource,
    cacheControl,
    keptIn: parts.bodies,
    sending: parts.sending,
  });
}

/** What the streaming endpoint says of manifests and segments comes before what the origin thinks. */
async function cacheControlOf(
  { lookup }: StreamingParts,
  { url }: Request,
  { cacheControl }: Resource,
): Promise<string> {
  if (url.kind === "file" || url.kind === "steering") return cacheControl;
  const maxAgeSeconds = await lookup.maxAgeSeconds();
  return maxAgeSeconds === undefined ? cacheControl : `public, max-age=${maxAgeSeconds}`;
}

async function findResource(parts: StreamingParts, wanted: Request): Promise<Resource> {
  const { url, address } = wanted;
  if (url.kind === "file") return downloadOf(parts.blobs, { url, address });
  const opened = await parts.library.open(address);
  switch (url.kind) {
    case "manifest":
      return manifestOf(opened, url, await pathwaysTo(parts, wanted));
    case "steering":
      return steeringOf(parts.steering, await pathwaysTo(parts, wanted));
    case "playlist":
      return textPlaylistOf(opened, url) ?? playlistOf(opened, url);
    case "fragment":
      return (
        textFragmentOf(opened, url) ??
        fragmentOf(
          { blobs: parts.blobs, container: address.container, deadline: parts.deadline },
          opened,
          url,
        )
      );
  }
}

/** The ways to the video, for whoever asks. */
async function pathwaysTo(
  { steering }: StreamingParts,
  { url, locator, request }: Request,
): Promise<VideoPathways | undefined> {
  const path = `/${locator.toLowerCase()}/${url.file.split("/").map(encodeURIComponent).join("/")}`;
  return url.kind === "steering"
    ? steering?.waysTo(request, path)
    : steering?.pathwaysOf(request, path);
}

async function downloadOf(
  blobs: BlobStore,
  { url, address }: Wanted<MediaUrl & { kind: "file" }>,
): Promise<Resource> {
  const properties = await blobs.properties(address, AbortSignal.timeout(READ_TIMEOUT_MS));
  return {
    etag: entityTag(contentTag(properties)),
    contentType: url.contentType,
    cacheControl: BRIEFLY,
    lastModified: properties.lastModified,
    body: {
      sizeBytes: properties.sizeBytes,
      bufferedBytes: Math.min(DOWNLOAD_BYTES, properties.sizeBytes),
      open: (range) => blobStream(blobs, { address, properties }, range),
    },
  };
}
