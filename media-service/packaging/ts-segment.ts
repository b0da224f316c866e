import { CorruptError } from "../domain/errors";
import { decodeLead, type TimedSample } from "./timed-samples";
import { type TsCodec, tsCodecOf } from "./ts-codecs";
import type { AccessUnit } from "./ts-packets";
import { writePackets } from "./ts-packets";
import { tablePackets } from "./ts-tables";
import type { TrackHeader } from "./track-header";
import type { TrackIndex } from "./track-index";

/** A track's part of a segment. */
export interface TsTrack {
  readonly track: TrackIndex;
  readonly samples: readonly TimedSample[];
}

/** What a segment is made of. */
export interface TsSegmentInput {
  /** Video first; at most one of each kind. */
  readonly tracks: readonly TsTrack[];
  /** Number of the segment in its playlist. */
  readonly ordinal: number;
}

/** Ticks a second of all times in MPEG-TS. */
const CLOCK = 90_000;
/**
 * What every time in a segment is later than the presentation's, in 90 kHz: 10 s. Decode times lie before
 * presentation times, and there is nothing before 0. Subtitles count from here too (RFC 8216, 3.5).
 */
export const TS_START_TIME = 10 * CLOCK;
const PIDS = { video: 0x100, audio: 0x101 };
const STREAM_IDS = { video: 0xe0, audio: 0xc0 };
/** Frames of sound in a PES packet: about an eighth of a second, for little overhead. */
const FRAMES_PER_PACKET = 6;
const LANGUAGE_DESCRIPTOR = 0x0a;

/**
 * A segment as an MPEG transport stream (RFC 8216, 3.2), that follows the segment before it in the
 * playlist without a break in any counter or clock.
 *
 * @throws CorruptError when a track's codec has no place in MPEG-TS.
 */
export function tsSegment({ tracks, ordinal }: TsSegmentInput): Buffer {
  const streams = tracks.map((input) => {
    const { kind } = input.track.header;
    const codec = requireCodec(input.track.header);
    return {
      pid: PIDS[kind],
      streamId: STREAM_IDS[kind],
      streamType: codec.streamType,
      descriptors: Buffer.concat([codec.descriptors, languageOf(input.track.header)]),
      units: kind === "video" ? pictures(input, codec) : sounds(input, codec),
    };
  });
  const clockPid = streams[0]?.pid ?? PIDS.video;
  return Buffer.concat([tablePackets(streams, clockPid, ordinal), writePackets(streams, clockPid)]);
}

function requireCodec({ entry }: TrackHeader): TsCodec {
  const codec = tsCodecOf(entry);
  if (!codec) throw new CorruptError(`'${entry.codec}' has no place in MPEG-TS`);
  return codec;
}

/** The language of sound (ISO/IEC 13818-1, 2.6.18). */
function languageOf({ kind, language }: TrackHeader): Buffer {
  if (kind !== "audio" || !/^[a-z]{3}$/.test(language) || language === "und")
    return Buffer.alloc(0);
  return Buffer.from([LANGUAGE_DESCRIPTOR, 4, ...Buffer.from(language, "latin1"), 0]);
}

function pictures({ track, samples }: TsTrack, codec: TsCodec): AccessUnit[] {
  const { timescale, entry } = track.header;
  const write = codec.writer(entry);
  const lead = decodeLead(track);
  const units: AccessUnit[] = [];
  let latest = Number.POSITIVE_INFINITY;
  // From the end, for a picture is decoded before the one after it and never after it is shown.
  for (const sample of samples.filter(isFilled).reverse()) {
    const pts = toClock(sample.presentationTime, timescale);
    const wanted = Math.min(toClock(sample.decodeTime - lead, timescale), pts, latest);
    const dts = Math.max(0, wanted);
    latest = dts - 1;
    units.push({ pts, dts, randomAccess: sample.sync, parts: write(sample) });
  }
  return units.reverse();
}

function sounds({ track, samples }: TsTrack, codec: TsCodec): AccessUnit[] {
  const { timescale, entry } = track.header;
  const write = codec.writer(entry);
  const filled = samples.filter(isFilled);
  const units: AccessUnit[] = [];
  for (let first = 0; first < filled.length; first += FRAMES_PER_PACKET) {
    const frames = filled.slice(first, first + FRAMES_PER_PACKET);
    const time = toClock(frames[0]?.presentationTime ?? 0, timescale);
    units.push({ pts: time, dts: time, randomAccess: true, parts: frames.flatMap(write) });
  }
  return units;
}

/** Samples without bytes only pass time. */
function isFilled({ data }: TimedSample): boolean {
  return data.length > 0;
}

function toClock(time: number, timescale: number): number {
  return TS_START_TIME + Math.round((time / timescale) * CLOCK);
}
