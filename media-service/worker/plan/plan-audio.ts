import type { AacAudio } from "../presets/preset";
import type { AudioFacts } from "../source-facts";
import type { Clip } from "./clip";
import type { AudioOutput } from "./encode-plan";

/** FFmpeg's names of loudspeakers by their number. */
const LAYOUTS: Readonly<Record<AacAudio["channels"], string>> = {
  1: "mono",
  2: "stereo",
  5: "5.0",
  6: "5.1",
};

/**
 * A track that is encoded from a stream of sound. It begins with the video, has no gaps, and lasts at
 * least as long.
 */
export function audioOutput(
  audio: AudioFacts,
  codec: AacAudio,
  { clip, padToSeconds }: { clip: Clip | undefined; padToSeconds: number | undefined },
): AudioOutput {
  const { samplesPerSecond, kilobitsPerSecond, channels } = codec;
  return {
    kind: "audio",
    streamIndex: audio.streamIndex,
    kilobitsPerSecond,
    samplesPerSecond,
    channels,
    ...(audio.language === undefined ? {} : { language: audio.language }),
    filter: [
      ...(clip ? [`atrim=${clip.range}`, `asetpts=PTS-${clip.startSeconds}/TB`] : []),
      `aresample=${samplesPerSecond}:async=1:first_pts=0`,
      `aformat=sample_fmts=fltp:channel_layouts=${LAYOUTS[channels]}`,
      ...(padToSeconds === undefined ? [] : [`apad=whole_dur=${padToSeconds.toFixed(3)}`]),
    ].join(","),
    codecOptions: { b: `${kilobitsPerSecond}k` },
  };
}
