import { NotFoundError } from "../domain/errors";
import { carriedBy } from "../packaging/delivery-form";
import type { Presentation, Quality, Stream } from "../packaging/presentation";
import type { UrlOptions } from "../packaging/fragment-url";
import type { QualityUrl } from "./media-url";
import type { OpenPresentation } from "./presentation-library";
import type { StreamingFormat } from "./streaming-format";

/** A quality that a URL names, in what its format carries of the asset. */
export interface FoundQuality {
  readonly presentation: Presentation;
  readonly stream: Stream;
  readonly quality: Quality;
  readonly options: UrlOptions;
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
  if (url.keyFrames === true) requireKeyFrames(stream, url.format);
  const options = {
    ...audioTrackOf(presentation, url),
    ...(url.keyFrames === true ? { keyFrames: true } : {}),
  };
  return { presentation, stream, quality, options };
}

/**
 * The sound that a URL wants with the pictures, by the name that the asset has for it; nothing where it
 * makes no difference. What is made for a URL is kept, so URLs may not say just anything.
 *
 * @throws NotFoundError when there is no such sound.
 */
export function audioTrackOf(
  { streams }: Presentation,
  { format, audioTrack }: { format: StreamingFormat; audioTrack?: string },
): Pick<UrlOptions, "audioTrack"> {
  if (audioTrack === undefined || format.sound !== "muxed") return {};
  const sound = streams.find(
    ({ kind, name }) => kind === "audio" && name.toLowerCase() === audioTrack.toLowerCase(),
  );
  if (!sound) throw new NotFoundError(`there is no sound '${audioTrack}'`);
  return { audioTrack: sound.name };
}

function requireKeyFrames({ kind, name }: Stream, { title, protocol }: StreamingFormat): void {
  if (kind !== "video") {
    throw new NotFoundError(`'${name}' is no video: only video has key frames`);
  }
  if (protocol === "smooth") throw new NotFoundError(`${title} has no key frames to wind by`);
}
