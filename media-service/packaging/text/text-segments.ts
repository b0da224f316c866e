import type { DeliveryForm } from "../delivery-form";
import { TICKS_PER_SECOND } from "../time";
import type { TextStream } from "./text-stream";

/** Text is small: one request for half a minute. */
const SEGMENT_TICKS = 30 * TICKS_PER_SECOND;

/** When segments of text begin and how long they last, in 100 ns; the last one ends with the asset. */
export function textSegments(durationTicks: number): { time: number; duration: number }[] {
  const count = Math.max(1, Math.ceil(durationTicks / SEGMENT_TICKS));
  return Array.from({ length: count }, (_, index) => {
    const time = index * SEGMENT_TICKS;
    return { time, duration: Math.min(SEGMENT_TICKS, Math.max(1, durationTicks - time)) };
  });
}

/** Last part of a text segment's URL; the time `i` stands for the whole text in one file. */
export function segmentName(
  { name }: Pick<TextStream, "name">,
  time: number | "i",
  { name: format }: Pick<DeliveryForm, "name">,
): string {
  return `Fragments(${name}=${time},format=${format}).vtt`;
}
