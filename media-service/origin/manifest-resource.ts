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
/** How a protocol names several ways; Smooth Streaming knows of none. */
const STEER: Readonly<
  Record<StreamingFormat["protocol"], (manifest: string, pathways: VideoPathways) => string>
> = { hls: withHlsPathways, dash: withDashPathways, smooth: (manifest) => manifest };

/** The manifest of an asset in a format, naming the ways to it where there are several. */
export function manifestOf(
  opened: OpenPresentation,
  url: ManifestUrl,
  pathways: VideoPathways | undefined,
): Resource {
  const { format } = url;
  const presentation = carriedBy(opened.presentation, format.container);
  const options = audioTrackOf(presentation, url);
  const { audioTrack = "" } = options;
  const ways = pathways ? [JSON.stringify(pathways)] : [];
  return textOf(opened, { format, what: ["manifest", audioTrack, ...ways] }, () => {
    const plain = render(presentation, format, options);
    return pathways ? STEER[format.protocol](plain, pathways) : plain;
  });
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
