import type { AudioFacts, VideoFacts } from "../source-facts";
import { TaskError } from "../task-error";
import type { CopiedOutput } from "./encode-plan";

/** Codecs that an MP4 file holds and the origin packages. */
const VIDEO = ["h264", "hevc"];
const AUDIO = ["aac", "ac3", "eac3"];

/** The input's video as it is. */
export function copiedVideo(video: VideoFacts): CopiedOutput {
  requireKnown("CopyVideo", video.codec, VIDEO);
  return {
    kind: "copied video",
    streamIndex: video.streamIndex,
    kilobitsPerSecond: Math.round(video.bitsPerSecond / 1000),
    codec: video.codec,
    size: { width: video.width, height: video.height },
  };
}

/** A stream of the input's sound as it is. */
export function copiedAudio(audio: AudioFacts): CopiedOutput {
  requireKnown("CopyAudio", audio.codec, AUDIO);
  return {
    kind: "copied audio",
    streamIndex: audio.streamIndex,
    kilobitsPerSecond: Math.round((audio.bitsPerSecond ?? 0) / 1000),
    codec: audio.codec,
    channels: audio.channels,
    ...(audio.language === undefined ? {} : { language: audio.language }),
  };
}

function requireKnown(name: string, codec: string, known: readonly string[]): void {
  if (known.includes(codec)) return;
  throw new TaskError(
    "ErrorExecutingTaskUnsupportedFormat",
    `${name} cannot take the input's ${codec} as it is, only ${known.join(", ")}; encode it instead`,
  );
}
