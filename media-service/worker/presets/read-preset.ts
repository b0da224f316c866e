import { namedPreset } from "./named-presets";
import type {
  AudioCodec,
  ImageCodec,
  ImageFormat,
  Preset,
  PresetSource,
  VideoCodec,
} from "./preset";
import { presetError, shortened } from "./preset-error";
import { parsePresetJson } from "./preset-json";
import { PresetNode } from "./preset-node";
import { parsePresetXml } from "./preset-xml";
import { readAacAudio } from "./read-audio-codec";
import { readImageCodec } from "./read-image-codec";
import { type OutputNames, readOutputs } from "./read-outputs";
import { readSource } from "./read-source";
import { readH264Video } from "./read-video-codec";

const CODECS = [
  "H264Video",
  "AACAudio",
  "JpgImage",
  "PngImage",
  "BmpImage",
  "CopyVideo",
  "CopyAudio",
] as const;
const IMAGES: Readonly<Partial<Record<(typeof CODECS)[number], ImageFormat>>> = {
  JpgImage: "jpg",
  PngImage: "png",
  BmpImage: "bmp",
};

/**
 * Reads a task's configuration for "Media Encoder Standard": the name of a preset, or a preset as
 * JSON or XML ("Media Encoder Standard schema").
 *
 * @throws TaskError `ErrorParsingConfiguration` naming the place and the problem.
 */
export function readPreset(configuration: string): Preset {
  const text = configuration.replace(/^\uFEFF/, "").trim();
  if (text.startsWith("{")) return readCustom(new PresetNode("", parsePresetJson(text)));
  if (text.startsWith("<")) return readCustom(new PresetNode("", parsePresetXml(text)));
  const preset = namedPreset(text);
  if (!preset) {
    throw presetError("", `'${shortened(text)}' is not known here, and is neither JSON nor XML`);
  }
  return preset;
}

/** What is gathered from `Codecs`. */
interface Codecs {
  video?: VideoCodec;
  audio?: AudioCodec;
  readonly images: Omit<ImageCodec, "fileName">[];
}

function readCustom(root: PresetNode): Preset {
  const version = root.number("Version", { min: 1, max: 1, whole: false });
  if (version === undefined) throw presetError("Version", "is missing; it must be 1.0");
  const source = readSource(root.list("Sources"));
  const codecs: Codecs = { images: [] };
  for (const node of root.list("Codecs")) readCodec(node, codecs);
  const names = readOutputs(root.list("Outputs"));
  root.end();
  refuseChangedCopies(source, codecs);
  const mp4FileName = mp4Name(codecs, names);
  requireImages(codecs.images, names);
  return {
    name: "custom",
    source,
    ...(codecs.video && { video: codecs.video }),
    ...(codecs.audio && { audio: codecs.audio }),
    images: codecs.images.map((image) => ({ ...image, fileName: imageName(image, names) })),
    layout: "interleaved",
    ...(mp4FileName === undefined ? {} : { mp4FileName }),
  };
}

function readCodec(node: PresetNode, codecs: Codecs): void {
  const type = node.word("Type", CODECS);
  if (type === undefined)
    throw presetError(node.at("Type"), `is missing; it may be ${CODECS.join(", ")}`);
  const image = IMAGES[type];
  if (image !== undefined) {
    if (codecs.images.some(({ format }) => format === image)) {
      throw presetError(node.place, `is not offered: there is one ${type} already`);
    }
    codecs.images.push(readImageCodec(node, image));
    return;
  }
  const kind = type === "H264Video" || type === "CopyVideo" ? "video" : "audio";
  if (codecs[kind])
    throw presetError(node.place, `is not offered: there is one codec for ${kind} already`);
  if (type === "H264Video") codecs.video = readH264Video(node);
  else if (type === "AACAudio") codecs.audio = readAacAudio(node);
  else codecs[kind] = readCopy(node);
}

/** What is copied is copied whole and as it is. */
function refuseChangedCopies(source: PresetSource, { video, audio }: Codecs): void {
  const copied = [video, audio].some((codec) => codec?.kind === "copy");
  if (copied && (source.startSeconds ?? source.durationSeconds) !== undefined) {
    throw presetError(
      "Sources[0]",
      "takes a part of the input, which does not go with CopyVideo or CopyAudio: they cannot cut exactly",
    );
  }
  if (video?.kind === "copy" && (source.crop ?? source.rotationDegrees) !== undefined) {
    throw presetError("Sources[0].Filters", "change the picture, which does not go with CopyVideo");
  }
}

function readCopy(node: PresetNode): { readonly kind: "copy" } {
  node.end();
  return { kind: "copy" };
}

function mp4Name({ video, audio, images }: Codecs, names: OutputNames): string | undefined {
  const wanted = video !== undefined || audio !== undefined;
  if (wanted && !names.has("mp4")) {
    throw presetError("Outputs", "have no MP4Format for the video and sound of Codecs");
  }
  if (!wanted && names.has("mp4")) {
    throw presetError("Codecs", "have neither video nor sound for the MP4Format of Outputs");
  }
  if (!wanted && images.length === 0) throw presetError("Codecs", "are missing");
  return names.get("mp4");
}

function requireImages(images: Codecs["images"], names: OutputNames): void {
  const made: readonly string[] = ["mp4", ...images.map(({ format }) => format)];
  const unused = [...names.keys()].find((format) => !made.includes(format));
  if (unused === undefined) return;
  throw presetError("Codecs", `have no images for the ${unused} format of Outputs`);
}

function imageName({ format }: Pick<ImageCodec, "format">, names: OutputNames): string {
  const name = names.get(format);
  if (name === undefined)
    throw presetError("Outputs", `have no format for the ${format} images of Codecs`);
  return name;
}
