import type { Crop, Preset, PresetSource } from "../presets/preset";
import { presetError } from "../presets/preset-error";
import type { Rational } from "../probed-media";
import type { VideoFacts } from "../source-facts";
import type { Clip } from "./clip";
import type { PicturePlan } from "./encode-plan";
import type { ShownPicture } from "./picture-size";
import { LADDER_KEYFRAME_SECONDS } from "./plan-video";

/** A picture that is ready to be split and scaled. */
export interface PreparedPicture {
  readonly plan: PicturePlan;
  /** As it comes out of the plan's filters, in square pixels. */
  readonly shown: ShownPicture;
  readonly facts: VideoFacts;
}

/** Filters for a clockwise turn. */
const TURNS = {
  0: [],
  90: ["transpose=clock"],
  180: ["hflip", "vflip"],
  270: ["transpose=cclock"],
};

/**
 * From high dynamic range to what every screen shows (BT.2408 puts reference white at 203 cd/m²; the
 * operator keeps what is brighter).
 */
const TONE_MAP = [
  "zscale=transfer=linear:npl=203",
  "format=gbrpf32le",
  "zscale=primaries=bt709",
  "tonemap=hable:desat=0",
  "zscale=transfer=bt709:matrix=bt709:range=limited",
  "format=yuv420p",
];

/** Decides how the picture is prepared: whole frames, upright, of the part and the rate asked for. */
export function preparePicture(
  { source, video }: Preset,
  facts: VideoFacts,
  clip: Clip | undefined,
): PreparedPicture {
  const upright = uprightPicture(facts, source.rotationDegrees);
  const layered = video?.kind === "h264" ? video : undefined;
  // All layers have the same one.
  const frameRate = layered?.layers[0]?.frameRate ?? facts.frameRate;
  const { crop } = source;
  return {
    plan: {
      streamIndex: facts.streamIndex,
      ...orientation(source, facts),
      frameRate,
      keyframeSeconds: layered?.keyframeSeconds ?? LADDER_KEYFRAME_SECONDS,
      filters: [
        ...wholePicture(source, facts),
        ...timing(clip, facts, frameRate),
        ...shownTones(facts),
        ...cropFilters(crop, upright),
      ],
    },
    shown: { ...upright, ...(crop && { width: crop.width, height: crop.height }) },
    facts,
  };
}

/** The stream's own word for how it lies counts as long as the preset has none. */
function orientation(
  { rotationDegrees }: PresetSource,
  { displayMatrix }: VideoFacts,
): Pick<PicturePlan, "autoRotate" | "displayMatrix"> {
  if (rotationDegrees !== undefined) return { autoRotate: false };
  return { autoRotate: true, ...(displayMatrix && { displayMatrix }) };
}

/** Frames of the part that is encoded, at an even rate. */
function timing(clip: Clip | undefined, facts: VideoFacts, rate: Rational): string[] {
  const even = facts.needsEvenRate || clip !== undefined || rate !== facts.frameRate;
  return [
    ...(clip ? [`trim=${clip.range}`, `setpts=PTS-${clip.startSeconds}/TB`] : []),
    ...(even ? [`fps=fps=${rate.num}/${rate.den}:start_time=0`] : []),
  ];
}

function shownTones({ highDynamicRange }: VideoFacts): readonly string[] {
  return highDynamicRange ? TONE_MAP : [];
}

/** Whole frames, turned as the preset says. */
function wholePicture(
  { deinterlace, rotationDegrees }: PresetSource,
  { interlaced }: VideoFacts,
): string[] {
  return [
    ...(interlaced && deinterlace ? ["yadif=deint=interlaced"] : []),
    ...TURNS[rotationDegrees ?? 0],
  ];
}

/** The picture as it is shown, or with the turn that the preset asks for instead of its own. */
function uprightPicture(facts: VideoFacts, degrees: number | undefined): ShownPicture {
  const ownTurn = facts.rotationDegrees % 180 === 90;
  const turned = degrees === undefined ? ownTurn : degrees % 180 === 90;
  const { width, height } = facts;
  return ownTurn === turned ? { width, height, turned } : { width: height, height: width, turned };
}

function checkCrop({ x, y, width, height }: Crop, source: ShownPicture): void {
  if (x + width <= source.width && y + height <= source.height) return;
  throw presetError(
    "Sources[0].Filters.Crop",
    `reaches beyond the picture of ${source.width}x${source.height} pixels`,
  );
}

function cropFilters(crop: Crop | undefined, source: ShownPicture): string[] {
  if (!crop) return [];
  checkCrop(crop, source);
  const { x, y, width, height } = crop;
  return [
    // A crop counts square pixels.
    `scale=${source.width}:${source.height}:flags=bicubic`,
    "setsar=1",
    `crop=${width}:${height}:${x}:${y}:exact=1`,
  ];
}
