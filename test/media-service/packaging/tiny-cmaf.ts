import { box, fullBox, uint16, uint32, uint64 } from "../../../media-service/packaging/box-writer";
import { movieBoxes, type TinySample, type TinyTrack } from "./tiny-mp4";

/** How a fragmented file is written. */
export interface TinyCmafOptions {
  readonly samplesPerFragment: number;
  /** Taken from what `sidx` tells, but not from the fragments: what FFmpeg does with AAC's priming. */
  readonly indexShift?: number;
  /** Fragments that one reference of `sidx` covers. */
  readonly fragmentsPerReference?: number;
  /** Whether references say that they begin decodable; by default they all do. */
  readonly startsWithSap?: (reference: number) => boolean;
  readonly withoutIndex?: boolean;
}

/** Writes a track as a CMAF file with a global `sidx`. */
export function tinyCmaf(track: TinyTrack, options: TinyCmafOptions): Buffer {
  const fragments = fragmentsOf(track, options.samplesPerFragment);
  const head = Buffer.concat([
    box("ftyp", Buffer.from("iso6"), uint32(0), Buffer.from("cmfc")),
    box(
      "moov",
      ...movieBoxes([track], () => [
        fullBox({ type: "stts" }, uint32(0)),
        fullBox({ type: "stsc" }, uint32(0)),
        fullBox({ type: "stsz" }, uint32(0, 0)),
        fullBox({ type: "stco" }, uint32(0)),
      ]),
      box("mvex", fullBox({ type: "trex" }, uint32(track.trackId, 1, 0, 0, 0))),
    ),
  ]);
  const index = options.withoutIndex === true ? [] : [segmentIndex(track, fragments, options)];
  return Buffer.concat([head, ...index, ...fragments.map(({ bytes }) => bytes)]);
}

interface Fragment {
  readonly bytes: Buffer;
  readonly samples: readonly TinySample[];
}

function fragmentsOf(track: TinyTrack, samplesPerFragment: number): Fragment[] {
  const fragments: Fragment[] = [];
  let decodeTime = 0;
  for (let first = 0; first < track.samples.length; first += samplesPerFragment) {
    const samples = track.samples.slice(first, first + samplesPerFragment);
    fragments.push({ samples, bytes: fragment(track, samples, decodeTime) });
    decodeTime += samples.reduce((sum, { duration }) => sum + duration, 0);
  }
  return fragments;
}

function fragment(track: TinyTrack, samples: readonly TinySample[], decodeTime: number): Buffer {
  const moof = (dataOffset: number): Buffer =>
    box(
      "moof",
      fullBox({ type: "mfhd" }, uint32(1)),
      box(
        "traf",
        fullBox({ type: "tfhd", flags: 0x20000 }, uint32(track.trackId)),
        fullBox({ type: "tfdt", version: 1 }, uint64(decodeTime)),
        fullBox(
          { type: "trun", version: 1, flags: 0xf01 },
          uint32(samples.length, dataOffset),
          ...samples.map(({ bytes, duration, sync, compositionOffset = 0 }) =>
            uint32(
              duration,
              bytes.length,
              sync === false ? 0x1010000 : 0x2000000,
              compositionOffset >>> 0,
            ),
          ),
        ),
      ),
    );
  const dataOffset = moof(0).length + 8;
  return Buffer.concat([moof(dataOffset), box("mdat", ...samples.map(({ bytes }) => bytes))]);
}

function segmentIndex(
  track: TinyTrack,
  fragments: readonly Fragment[],
  options: TinyCmafOptions,
): Buffer {
  const each = options.fragmentsPerReference ?? 1;
  const references: Buffer[] = [];
  // What would begin before time 0 is cut off, as in FFmpeg's movenc.c.
  let cutOff = options.indexShift ?? 0;
  for (let first = 0; first < fragments.length; first += each) {
    const group = fragments.slice(first, first + each);
    const bytes = group.reduce((sum, one) => sum + one.bytes.length, 0);
    const duration = group
      .flatMap(({ samples }) => samples)
      .reduce((sum, sample) => sum + sample.duration, 0);
    const sap = options.startsWithSap?.(references.length) ?? true;
    references.push(uint32(bytes, duration - cutOff, sap ? 0x90000000 : 0));
    cutOff = 0;
  }
  const firstTime = track.samples[0]?.compositionOffset ?? 0;
  return fullBox(
    { type: "sidx", version: 1 },
    uint32(track.trackId, track.timescale),
    uint64(Math.max(0, firstTime - (options.indexShift ?? 0))),
    uint64(0),
    uint16(0, references.length),
    ...references,
  );
}
