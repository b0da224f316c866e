import { adtsWriter } from "./adts";
import { byteStreamWriter } from "./annex-b";
import type { SampleEntry } from "./sample-entry";

/** How a codec is carried in an MPEG transport stream (ISO/IEC 13818-1, 2.4.4 and 2.6). */
export interface TsCodec {
  readonly streamType: number;
  /** Descriptors that belong to the type. */
  readonly descriptors: Buffer;
  /** What goes out for each sample. */
  readonly writer: (entry: SampleEntry) => (sample: { data: Buffer; sync: boolean }) => Buffer[];
}

const NONE = Buffer.alloc(0);
const video = (streamType: number): TsCodec => ({
  streamType,
  descriptors: NONE,
  writer: byteStreamWriter,
});
/** Frames of Dolby's codecs are whole by themselves (ETSI TS 101 154, annex; ATSC A/52, annex A). */
const dolby = (streamType: number, registration: string): TsCodec => ({
  streamType,
  descriptors: Buffer.concat([Buffer.from([0x05, 4]), Buffer.from(registration, "latin1")]),
  writer: () => (sample) => [sample.data],
});
const aac: TsCodec = {
  streamType: 0x0f,
  descriptors: NONE,
  writer: (entry) => {
    const frame = adtsWriter(entry.codecPrivateData);
    return ({ data }) => frame(data);
  },
};

const CODECS: readonly (readonly [RegExp, TsCodec])[] = [
  [/^avc[13]\./, video(0x1b)],
  [/^h(?:vc|ev)1\./, video(0x24)],
  [/^mp4a\.40\.(?:1|2|3|4|5|29)$/, aac],
  [/^ac-3$/, dolby(0x81, "AC-3")],
  [/^ec-3$/, dolby(0x87, "EAC3")],
];

/** How a track goes into MPEG-TS; undefined when it does not. */
export function tsCodecOf({ codec }: Pick<SampleEntry, "codec">): TsCodec | undefined {
  return CODECS.find(([pattern]) => pattern.test(codec))?.[1];
}
