import { CorruptError } from "../domain/errors";
import { aacChannels, ac3Channels, eac3Channels } from "./audio-channels";
import { type Box, boxesIn, findBox } from "./box-reader";
import {
  av1CodecString,
  avcCodecString,
  hevcCodecString,
  mp4aCodecString,
  readElementaryStream,
  vp9CodecString,
} from "./codec-string";
import type { TrackKind } from "./server-manifest";

/** How the samples of a track are coded. */
export interface SampleEntry {
  /** The whole box, as init segments repeat it. */
  readonly bytes: Buffer;
  /** For `codecs` parameters (RFC 6381). */
  readonly codec: string;
  /** Decoder set-up: parameter sets after start codes for video, for AAC its AudioSpecificConfig. */
  readonly codecPrivateData: Buffer;
  /** As shown, in square pixels; 0 for sound. */
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly sampleRate: number;
}

/** Bytes of a sample entry before its own boxes (ISO/IEC 14496-12, 12.1.3 and 12.2.3). */
const ENTRY_HEAD_BYTES = { video: 86, audio: 36 };
const START_CODE = Buffer.from([0, 0, 0, 1]);
const NO_BYTES = Buffer.alloc(0);
/** Codecs whose `codecs` parameter is a fixed word. */
const PLAIN_AUDIO: Readonly<Record<string, string>> = {
  "ac-3": "ac-3",
  "ec-3": "ec-3",
  Opus: "opus",
  fLaC: "flac",
};

/**
 * Reads the only entry of an `stsd` box.
 *
 * @throws CorruptError when there are several, or one that can't be packaged.
 */
export function readSampleEntry(bytes: Buffer, stsd: Box, kind: TrackKind): SampleEntry {
  const entries = [...boxesIn(bytes, { payload: stsd.payload + 8, end: stsd.end })];
  const [entry] = entries;
  if (!entry || entries.length > 1) {
    throw new CorruptError(
      `a track has ${entries.length} sample descriptions; it can be packaged only with one`,
    );
  }
  const copy = Buffer.from(bytes.subarray(entry.start, entry.end));
  return kind === "video" ? readVideoEntry(entry.type, copy) : readAudioEntry(entry.type, copy);
}

function readVideoEntry(type: string, bytes: Buffer): SampleEntry {
  return {
    bytes,
    ...videoCodec(type, bytes),
    width: bytes.readUInt16BE(32),
    height: bytes.readUInt16BE(34),
    channels: 0,
    sampleRate: 0,
  };
}

/** A kind of video: its sample entries, the box that sets decoders up, and what that box tells. */
interface VideoCodec {
  readonly entries: readonly string[];
  readonly config: string;
  readonly read: (
    entryType: string,
    config: Buffer,
  ) => Pick<SampleEntry, "codec" | "codecPrivateData">;
}

const VIDEO_CODECS: readonly VideoCodec[] = [
  {
    entries: ["avc1", "avc3"],
    config: "avcC",
    read: (type, avcC) => ({
      codec: avcCodecString(type, avcC),
      codecPrivateData: avcParameterSets(avcC),
    }),
  },
  {
    entries: ["hvc1", "hev1"],
    config: "hvcC",
    read: (type, hvcC) => ({
      codec: hevcCodecString(type, hvcC),
      codecPrivateData: hevcParameterSets(hvcC),
    }),
  },
  {
    entries: ["av01"],
    config: "av1C",
    read: (_, av1C) => ({ codec: av1CodecString(av1C), codecPrivateData: av1C.subarray(4) }),
  },
  {
    entries: ["vp09"],
    config: "vpcC",
    read: (_, vpcC) => ({ codec: vp9CodecString(vpcC), codecPrivateData: NO_BYTES }),
  },
];

function videoCodec(type: string, bytes: Buffer): Pick<SampleEntry, "codec" | "codecPrivateData"> {
  const codec = VIDEO_CODECS.find(({ entries }) => entries.includes(type));
  const config = codec && configOf(bytes, "video", codec.config);
  if (!config) throw unsupported(type);
  return codec.read(type, config);
}

/** Sequence and picture parameter sets of `avcC` (ISO/IEC 14496-15, 5.3.3.1), each after a start code. */
function avcParameterSets(avcC: Buffer): Buffer {
  const parts: Buffer[] = [];
  let offset = 5;
  for (const countMask of [0x1f, 0xff]) {
    let count = avcC.readUInt8(offset++) & countMask;
    for (; count > 0; count--) {
      const length = avcC.readUInt16BE(offset);
      parts.push(START_CODE, avcC.subarray(offset + 2, offset + 2 + length));
      offset += 2 + length;
    }
  }
  return Buffer.concat(parts);
}

/** Parameter sets of `hvcC` (ISO/IEC 14496-15, 8.3.3.1), each after a start code. */
function hevcParameterSets(hvcC: Buffer): Buffer {
  const parts: Buffer[] = [];
  let offset = 23;
  for (let lists = hvcC.readUInt8(22); lists > 0; lists--) {
    let count = hvcC.readUInt16BE(offset + 1);
    offset += 3;
    for (; count > 0; count--) {
      const length = hvcC.readUInt16BE(offset);
      parts.push(START_CODE, hvcC.subarray(offset + 2, offset + 2 + length));
      offset += 2 + length;
    }
  }
  return Buffer.concat(parts);
}

function readAudioEntry(type: string, bytes: Buffer): SampleEntry {
  const common = {
    bytes,
    width: 0,
    height: 0,
    channels: bytes.readUInt16BE(24),
    sampleRate: bytes.readUInt32BE(32) >>> 16,
  };
  const esds = type === "mp4a" ? configOf(bytes, "audio", "esds") : undefined;
  if (esds) {
    const stream = readElementaryStream(esds.subarray(4));
    return {
      ...common,
      codec: mp4aCodecString(stream),
      codecPrivateData: stream.decoderConfig,
      channels: aacChannels(stream.decoderConfig) || common.channels,
    };
  }
  const codec = PLAIN_AUDIO[type];
  if (codec === undefined) throw unsupported(type);
  const channels = dolbyChannels(bytes) ?? common.channels;
  return { ...common, codec, codecPrivateData: NO_BYTES, channels };
}

/** Sample entries of Dolby's codecs always say two channels; what counts is in their own boxes. */
function dolbyChannels(entry: Buffer): number | undefined {
  const dac3 = configOf(entry, "audio", "dac3");
  if (dac3 && dac3.length >= 3) return ac3Channels(dac3);
  const dec3 = configOf(entry, "audio", "dec3");
  return dec3 && dec3.length >= 5 ? eac3Channels(dec3) : undefined;
}

function configOf(entry: Buffer, kind: TrackKind, type: string): Buffer | undefined {
  const config = findBox(entry, { payload: ENTRY_HEAD_BYTES[kind], end: entry.length }, type);
  return config && entry.subarray(config.payload, config.end);
}

function unsupported(type: string): CorruptError {
  const why = /^enc[va]$/.test(type) ? "is protected" : "can't be packaged";
  return new CorruptError(`a track is coded as '${type}', which ${why}`);
}
