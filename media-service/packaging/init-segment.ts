import { box, fullBox, uint16, uint32 } from "./box-writer";
import type { TrackHeader } from "./track-header";
import type { TrackIndex } from "./track-index";

/** The matrix that changes nothing (ISO/IEC 14496-12, 8.2.2). */
const UNITY_MATRIX = uint32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
const FULL_VOLUME = 0x0100;
const RATE_ONE = 0x10000;
/** Track is enabled and part of the presentation (8.3.2). */
const TRACK_IN_MOVIE = 3;

/**
 * The initialization segment of a track (CMAF header, ISO/IEC 23000-19, 7.3.1). It has no edit list:
 * segments carry presentation times.
 */
export function initSegment({ header, layout }: TrackIndex): Buffer {
  const defaults =
    layout.form === "fragments" ? layout.defaults : { duration: 0, size: 0, flags: 0 };
  const trex = uint32(header.trackId, 1, defaults.duration, defaults.size, defaults.flags);
  return Buffer.concat([
    box("ftyp", Buffer.from("iso6"), uint32(1), Buffer.from("iso6cmfcdash")),
    box(
      "moov",
      fullBox(
        { type: "mvhd" },
        uint32(0, 0, header.timescale, 0, RATE_ONE),
        uint16(FULL_VOLUME, 0),
        uint32(0, 0),
        UNITY_MATRIX,
        uint32(0, 0, 0, 0, 0, 0, header.trackId + 1),
      ),
      box("trak", trackHeaderBox(header), box("mdia", ...mediaBoxes(header))),
      box("mvex", fullBox({ type: "trex" }, trex)),
    ),
  ]);
}

function trackHeaderBox({ kind, trackId, entry, display }: TrackHeader): Buffer {
  return fullBox(
    { type: "tkhd", flags: TRACK_IN_MOVIE },
    uint32(0, 0, trackId, 0, 0, 0, 0),
    uint16(0, 0, kind === "audio" ? FULL_VOLUME : 0, 0),
    display.bytes ??
      Buffer.concat([UNITY_MATRIX, uint32(entry.width * 0x10000, entry.height * 0x10000)]),
  );
}

function mediaBoxes(header: TrackHeader): Buffer[] {
  const video = header.kind === "video";
  return [
    fullBox({ type: "mdhd" }, uint32(0, 0, header.timescale, 0), packLanguage(header.language)),
    fullBox(
      { type: "hdlr" },
      uint32(0),
      Buffer.from(video ? "vide" : "soun"),
      uint32(0, 0, 0),
      Buffer.from(video ? "VideoHandler\0" : "SoundHandler\0"),
    ),
    box(
      "minf",
      video
        ? fullBox({ type: "vmhd", flags: 1 }, uint32(0, 0))
        : fullBox({ type: "smhd" }, uint32(0)),
      box("dinf", fullBox({ type: "dref" }, uint32(1), fullBox({ type: "url ", flags: 1 }))),
      box(
        "stbl",
        fullBox({ type: "stsd" }, uint32(1), header.entry.bytes),
        fullBox({ type: "stts" }, uint32(0)),
        fullBox({ type: "stsc" }, uint32(0)),
        fullBox({ type: "stsz" }, uint32(0, 0)),
        fullBox({ type: "stco" }, uint32(0)),
      ),
    ),
  ];
}

/** Three letters of five bits each, then 16 zero bits (8.4.2). */
function packLanguage(language: string): Buffer {
  const bits = (index: number): number => language.charCodeAt(index) - 0x60;
  return uint16(bits(0) * 1024 + bits(1) * 32 + bits(2), 0);
}
