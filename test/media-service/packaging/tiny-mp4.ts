import { box, fullBox, uint16, uint32, uint64 } from "../../../media-service/packaging/box-writer";

/** A sample to write. */
export interface TinySample {
  readonly bytes: Buffer;
  readonly duration: number;
  readonly compositionOffset?: number;
  readonly sync?: boolean;
}

/** A track to write. */
export interface TinyTrack {
  readonly kind: "video" | "audio";
  readonly trackId: number;
  readonly timescale: number;
  readonly samples: readonly TinySample[];
  /** Durations in milliseconds; a media time of -1 is a pause. */
  readonly edits?: readonly { durationMs: number; mediaTime: number }[];
  readonly language?: string;
  /** In place of H.264 or AAC. */
  readonly entry?: Buffer;
}

/** How the file is laid out. */
export interface TinyLayout {
  readonly moov?: "front" | "back";
  /** Samples of a track that lie together before the next track's turn. */
  readonly samplesPerChunk?: number;
  readonly wideOffsets?: boolean;
  /** Writes sizes as `stz2` with so many bits. */
  readonly sizeBits?: 4 | 8 | 16;
}

const MOVIE_TIMESCALE = 1000;
/** Profile High, level 3.1; parameter sets of two bytes each. */
const AVC_CONFIG = Buffer.from("0164001fffe10002670101000268ce", "hex");
/** AAC-LC, 48 kHz, stereo. */
const AAC_CONFIG = Buffer.from("1190", "hex");

/** A sample entry for H.264 at 640x360. */
export function avcEntry(): Buffer {
  return box(
    "avc1",
    Buffer.concat([Buffer.alloc(6), uint16(1), Buffer.alloc(16), uint16(640, 360)]),
    Buffer.alloc(50),
    box("avcC", AVC_CONFIG),
  );
}

/** A sample entry for AAC at 48 kHz: stereo, unless the decoder's set-up is another. */
export function aacEntry(decoderConfig = AAC_CONFIG): Buffer {
  const decoder = Buffer.concat([Buffer.from([0x05, decoderConfig.length]), decoderConfig]);
  const config = Buffer.concat([Buffer.from([0x04, 13 + decoder.length, 0x40]), Buffer.alloc(12)]);
  const stream = Buffer.concat([Buffer.alloc(3), config, decoder]);
  return box(
    "mp4a",
    Buffer.concat([Buffer.alloc(6), uint16(1), Buffer.alloc(8), uint16(2, 16, 0, 0)]),
    uint32(48_000 * 0x10000),
    fullBox({ type: "esds" }, Buffer.concat([Buffer.from([0x03, stream.length]), stream])),
  );
}

/** Writes a progressive MP4. */
export function tinyMp4(tracks: readonly TinyTrack[], layout: TinyLayout = {}): Buffer {
  const ftyp = box("ftyp", Buffer.from("isom"), uint32(0));
  const perChunk = layout.samplesPerChunk ?? 5;
  const { payload, chunks } = interleave(tracks, perChunk);
  const movie = (dataStart: number): Buffer =>
    box(
      "moov",
      ...movieBoxes(tracks, (track) =>
        sampleTables(
          track,
          { ...layout, perChunk },
          (chunks.get(track) ?? []).map((offset) => offset + dataStart),
        ),
      ),
    );
  const mdat = box("mdat", payload);
  if (layout.moov === "back") return Buffer.concat([ftyp, mdat, movie(ftyp.length + 8)]);
  const moovBytes = movie(0).length;
  return Buffer.concat([ftyp, movie(ftyp.length + moovBytes + 8), mdat]);
}

function interleave(
  tracks: readonly TinyTrack[],
  perChunk: number,
): { payload: Buffer; chunks: Map<TinyTrack, number[]> } {
  const parts: Buffer[] = [];
  const chunks = new Map<TinyTrack, number[]>(tracks.map((track) => [track, []]));
  let offset = 0;
  const longest = Math.max(...tracks.map(({ samples }) => samples.length));
  for (let first = 0; first < longest; first += perChunk) {
    for (const track of tracks) {
      const turn = track.samples.slice(first, first + perChunk);
      if (turn.length === 0) continue;
      chunks.get(track)?.push(offset);
      for (const { bytes } of turn) {
        parts.push(bytes);
        offset += bytes.length;
      }
    }
  }
  return { payload: Buffer.concat(parts), chunks };
}

/** The boxes of `moov`. */
export function movieBoxes(
  tracks: readonly TinyTrack[],
  tables: (track: TinyTrack) => readonly Buffer[],
): Buffer[] {
  return [
    fullBox({ type: "mvhd" }, uint32(0, 0, MOVIE_TIMESCALE, 0), Buffer.alloc(80)),
    ...tracks.map((track) => trackBox(track, tables(track))),
  ];
}

