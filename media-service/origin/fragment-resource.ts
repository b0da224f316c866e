import { NotFoundError } from "../domain/errors";
import type { SegmentContainer } from "../packaging/delivery-form";
import { initSegment } from "../packaging/init-segment";
import type { Quality } from "../packaging/presentation";
import { type SegmentRecipe, segmentRecipe } from "../packaging/segment-recipe";
import type { ArrivingBody } from "./growing-body";
import { KEEP } from "./cache-control";
import { contentTag, entityTag } from "./content-tag";
import { findQuality } from "./find-quality";
import type { MediaUrl } from "./media-url";
import type { OpenPresentation } from "./presentation-library";
import { type AssetFiles, readParts, requireFile, streamPart } from "./read-parts";
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
  const tag = contentTag(...sources.map((src) => requireFile(opened.files, src).properties));
  return {
    contentType,
    cacheControl: KEEP,
    etag: entityTag(tag, "segment", ...recipe.identity),
    body() {
      return bodyOf(recipe, { ...store, files: opened.files });
    },
  };
}

/** A segment as it is read where it can be passed on so, else when all of it is there. */
function bodyOf(recipe: SegmentRecipe, files: AssetFiles): ArrivingBody | Promise<Buffer> {
  const straight = recipe.straight();
  if (!straight) return readParts(files, recipe.parts).then((bytes) => recipe.build(bytes));
  const { head, part } = straight;
  return {
    sizeBytes: head.length + part.sizeBytes,
    read(take) {
      if (head.length > 0) take(head);
      return streamPart(files, part, take);
    },
  };
}

function headOf(
  opened: OpenPresentation,
  { src, track }: Quality,
): Pick<Resource, "etag" | "body"> {
  const tag = contentTag(requireFile(opened.files, src).properties);
  return {
    etag: entityTag(tag, "init", track.header.trackId),
    body: () => Promise.resolve(initSegment(track)),
  };
}

function contentTypeOf(container: SegmentContainer, kind: "video" | "audio"): string {
  return container === "mpeg-ts" ? TS_CONTENT_TYPE : `${kind}/mp4`;
}
