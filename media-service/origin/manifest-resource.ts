import { NotFoundError } from "../domain/errors";
import { renderClientManifest } from "../packaging/client-manifest";
import { renderDashManifest } from "../packaging/dash-manifest";
import { withDashPathways } from "../packaging/dash-steering";
import { carriedBy } from "../packaging/delivery-form";
import type { UrlOptions } from "../packaging/fragment-url";
import { renderHlsMaster, renderHlsMedia } from "../packaging/hls-playlists";
import { withHlsPathways } from "../packaging/hls-steering";
import type { VideoPathways } from "../packaging/pathway";
import type { Presentation } from "../packaging/presentation";
import { BRIEFLY } from "./cache-control";
import { entityTag } from "./content-tag";
import { audioTrackOf, findQuality } from "./find-quality";
import type { MediaUrl } from "./media-url";
import type { OpenPresentation } from "./presentation-library";
import type { Resource } from "./send-resource";
import type { StreamingFormat } from "./streaming-format";

type ManifestUrl = MediaUrl & { kind: "manifest" };

const CONTENT_TYPES: Readonly<Record<StreamingFormat["protocol"], string>> = {
  hls: "application/vnd.apple.mpegurl",
  dash: "application/dash+xml",
  smooth: "application/vnd.ms-sstr+xml",
};

/** The manifest of an asset in a format, with the other ways to the video where there are some. */
export function manifestOf(
  opened: OpenPresentation,
  url: ManifestUrl,
  pathways: VideoPathways | undefined,
): Resource {
  const { format } = url;
  const presentation = carriedBy(opened.presentation, format.container);
  const options = audioTrackOf(presentation, url);
  const { audioTrack = "" } = options;
  const what = ["manifest", audioTrack, ...(pathways ? [JSON.stringify(pathways)] : [])];
  return textOf(opened, { format, what }, () =>
    steered(render(presentation, format, options), format, pathways),
  );
}

/** Smooth Streaming knows no other ways. */
function steered(
  manifest: string,
  { protocol }: StreamingFormat,
  pathways: VideoPathways | undefined,
): string {
  if (!pathways || protocol === "smooth") return manifest;
  return (protocol === "hls" ? withHlsPathways : withDashPathways)(manifest, pathways);
}

function render(
  presentation: Presentation,
  format: StreamingFormat,
  options: Pick<UrlOptions, "audioTrack">,
): string {
  switch (format.protocol) {
    case "hls":
      return renderHlsMaster(presentation, format, options);
    case "dash":
      return renderDashManifest(presentation, format);
    case "smooth":
      return renderClientManifest(presentation, format.name);
  }
}

/**
 * The media playlist of a quality.
 *
 * @throws NotFoundError when the format has none.
 */
export function playlistOf(
  opened: OpenPresentation,
  url: MediaUrl & { kind: "playlist" },
): Resource {
  const { format } = url;
  const { presentation, stream, quality, options } = findQuality(opened, url);
  if (format.protocol !== "hls") {
    throw new NotFoundError(`${format.title} has one manifest for all qualities`);
  }
  const { keyFrames = false, audioTrack = "" } = options;
  const what = [stream.name, quality.bitrate, keyFrames ? "key" : "all", audioTrack];
  return textOf(opened, { format, what }, () =>
    renderHlsMedia({ presentation, form: format, options }, stream, quality),
  );
}

function textOf(
  { tag }: OpenPresentation,
  { format, what }: { format: StreamingFormat; what: readonly (string | number)[] },
  render: () => string,
): Resource {
  const key = [format.name, ...what].join("/");
  const body = (): Promise<Buffer> => Promise.resolve(Buffer.from(render()));
  const contentType = CONTENT_TYPES[format.protocol];
  return { etag: entityTag(tag, "text", key), contentType, cacheControl: BRIEFLY, body };
}
