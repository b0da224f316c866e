import {
  aspectRatio,
  durationText,
  type Element,
  kilobits,
  metadataDocument,
  tracksElement,
} from "./metadata-xml";
import type { ProbedMedia, ProbedStream, Rational } from "./probed-media";

const NAMESPACE =
  "http://schemas.microsoft.com/windowsazure/mediaservices/2014/07/mediaencoder/inputmetadata";

/**
 * The text of `_metadata.xml`: what the file that was encoded holds (Media Services v2, "Input metadata").
 * What a probe does not tell, and the schema does not insist on, is left out.
 *
 * @see https://learn.microsoft.com/azure/media-services/previous/media-services-input-metadata-schema
 */
export function inputMetadata(media: ProbedMedia, sourceName: string): string {
  const { sizeBytes, formatName, startSeconds, streams } = media;
  const seconds = media.durationSeconds ?? Math.max(0, ...streams.map(lengthOf));
  const video = streams.filter(({ kind }) => kind === "video");
  const audio = streams.filter(({ kind }) => kind === "audio");
  const file: Element = [
    "AssetFile",
    {
      ...{ Name: sourceName, Size: sizeBytes, Duration: durationText(seconds) },
      ...{ NumberOfStreams: streams.length, FormatNames: formatName },
      FormatVerboseName: media.formatLongName ?? formatName,
      StartTime: durationText(startSeconds ?? 0),
      OverallBitRate: seconds > 0 ? kilobits((sizeBytes * 8) / seconds) : undefined,
    },
    [
      ...tracksElement("VideoTracks", video.map(videoElement)),
      ...tracksElement("AudioTracks", audio.map(audioElement)),
    ],
  ];
  return metadataDocument(NAMESPACE, [file]);
}

function lengthOf({ durationSeconds = 0 }: ProbedStream): number {
  return durationSeconds;
}

function common({ index, codec, timeBase, startSeconds, durationSeconds }: ProbedStream) {
  const { num, den } = timeBase ?? { num: 1, den: 1000 };
  return {
    ...{ Id: index, Codec: codec, TimeBase: `${num}/${den}` },
    StartTime: startSeconds === undefined ? undefined : durationText(startSeconds),
    Duration: durationSeconds === undefined ? undefined : durationText(durationSeconds),
  };
}

function videoElement(stream: ProbedStream): Element {
  const { width = 0, height = 0, fourCc = "", bitsPerSecond } = stream;
  const pixel = stream.sampleAspectRatio ?? { num: 1, den: 1 };
  const [numerator, denominator] = aspectRatio(width * pixel.num, height * pixel.den);
  return [
    "VideoTrack",
    {
      ...{ ...common(stream), FourCC: fourCc, Width: width, Height: height },
      DisplayAspectRatioNumerator: numerator,
      DisplayAspectRatioDenominator: denominator,
      SampleAspectRatioNumerator: stream.sampleAspectRatio?.num,
      SampleAspectRatioDenominator: stream.sampleAspectRatio?.den,
      FrameRate: rate(stream.averageFrameRate ?? stream.nominalFrameRate).toFixed(3),
      Bitrate: bitsPerSecond === undefined ? undefined : kilobits(bitsPerSecond),
    },
    languageOf(stream),
  ];
}

function audioElement(stream: ProbedStream): Element {
  const { channels = 0, sampleRate = 0, bitsPerSecond } = stream;
  return [
    "AudioTrack",
    {
      ...{ ...common(stream), Channels: channels, SamplingRate: sampleRate },
      Bitrate: bitsPerSecond === undefined ? undefined : kilobits(bitsPerSecond),
    },
    languageOf(stream),
  ];
}

function languageOf({ language }: ProbedStream): Element[] {
  return language === undefined ? [] : [["Metadata", { key: "language", value: language }]];
}

function rate(value: Rational | undefined): number {
  return value === undefined || value.den === 0 ? 0 : value.num / value.den;
}
