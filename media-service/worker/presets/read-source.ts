import type { Crop, PresetSource } from "./preset";
import { presetError } from "./preset-error";
import type { PresetNode } from "./preset-node";
import { readSeconds } from "./preset-values";

const SIDE = { min: 1, max: 8192 };
const OFFSET = { min: 0, max: 8192 };

/** Reads `Sources`: what is taken of the input, and how it is prepared. */
export function readSource(sources: readonly PresetNode[]): PresetSource {
  const [source, second] = sources;
  if (second) {
    throw presetError(second.place, "is not offered: a task joins no files, it has one source");
  }
  if (!source) return { deinterlace: true };
  source.refuse("AssetID", "a task has one source, its input asset");
  if (source.list("Streams").length > 0) {
    source.refuse("Streams", "the first video and all sound of the input are taken");
  }
  // It says how clips of different shapes are joined: with one clip there is nothing to do.
  source.truth("Pad");
  const startSeconds = readSeconds(source, "StartTime");
  const durationSeconds = readSeconds(source, "Duration");
  if (durationSeconds === 0) throw presetError(source.at("Duration"), "must be more than 0");
  const read: PresetSource = {
    ...(startSeconds === undefined ? {} : { startSeconds }),
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
    ...readFilters(source.child("Filters")),
  };
  source.end();
  return read;
}

function readFilters(
  filters: PresetNode | undefined,
): Pick<PresetSource, "crop" | "rotationDegrees" | "deinterlace"> {
  if (!filters) return { deinterlace: true };
  filters.refuse("VideoOverlay", "pictures are not laid over the video");
  filters.refuse("AudioOverlay", "sounds are not laid over the sound");
  const rotation = filters.word("Rotation", ["Auto", "0", "90", "180", "270"]) ?? "Auto";
  const crop = readCrop(filters.child("Crop"));
  const deinterlace = filters.child("Deinterlace");
  const mode = deinterlace?.word("Mode", ["Auto", "Off"]) ?? "Auto";
  deinterlace?.end();
  filters.end();
  return {
    ...(crop && { crop }),
    ...(rotation === "Auto" ? {} : { rotationDegrees: Number(rotation) as 0 | 90 | 180 | 270 }),
    deinterlace: mode === "Auto",
  };
}

function readCrop(node: PresetNode | undefined): Crop | undefined {
  if (!node) return undefined;
  const [width, height] = [node.number("Width", SIDE), node.number("Height", SIDE)];
  if (width === undefined || height === undefined) {
    throw presetError(node.place, "needs Width and Height");
  }
  const crop = {
    x: node.number("X", OFFSET) ?? 0,
    y: node.number("Y", OFFSET) ?? 0,
    width,
    height,
  };
  node.end();
  return crop;
}
