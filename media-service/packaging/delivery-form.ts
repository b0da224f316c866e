import { InvalidInputError } from "../domain/errors";
import type { Presentation, Stream } from "./presentation";
import { smoothFourCc } from "./smooth-codecs";
import type { TrackHeader } from "./track-header";
import { tsCodecOf } from "./ts-codecs";

/** How segments are wrapped. */
export type SegmentContainer = "cmaf" | "mpeg-ts" | "smooth";

/** What packaging has to know of a streaming format. */
export interface DeliveryForm {
  /** As URLs spell it; empty for what a URL without a format asks for. */
  readonly name: string;
  readonly container: SegmentContainer;
  /** Whether pictures and sound come in segments of their own, or in one. */
  readonly sound: "apart" | "muxed";
}

const CARRIES: Readonly<Record<SegmentContainer, (stream: Stream) => boolean>> = {
  cmaf: () => true,
  "mpeg-ts": ({ qualities }) => qualities.every(({ track }) => tsCodecOf(track.header.entry)),
  smooth: ({ qualities }) => qualities.every(({ track }) => smoothFourCc(track.header.entry)),
};

/** Size of a track's picture as players of a container show it: only in CMAF is it turned. */
export function pictureSize(
  { entry: { width, height }, display }: TrackHeader,
  container: SegmentContainer,
): { width: number; height: number } {
  const lies = display.isOnItsSide && container !== "cmaf";
  return lies ? { width: height, height: width } : { width, height };
}

/**
 * What of an asset can be had in a container. Where there are pictures, they have to be among it.
 *
 * @throws InvalidInputError when nothing can.
 */
export function carriedBy(presentation: Presentation, container: SegmentContainer): Presentation {
  const streams = presentation.streams.filter((stream) => CARRIES[container](stream));
  const [wanted] = presentation.streams;
  if (!streams.some(({ kind }) => kind === wanted?.kind)) {
    const codec = wanted?.qualities[0].track.header.entry.codec ?? "";
    throw new InvalidInputError(
      `'${codec}' has no form in this format: ask for format=m3u8-cmaf (HLS) or format=mpd-time-cmaf (DASH)`,
    );
  }
  return { ...presentation, streams };
}
