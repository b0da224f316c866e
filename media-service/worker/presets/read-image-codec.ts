import type { ImageCodec, ImageFormat, ImageLayer } from "./preset";
import { presetError } from "./preset-error";
import type { PresetNode } from "./preset-node";
import { readPosition, readSize } from "./preset-values";
import { readStretch } from "./read-video-codec";

/** Names of the schema by the kind of image. */
const NAMES = {
  jpg: { layers: "JpgLayers", layer: "JpgLayer" },
  png: { layers: "PngLayers", layer: "PngLayer" },
  bmp: { layers: "BmpLayers", layer: "BmpLayer" },
} as const;
const MAX_LAYERS = 20;

/** What the service takes where a preset leaves them out. */
const DEFAULT_STEP = { unit: "percent", value: 10 } as const;
const DEFAULT_RANGE = { unit: "percent", value: 100 } as const;

/** Reads a `JpgImage`, `PngImage` or `BmpImage`; its files' names are told by the outputs. */
export function readImageCodec(
  node: PresetNode,
  format: ImageFormat,
): Omit<ImageCodec, "fileName"> {
  const layers = node.list(NAMES[format].layers).map((layer) => readLayer(layer, format));
  if (layers.length === 0 || layers.length > MAX_LAYERS) {
    throw presetError(node.at(NAMES[format].layers), `must have 1 to ${MAX_LAYERS} layers`);
  }
  const best = node.text("Start")?.toLowerCase() ?? "{best}";
  const start = best === "{best}" ? "best" : readPosition(node, "Start");
  const step = readPosition(node, "Step") ?? DEFAULT_STEP;
  if (step.value === 0) throw presetError(node.at("Step"), "must be more than 0");
  const codec = {
    format,
    layers,
    stretch: readStretch(node),
    start: start ?? "best",
    step,
    range: readPosition(node, "Range") ?? DEFAULT_RANGE,
  } as const;
  node.end();
  return codec;
}

function readLayer(node: PresetNode, format: ImageFormat): ImageLayer {
  node.word("Type", [NAMES[format].layer]);
  node.refuse("Condition", "images are made of every input that has video");
  const quality = format === "jpg" ? node.number("Quality", { min: 1, max: 100 }) : undefined;
  const layer = { ...readSize(node), ...(quality === undefined ? {} : { quality }) };
  node.end();
  return layer;
}
