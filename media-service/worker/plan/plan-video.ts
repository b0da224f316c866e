import type { H264Layer, H264Video } from "../presets/preset";
import { TaskError } from "../task-error";
import type { FfmpegOptions, VideoOutput } from "./encode-plan";
import { H264_LEVELS } from "./h264-levels";
import type { Rung } from "./ladder";
import { type PictureSize, type ShownPicture, sizedPicture } from "./picture-size";

/** Distance of keyframes of the ladder; a segment begins at each. */
export const LADDER_KEYFRAME_SECONDS = 2;

/** Peak rate over the average, and the buffer that bounds it, in seconds of the average. */
const PEAK_SHARE = 1.2;
const BUFFER_SECONDS = 2;
/** Keyframes come by force only: no automatic one may fall between them. */
const NO_AUTOMATIC_KEYFRAME = "100000";
/** How different a picture has to be for x264 to begin anew; its own default. */
const SCENE_CHANGE_THRESHOLD = "40";

/**
 * The same input gives the same bytes, so that a job that is run again changes nothing. x264 with a
 * bounded buffer is repeatable only with slices, not with frames, encoded at the same time; and only
 * with a number of them that does not depend on the machine. Three cost neither time nor quality.
 */
const REPEATABLE_THREADS: FfmpegOptions = { threads: "3", thread_type: "slice" };

/** Speed of x264 by the schema's word for it. */
const SPEEDS: Readonly<Record<H264Video["complexity"], string>> = {
  Speed: "superfast",
  Balanced: "veryfast",
  Quality: "medium",
};

/** Options that every encode has. */
function commonOptions(speed: string, profile: string): FfmpegOptions {
  return { preset: speed, profile };
}

function keyframeOptions(sceneThreshold: string): FfmpegOptions {
  return {
    g: NO_AUTOMATIC_KEYFRAME,
    sc_threshold: sceneThreshold,
    "forced-idr": "1",
    flags: "+cgop",
    ...REPEATABLE_THREADS,
  };
}

/** A track of a rung of the ladder. */
export function rungOutput({ width, height, kilobitsPerSecond }: Rung): VideoOutput {
  return {
    kind: "video",
    width,
    height,
    kilobitsPerSecond,
    filter: `scale=${width}:${height}:flags=bicubic,setsar=1,format=yuv420p`,
    codecOptions: {
      ...commonOptions("veryfast", "high"),
      b: `${kilobitsPerSecond}k`,
      maxrate: `${Math.round(kilobitsPerSecond * PEAK_SHARE)}k`,
      bufsize: `${kilobitsPerSecond * BUFFER_SECONDS}k`,
      ...keyframeOptions("0"),
    },
  };
}

/**
 * A track of a layer of a preset.
 *
 * @throws TaskError `ErrorExecutingTaskUnsupportedFormat` when its level cannot hold what it asks for.
 */
export function layerOutput(
  layer: H264Layer,
  video: H264Video,
  { picture, framesPerSecond }: { picture: ShownPicture; framesPerSecond: number },
): VideoOutput {
  const { filter, width, height } = sizedPicture(picture, layer, { ...video.stretch, step: 2 });
  checkLevel(layer, { width, height }, framesPerSecond);
  return {
    kind: "video",
    width,
    height,
    kilobitsPerSecond: layer.kilobitsPerSecond,
    ...(layer.label === undefined ? {} : { label: layer.label }),
    filter: `${filter},format=yuv420p`,
    codecOptions: layerOptions(layer, video),
  };
}

function layerOptions(layer: H264Layer, video: H264Video): FfmpegOptions {
  const { profile, level, bFrames, referenceFrames, adaptiveBFrame, entropyMode } = layer;
  return {
    ...commonOptions(SPEEDS[video.complexity], profile === "Auto" ? "high" : profile.toLowerCase()),
    ...(level === "auto" ? {} : { level }),
    b: `${layer.kilobitsPerSecond}k`,
    maxrate: `${layer.maxKilobitsPerSecond}k`,
    bufsize: `${Math.max(1, Math.round(layer.maxKilobitsPerSecond * layer.bufferSeconds))}k`,
    ...(bFrames === undefined ? {} : { bf: String(bFrames) }),
    ...(referenceFrames === undefined ? {} : { refs: String(referenceFrames) }),
    ...(adaptiveBFrame === undefined ? {} : { b_strategy: adaptiveBFrame ? "1" : "0" }),
    ...(entropyMode === undefined ? {} : { coder: entropyMode.toLowerCase() }),
    ...(layer.slices === 0 ? {} : { slices: String(layer.slices) }),
    ...keyframeOptions(video.sceneChangeDetection ? SCENE_CHANGE_THRESHOLD : "0"),
  };
}

/** A stream must not say that a player needs less than it does. */
function checkLevel(layer: H264Layer, size: PictureSize, framesPerSecond: number): void {
  const limits = H264_LEVELS[layer.level];
  if (!limits) return;
  const macroblocks = Math.ceil(size.width / 16) * Math.ceil(size.height / 16);
  const highShare = layer.profile === "High" || layer.profile === "Auto" ? 1.25 : 1;
  if (
    macroblocks <= limits.macroblocksPerFrame &&
    macroblocks * framesPerSecond <= limits.macroblocksPerSecond * 1.001 &&
    layer.maxKilobitsPerSecond <= limits.kilobitsPerSecond * highShare
  ) {
    return;
  }
  throw new TaskError(
    "ErrorExecutingTaskUnsupportedFormat",
    `level ${layer.level} of H.264 cannot hold ${size.width}x${size.height} pixels at ` +
      `${Number(framesPerSecond.toFixed(3))} frames a second with ${layer.maxKilobitsPerSecond} kbit/s; ` +
      "take a higher level or auto",
  );
}
