import { knownMembers } from "../known-members";
import type { H264Layer, H264Video, Stretch } from "./preset";
import { presetError } from "./preset-error";
import type { PresetNode } from "./preset-node";
import { readFrameRate, readSeconds, readSize } from "./preset-values";

/** Defaults of the schema ("Media Encoder Standard schema", H264Video and H264Layer). */
const DEFAULT = { keyframeSeconds: 2, bufferSeconds: 5 };
const KEYFRAME_SECONDS = { min: 0.1, max: 60 };
const BUFFER_SECONDS = { min: 0.1, max: 60 };
const KILOBITS_PER_SECOND = { min: 1, max: 200_000 };
const LEVELS = /^(1b?|1\.[1-3]|2|2\.[0-2]|3|3\.[0-2]|4|4\.[0-2]|5|5\.[0-2]|1\.0)$/;
const MAX_LAYERS = 20;

/** Reads an `H264Video`. */
export function readH264Video(node: PresetNode): H264Video {
  const condition = node.word("Condition", [
    "InsertBlackIfNoVideo",
    "InsertBlackIfNoVideoBottomLayerOnly",
  ]);
  if (node.truth("TwoPass") === true) node.refuse("TwoPass", "encodes are done in one pass");
  node.word("SyncMode", ["Auto", "Cfr"]);
  if (node.list("Chapters").length > 0) node.refuse("Chapters", "outputs have no chapters");
  const keyframeSeconds = readSeconds(node, "KeyFrameInterval") ?? DEFAULT.keyframeSeconds;
  requireWithin(node.at("KeyFrameInterval"), keyframeSeconds, KEYFRAME_SECONDS);
  const layers = node.list("H264Layers").map(readLayer);
  checkLayers(node, layers);
  const sceneChangeDetection = node.truth("SceneChangeDetection") ?? false;
  if (sceneChangeDetection && layers.length > 1) {
    throw presetError(
      node.at("SceneChangeDetection"),
      "can only be true with one layer: with several, key frames must be at the same times in all",
    );
  }
  const video: H264Video = {
    kind: "h264",
    layers,
    stretch: readStretch(node),
    keyframeSeconds,
    sceneChangeDetection,
    complexity: node.word("Complexity", ["Speed", "Balanced", "Quality"]) ?? "Balanced",
    insertBlackIfNoVideo: condition !== undefined,
  };
  node.end();
  return video;
}

/** Reads how sizes are understood. */
export function readStretch(node: PresetNode): Stretch {
  return {
    mode: node.word("StretchMode", ["AutoSize", "AutoFit", "None"]) ?? "AutoSize",
    preserveResolutionAfterRotation: node.truth("PreserveResolutionAfterRotation") ?? false,
  };
}

function checkLayers(node: PresetNode, layers: readonly H264Layer[]): void {
  if (layers.length === 0 || layers.length > MAX_LAYERS) {
    throw presetError(node.at("H264Layers"), `must have 1 to ${MAX_LAYERS} layers`);
  }
  const rates = new Set(layers.map(({ frameRate }) => `${frameRate?.num}/${frameRate?.den}`));
  if (rates.size > 1) {
    throw presetError(node.at("H264Layers"), "must have the same FrameRate in all layers");
  }
}

function readLayer(node: PresetNode): H264Layer {
  node.word("Type", ["H264Layer"]);
  const kilobitsPerSecond = node.number("Bitrate", KILOBITS_PER_SECOND);
  if (kilobitsPerSecond === undefined) {
    throw presetError(node.at("Bitrate"), "is missing: a layer needs its kilobits a second");
  }
  const maxKilobitsPerSecond = node.number("MaxBitrate", KILOBITS_PER_SECOND) ?? kilobitsPerSecond;
  if (maxKilobitsPerSecond < kilobitsPerSecond) {
    throw presetError(node.at("MaxBitrate"), "must not be lower than Bitrate");
  }
  const bufferSeconds = readSeconds(node, "BufferWindow") ?? DEFAULT.bufferSeconds;
  requireWithin(node.at("BufferWindow"), bufferSeconds, BUFFER_SECONDS);
  const size = readSize(node);
  if (size.width === undefined && size.height === undefined) {
    throw presetError(node.at("Width"), "is missing: a layer needs Width, Height or both");
  }
  const layer: H264Layer = {
    ...size,
    ...readTools(node),
    ...{ kilobitsPerSecond, maxKilobitsPerSecond, bufferSeconds },
    slices: node.number("Slices", { min: 0, max: 16 }) ?? 0,
    ...knownMembers({ frameRate: readFrameRate(node), label: node.text("Label") }),
  };
  node.end();
  return layer;
}

type Tools = Pick<
  H264Layer,
  "profile" | "level" | "bFrames" | "referenceFrames" | "adaptiveBFrame" | "entropyMode"
>;

/** The tools of H.264 that a layer may use; Baseline has neither B frames nor CABAC. */
function readTools(node: PresetNode): Tools {
  const profile = node.word("Profile", ["Auto", "Baseline", "Main", "High"]) ?? "Auto";
  const bFrames = node.number("BFrames", { min: 0, max: 16 });
  const referenceFrames = node.number("ReferenceFrames", { min: 1, max: 16 });
  const adaptiveBFrame = node.truth("AdaptiveBFrame");
  const entropyMode = node.word("EntropyMode", ["Cabac", "Cavlc"]);
  if (profile === "Baseline" && (bFrames ?? 0) > 0) {
    throw presetError(node.at("BFrames"), "must be 0 in the Baseline profile");
  }
  if (profile === "Baseline" && entropyMode === "Cabac") {
    throw presetError(node.at("EntropyMode"), "must be Cavlc in the Baseline profile");
  }
  const level = readLevel(node);
  return knownMembers({
    ...{ profile, level, bFrames, referenceFrames, adaptiveBFrame, entropyMode },
  });
}

function readLevel(node: PresetNode): string {
  const level = node.text("Level")?.toLowerCase() ?? "auto";
  if (level === "auto" || LEVELS.test(level)) return level.replace(/\.0$/, "");
  throw presetError(node.at("Level"), `must be auto or a level such as 3.1, not '${level}'`);
}

function requireWithin(
  place: string,
  seconds: number,
  { min, max }: { min: number; max: number },
): void {
  if (seconds >= min && seconds <= max) return;
  throw presetError(place, `must be from ${min} to ${max} seconds, not ${seconds}`);
}
