import type { Preset } from "../presets/preset";
import type { SourceFacts } from "../source-facts";
import { TaskError } from "../task-error";
import { type Clip, clipOf } from "./clip";
import type { AudioOutput, CopiedOutput, EncodePlan, ImageSet, VideoOutput } from "./encode-plan";
import { adaptiveStreamingLadder } from "./ladder";
import { type FilePaths, mediaFiles, nameStart, requireDistinctNames } from "./plan-files";
import { imageSets } from "./plan-images";
import { type PreparedPicture, preparePicture } from "./plan-picture";
import { copiedAudio, copiedVideo } from "./plan-copy";
import { audioOutput } from "./plan-audio";
import { layerOutput, rungOutput } from "./plan-video";

/**
 * Decides what a preset makes of a source, and how.
 *
 * @throws TaskError when the source has not what the preset needs.
 */
export function encodePlan(
  preset: Preset,
  facts: SourceFacts,
  paths: FilePaths & { readonly input: string },
): EncodePlan {
  const clip = clipOf(preset.source, facts);
  requireStreams(preset, facts);
  const prepared = facts.video && preparePicture(preset, facts.video, clip);
  const video = prepared ? videoTracks(preset, prepared) : [];
  const encoded = video.some(({ kind }) => kind === "video");
  const audio = audioTracks(preset, facts, { clip, withVideo: encoded });
  const files = mediaFiles(preset, { video, audio }, paths);
  const images = prepared ? imagesOf(preset, prepared, { facts, clip, paths }) : [];
  requireDistinctNames([...files, ...images].map(({ name }) => name));
  const usesPicture = encoded || images.length > 0;
  return {
    inputPath: paths.input,
    durationSeconds: clip?.durationSeconds ?? facts.durationSeconds,
    ...(clip && { endSeconds: clip.startSeconds + clip.durationSeconds }),
    ...(prepared && usesPicture && { picture: prepared.plan }),
    files,
    images,
  };
}

/** What a preset cannot do without ("Encoding error codes", ErrorExecutingTaskUnsupportedFormat). */
function requireStreams(preset: Preset, facts: SourceFacts): void {
  const lack =
    (facts.video ? undefined : lackOfVideo(preset)) ??
    (facts.audio.length > 0 ? undefined : lackOfSound(preset));
  if (lack !== undefined) throw new TaskError("ErrorExecutingTaskUnsupportedFormat", lack);
}

function lackOfVideo({ video, audio, images }: Preset): string | undefined {
  if (images.length > 0) return "the preset makes images, and the input has no video";
  if (video?.kind === "h264" && video.insertBlackIfNoVideo) {
    return "the input has no video, and black video is not put in its place here";
  }
  return audio ? undefined : "the preset makes video only, and the input has no video";
}

function lackOfSound({ video, audio, images }: Preset): string | undefined {
  if (audio?.kind === "aac" && audio.insertSilenceIfNoAudio) {
    return "the input has no sound, and silence is not put in its place here";
  }
  if (video || images.length > 0) return undefined;
  return "the preset makes sound only, and the input has no sound";
}

function videoTracks(
  { video }: Preset,
  { plan, shown, facts }: PreparedPicture,
): (VideoOutput | CopiedOutput)[] {
  if (!video) return [];
  if (video.kind === "copy") return [copiedVideo(facts)];
  const framesPerSecond = plan.frameRate.num / plan.frameRate.den;
  if (video.kind === "h264") {
    return video.layers.map((layer) =>
      layerOutput(layer, video, { picture: shown, framesPerSecond }),
    );
  }
  const { bitsPerSecond } = facts;
  return adaptiveStreamingLadder({ ...shown, framesPerSecond, bitsPerSecond }).map(rungOutput);
}

function audioTracks(
  { audio }: Preset,
  facts: SourceFacts,
  { clip, withVideo }: { clip: Clip | undefined; withVideo: boolean },
): (AudioOutput | CopiedOutput)[] {
  if (!audio) return [];
  if (audio.kind === "copy") return facts.audio.map(copiedAudio);
  const whole = facts.video?.durationSeconds ?? facts.durationSeconds;
  const padToSeconds = withVideo ? (clip?.durationSeconds ?? whole) : undefined;
  return facts.audio.map((stream) => audioOutput(stream, audio, { clip, padToSeconds }));
}

function imagesOf(
  { images }: Preset,
  { plan, shown, facts: video }: PreparedPicture,
  { facts, clip, paths }: { facts: SourceFacts; clip: Clip | undefined; paths: FilePaths },
): ImageSet[] {
  const source = {
    picture: shown,
    framesPerSecond: plan.frameRate.num / plan.frameRate.den,
    durationSeconds: clip?.durationSeconds ?? video.durationSeconds ?? facts.durationSeconds,
  };
  const basename = nameStart(paths.baseName, { copied: false });
  return images.flatMap((codec) => imageSets(codec, source, { basename, output: paths.output }));
}
