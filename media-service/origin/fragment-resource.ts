import { NotFoundError } from "../domain/errors";
import type { SegmentContainer } from "../packaging/delivery-form";
import { initSegment } from "../packaging/init-segment";
import type { Quality } from "../packaging/presentation";
import { segmentRecipe } from "../packaging/segment-recipe";
import { KEEP } from "./cache-control";
import { contentTag, entityTag } from "./content-tag";
import { findQuality } from "./find-quality";
import type { MediaUrl } from "./media-url";
import type { OpenFile, OpenPresentation } from "./presentation-library";
import { type AssetFiles, readParts } from "./read-parts";
import type { Resource } from "./send-resource";

const TS_CONTENT_TYPE = "video/mp2t";

/**
 * A segment, or the head that a player needs before a quality's segments.
 *
 * @throws NotFoundError when there is none of that name.
 */
export function fragmentOf(
  store: Omit<AssetFiles, "files">,
  opened: OpenPresentation,
  url: MediaUrl & { kind: "fragment" },
): Resource {
  const { format, time } = url;
  const { presentation, stream, quality, options } = findQuality(opened, url);
  const contentType = contentTypeOf(format.container, stream.kind);
  if (time === "init") {
    if (format.container !== "cmaf") {
      throw new NotFoundError(`${format.title} has no initialization segments`);
    }
    return { contentType, cacheControl: KEEP, ...headOf(opened, quality) };
  }
  const recipe = segmentRecipe(presentation, { form: format, stream, quality, time, ...options });
  if (!recipe) throw new NotFoundError(`no segment of '${stream.name}' begins at ${time}`);
  const sources = [...new Set(recipe.parts.map(({ src }) => src))];
  const tag = contentTag(...sources.map((src) => requireFile(opened, src).properties));
  return {
    contentType,
    cacheControl: KEEP,
    etag: entityTag(tag, "segment", ...recipe.identity),
    body: async () =>
      recipe.build(await readParts({ ...store, files: opened.files }, recipe.parts)),
  };
}

function headOf(
  opened: OpenPresentation,
  { src, track }: Quality,
): Pick<Resource, "etag" | "body"> {
  const tag = contentTag(requireFile(opened, src).properties);
  return {
    etag: entityTag(tag, "init", track.header.trackId),
    body: () => Promise.resolve(initSegment(track)),
  };
}

function contentTypeOf(container: SegmentContainer, kind: "video" | "audio"): string {
  return container === "mpeg-ts" ? TS_CONTENT_TYPE : `${kind}/mp4`;
}

function requireFile({ files }: OpenPresentation, src: string): OpenFile {
  const file = files.get(src);
  if (!file) throw new RangeError(`'${src}' was not opened`);
  return file;
}
