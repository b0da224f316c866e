import type { EncodeFileResult } from "./encode-file";
import type { EncodedFile, EncodedTrack } from "./encoded-file";
import {
  aspectRatio,
  durationText,
  type Element,
  kilobits,
  metadataDocument,
  tracksElement,
} from "./metadata-xml";

const NAMESPACE =
  "http://schemas.microsoft.com/windowsazure/mediaservices/2013/05/mediaencoder/metadata";
/** H.264 profiles by `profile_idc` (ISO/IEC 14496-10, Annex A). */
const AVC_PROFILES: Readonly<Record<number, string>> = { 66: "Baseline", 77: "Main", 100: "High" };
/** Of decoded sound. */
const BITS_PER_SAMPLE = 16;

/**
 * The text of `_manifest.xml`: the media files of an asset and what they were made of (Media Services v2,
 * "Output metadata").
 *
 * @see https://learn.microsoft.com/azure/media-services/previous/media-services-output-metadata-schema
 */
export function outputMetadata({ files, plan }: EncodeFileResult, sourceName: string): string {
  const { num = 0, den = 1 } = plan.picture?.frameRate ?? {};
  return metadataDocument(
    NAMESPACE,
    files.map((file) => fileElement(file, { sourceName, targetRate: num / den })),
  );
}

function fileElement(
  { file, sizeBytes, tracks }: EncodedFile,
  { sourceName, targetRate }: { sourceName: string; targetRate: number },
): Element {
  const ofKind = (kind: EncodedTrack["kind"]): EncodedTrack[] =>
    tracks.filter((track) => track.kind === kind);
  const video = ofKind("video").map((track, id) => videoElement(track, { id, targetRate }));
  const audio = ofKind("audio").map(audioElement);
  const seconds = Math.max(...tracks.map(({ durationSeconds }) => durationSeconds));
  return [
    "AssetFile",
    { Name: file.name, Size: sizeBytes, Duration: durationText(seconds) },
    [
      ["Sources", {}, [["Source", { Name: sourceName }]]],
      ...tracksElement("VideoTracks", video),
      ...tracksElement("AudioTracks", audio),
    ],
  ];
}

function videoElement(
  { track, output, bitsPerSecond, peakBitsPerSecond }: EncodedTrack,
  { id, targetRate }: { id: number; targetRate: number },
): Element {
  const { width, height, codec } = track.header.entry;
  const [numerator, denominator] = aspectRatio(width, height);
  const { frameRate } = track;
  return [
    "VideoTrack",
    {
      ...{ Id: id, FourCC: codec.slice(0, 4).toUpperCase(), ...avcShape(codec) },
      ...{ Width: width, Height: height },
      DisplayAspectRatioNumerator: numerator,
      DisplayAspectRatioDenominator: denominator,
      Framerate: frameRate.toFixed(3),
      // What is copied has no target but what it is.
      TargetFramerate: (output.kind === "video" ? targetRate : frameRate).toFixed(3),
      Bitrate: kilobits(bitsPerSecond),
      TargetBitrate: output.kilobitsPerSecond,
      MaxGOPBitrate: kilobits(peakBitsPerSecond),
    },
  ];
}

/** Profile and level as `avc1.PPCCLL` says them (RFC 6381, 3.3). */
function avcShape(codec: string): { Profile?: string; Level?: string } {
  const match = /^avc[13]\.([0-9a-f]{2})[0-9a-f]{2}([0-9a-f]{2})/i.exec(codec);
  if (match === null) return {};
  const [, profile = "", level = ""] = match;
  const name = AVC_PROFILES[parseInt(profile, 16)];
  return {
    ...(name === undefined ? {} : { Profile: name }),
    Level: (parseInt(level, 16) / 10).toFixed(1),
  };
}

function audioElement({ track, bitsPerSecond }: EncodedTrack, id: number): Element {
  const { codec, channels, sampleRate } = track.header.entry;
  return [
    "AudioTrack",
    {
      ...{ Id: id, Codec: codec === "mp4a.40.2" ? "AacLc" : codec, Channels: channels },
      ...{ SamplingRate: sampleRate, Bitrate: kilobits(bitsPerSecond) },
      BitsPerSample: BITS_PER_SAMPLE,
    },
  ];
}