function trackBox(track: TinyTrack, tables: readonly Buffer[]): Buffer {
  const { edits } = track;
  const [one = 0, two = 0, three = 0] = Buffer.from(track.language ?? "und").map(
    (letter) => letter - 0x60,
  );
  const language = one * 1024 + two * 32 + three;
  const entry = track.entry ?? (track.kind === "video" ? avcEntry() : aacEntry());
  return box(
    "trak",
    fullBox({ type: "tkhd", flags: 3 }, uint32(0, 0, track.trackId), Buffer.alloc(68)),
    ...(edits
      ? [
          box(
            "edts",
            fullBox(
              { type: "elst" },
              uint32(edits.length),
              ...edits.map(({ durationMs, mediaTime }) =>
                uint32(durationMs, mediaTime >>> 0, 0x10000),
              ),
            ),
          ),
        ]
      : []),
    box(
      "mdia",
      fullBox({ type: "mdhd" }, uint32(0, 0, track.timescale, 0), uint16(language, 0)),
      fullBox(
        { type: "hdlr" },
        uint32(0),
        Buffer.from(track.kind === "video" ? "vide" : "soun"),
        Buffer.alloc(13),
      ),
      box("minf", box("stbl", fullBox({ type: "stsd" }, uint32(1), entry), ...tables)),
    ),
  );
}

function sampleTables(
  { samples }: TinyTrack,
  { perChunk, wideOffsets, sizeBits }: TinyLayout & { perChunk: number },
  offsets: readonly number[],
): Buffer[] {
  const sync = samples.flatMap((sample, index) => (sample.sync === false ? [] : [index + 1]));
  const tail = samples.length % perChunk;
  const runs = [
    ...(samples.length >= perChunk ? [uint32(1, perChunk, 1)] : []),
    ...(tail > 0 ? [uint32(offsets.length, tail, 1)] : []),
  ];
  return [
    fullBox(
      { type: "stts" },
      counted(
        samples.length,
        samples.flatMap(({ duration }) => [1, duration]),
      ),
    ),
    ...(samples.some(({ compositionOffset }) => compositionOffset !== undefined)
      ? [
          fullBox(
            { type: "ctts", version: 1 },
            counted(
              samples.length,
              samples.flatMap(({ compositionOffset = 0 }) => [1, compositionOffset >>> 0]),
            ),
          ),
        ]
      : []),
    ...(sync.length < samples.length
      ? [fullBox({ type: "stss" }, counted(sync.length, sync))]
      : []),
    fullBox({ type: "stsc" }, uint32(runs.length), ...runs),
    sizesBox(
      samples.map(({ bytes }) => bytes.length),
      sizeBits,
    ),
    wideOffsets === true
      ? fullBox({ type: "co64" }, uint32(offsets.length), Buffer.concat(offsets.map(uint64)))
      : fullBox({ type: "stco" }, counted(offsets.length, offsets)),
  ];
}

/** A count and a list that may be too long to be arguments. */
function counted(count: number, values: readonly number[]): Buffer {
  const list = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => list.writeUInt32BE(value, index * 4));
  return Buffer.concat([uint32(count), list]);
}

function sizesBox(sizes: readonly number[], bits?: 4 | 8 | 16): Buffer {
  if (bits === undefined) return fullBox({ type: "stsz" }, uint32(0), counted(sizes.length, sizes));
  const digits = sizes.map((size) => size.toString(16).padStart(bits / 4, "0")).join("");
  const list = Buffer.from(digits.length % 2 === 0 ? digits : `${digits}0`, "hex");
  return fullBox({ type: "stz2" }, uint32(bits, sizes.length), list);
}

/** Video in groups of pictures whose frames come in the order I P B B, all of 1/25 s at 12800 a second. */
export function tinyVideo(frames: number, framesPerGroup = 52): TinyTrack {
  const compositionOffsets = [1024, 2048, 512, 512];
  return {
    kind: "video",
    trackId: 1,
    timescale: 12_800,
    edits: [{ durationMs: frames * 40, mediaTime: 1024 }],
    samples: Array.from({ length: frames }, (_, frame) => ({
      bytes: Buffer.alloc(40 + ((frame * 37) % 60), frame % 251),
      duration: 512,
      compositionOffset: compositionOffsets[(frame % framesPerGroup) % 4] ?? 512,
      sync: frame % framesPerGroup === 0,
    })),
  };
}

/** AAC at 48 kHz with one frame of priming, taken off by the edit list. */
export function tinyAudio(frames: number): TinyTrack {
  return {
    kind: "audio",
    trackId: 2,
    timescale: 48_000,
    edits: [{ durationMs: 0, mediaTime: 1024 }],
    samples: Array.from({ length: frames }, (_, frame) => ({
      bytes: Buffer.alloc(10 + (frame % 7), (frame + 100) % 251),
      duration: 1024,
    })),
  };
}

/** The same track without an edit list. */
export function withoutEdits({ kind, trackId, timescale, samples }: TinyTrack): TinyTrack {
  return { kind, trackId, timescale, samples };
}
