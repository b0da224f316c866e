import { NotFoundError } from "../domain/errors";
import { carriedBy } from "../packaging/delivery-form";
import type { Presentation, Quality, Stream } from "../packaging/presentation";
import type { QualityUrl } from "./media-url";
import type { OpenPresentation } from "./presentation-library";

/** A quality that a URL names, in what its format carries of the asset. */
export interface FoundQuality {
  readonly presentation: Presentation;
  readonly stream: Stream;
  readonly quality: Quality;
}

/**
 * The quality that a URL names.
 *
 * @throws NotFoundError when there is none.
 * @throws InvalidInputError when the format can carry nothing of the asset.
 */
export function findQuality(opened: OpenPresentation, url: QualityUrl): FoundQuality {
  const presentation = carriedBy(opened.presentation, url.format.container);
  const name = url.stream.toLowerCase();
  const stream = presentation.streams.find((candidate) => candidate.name.toLowerCase() === name);
  const quality = stream?.qualities.find(({ bitrate }) => bitrate === url.bitrate);
  if (!stream) throw new NotFoundError(`there is no stream '${url.stream}' in '${url.file}'`);
  if (!quality) {
    throw new NotFoundError(`'${stream.name}' has no quality of ${url.bitrate} bits a second`);
  }
  if (url.keyFrames === true && stream.kind !== "video") {
    throw new NotFoundError(`'${stream.name}' is no video: only video has key frames`);
  }
  return { presentation, stream, quality };
}
