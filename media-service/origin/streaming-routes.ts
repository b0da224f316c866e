import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ConflictError, NotFoundError } from "../domain/errors";
import { renderDashManifest } from "../packaging/dash-manifest";
import { renderHlsMaster, renderHlsMedia } from "../packaging/hls-playlists";
import { initSegment } from "../packaging/init-segment";
import { mediaSegment } from "../packaging/media-segment";
import type { Quality, Stream } from "../packaging/presentation";
import { segmentAt } from "../packaging/track-index";
import type { BlobAddress, BlobStore } from "../ports/blob-store";
import { blobStream } from "./blob-stream";
import { contentTag, entityTag } from "./content-tag";
import { type MediaUrl, parseMediaUrl, type QualityUrl } from "./media-url";
import type { OpenPresentation, PresentationLibrary } from "./presentation-library";
import type { PublishedLookup } from "./published-lookup";
import { type Resource, sendResource } from "./send-resource";

/** What streaming works with. */
export interface StreamingParts {
  readonly blobs: BlobStore;
  readonly lookup: PublishedLookup;
  readonly library: PresentationLibrary;
}

/** Segments never change under their URL; 30 days, as the delivery rules say too. */
const KEEP = "public, max-age=2592000, immutable";
/** Manifests are asked for again after a few seconds, so that a withdrawn video ends. */
const BRIEFLY = "public, max-age=4";
const READ_TIMEOUT_MS = 10_000;
const CONTENT_TYPES = { hls: "application/vnd.apple.mpegurl", dash: "application/dash+xml" };
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
      return fragmentOf(parts.blobs, opened, { url, address });
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

function manifestOf(
  opened: OpenPresentation,
  { format }: MediaUrl & { kind: "manifest" },
): Resource {
  const render = format.protocol === "hls" ? renderHlsMaster : renderDashManifest;
  return textOf(opened, { key: format.name, contentType: CONTENT_TYPES[format.protocol] }, () =>
    render(opened.presentation, format.name),
  );
}

function playlistOf(opened: OpenPresentation, url: MediaUrl & { kind: "playlist" }): Resource {
  const { stream, quality } = findQuality(opened, url);
  if (url.format.protocol !== "hls") {
    throw new NotFoundError(`format=${url.format.name} has one manifest for all qualities`);
  }
  const key = `${url.format.name}/${stream.name}/${quality.bitrate}`;
  return textOf(opened, { key, contentType: CONTENT_TYPES.hls }, () =>
    renderHlsMedia(stream, quality, url.format.name),
  );
}

function textOf(
  { tag, rendered }: OpenPresentation,
  { key, contentType }: { key: string; contentType: string },
  render: () => string,
): Resource {
  const body = (): Promise<Buffer> => {
    const text = rendered.get(key) ?? Buffer.from(render());
    rendered.set(key, text);
    return Promise.resolve(text);
  };
  return { etag: entityTag(tag, "text", key), contentType, cacheControl: BRIEFLY, body };
}

function fragmentOf(
  blobs: BlobStore,
  opened: OpenPresentation,
  { url, address }: Request<MediaUrl & { kind: "fragment" }>,
): Resource {
  const { stream, quality } = findQuality(opened, url);
  const file = opened.files.get(quality.src);
  if (!file) throw new RangeError(`'${quality.src}' was not opened`);
  const { track } = quality;
  const common = { contentType: `${stream.kind}/mp4`, cacheControl: KEEP };
  const tag = contentTag(file.properties);
  const { trackId } = track.header;
  if (url.time === "init") {
    const body = (): Promise<Buffer> => Promise.resolve(initSegment(track));
    return { ...common, etag: entityTag(tag, "init", trackId), body };
  }
  const index = segmentAt(track, url.time);
  const segment = track.segments[index];
  if (!segment) {
    throw new NotFoundError(`no segment of '${stream.name}' begins at ${url.time}`);
  }
  return {
    ...common,
    etag: entityTag(tag, "segment", trackId, url.time),
    body: async () => {
      const bytes = await blobs.readRange(
        { container: address.container, blob: quality.src },
        {
          offset: segment.offset,
          sizeBytes: segment.sizeBytes,
          etag: file.properties.etag,
          signal: AbortSignal.timeout(READ_TIMEOUT_MS),
        },
      );
      return mediaSegment(track, index, bytes);
    },
  };
}

function findQuality(
  { presentation }: OpenPresentation,
  url: QualityUrl,
): { stream: Stream; quality: Quality } {
  const name = url.stream.toLowerCase();
  const stream = presentation.streams.find((candidate) => candidate.name.toLowerCase() === name);
  const quality = stream?.qualities.find(({ bitrate }) => bitrate === url.bitrate);
  if (!stream) throw new NotFoundError(`there is no stream '${url.stream}' in '${url.file}'`);
  if (!quality) {
    throw new NotFoundError(`'${stream.name}' has no quality of ${url.bitrate} bits a second`);
  }
  return { stream, quality };
}
