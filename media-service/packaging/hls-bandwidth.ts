import type { DeliveryForm } from "./delivery-form";
import type { Quality } from "./presentation";
import { TICKS_PER_SECOND } from "./time";

/** What `moof` and `mdat` headers add to the media, at most, for 50 frames a second at low rates. */
const CMAF_OVERHEAD = 1.02;
/** Every 184 bytes need four more. */
const TS_OVERHEAD = 188 / 184;
/**
 * What a PES packet adds at most: its head (19), delimiter and parameter sets (about 60), the clock (8),
 * and what is left empty of its last packet.
 */
const TS_UNIT_BYTES = { peak: 19 + 60 + 8 + 184, average: 19 + 7 + 8 + 92 };
/** Sound goes in packets of about an eighth of a second, each frame with 7 bytes of its own. */
const SOUND_UNITS_PER_SECOND = 8;
const SOUND_FRAME_BYTES_PER_SECOND = 7 * 94;
/** Tables, and up to 15 more packets that keep a stream's counters going. */
const TS_SEGMENT_BYTES = 17 * 188;

/** What a variant needs with its sound, in bits a second (RFC 8216, 4.3.4.2). */
export function hlsBandwidth(
  quality: Quality,
  sound: readonly Quality[],
  form: DeliveryForm,
): { peak: number; average: number } {
  // Of sound in segments of its own only one is played at a time.
  const rate = (which: "peak" | "average"): number =>
    delivered(quality, form, which) +
    Math.max(0, ...sound.map((one) => delivered(one, form, which)));
  const average = rate("average");
  return { peak: Math.max(rate("peak"), average), average };
}

function delivered(
  { bitrate, peakBitrate, track }: Quality,
  { container }: DeliveryForm,
  which: "peak" | "average",
): number {
  const media = which === "peak" ? Math.max(peakBitrate, bitrate) : bitrate;
  if (container !== "mpeg-ts") return Math.ceil(media * CMAF_OVERHEAD);
  const video = track.header.kind === "video";
  const units = video ? Math.ceil(track.frameRate) : SOUND_UNITS_PER_SECOND;
  const shortest = Math.min(...track.segments.map(({ duration }) => duration)) / TICKS_PER_SECOND;
  const bytes =
    units * TS_UNIT_BYTES[which] +
    (video ? 0 : SOUND_FRAME_BYTES_PER_SECOND) +
    TS_SEGMENT_BYTES / Math.max(1, shortest);
  return Math.ceil((media + bytes * 8) * TS_OVERHEAD);
}
