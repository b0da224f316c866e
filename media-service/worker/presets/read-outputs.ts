import { checkFileNameTemplate, countMacro } from "./file-name-template";
import type { ImageFormat } from "./preset";
import { presetError } from "./preset-error";
import type { PresetNode } from "./preset-node";

/** Names of files by what the files are. */
export type OutputNames = ReadonlyMap<"mp4" | ImageFormat, string>;

const FORMATS = { MP4Format: "mp4", JpgFormat: "jpg", PngFormat: "png", BmpFormat: "bmp" } as const;
const FORMAT_NAMES = ["MP4Format", "JpgFormat", "PngFormat", "BmpFormat"] as const;

/** Reads `Outputs`: one file name for each format. */
export function readOutputs(outputs: readonly PresetNode[]): OutputNames {
  const names = new Map<"mp4" | ImageFormat, string>();
  for (const output of outputs) {
    const format = output.child("Format");
    const type = format?.word("Type", FORMAT_NAMES);
    if (type === undefined) throw presetError(output.at("Format"), "is missing");
    format?.end();
    if (names.has(FORMATS[type])) {
      throw presetError(output.place, `is not offered: there is one output with ${type} already`);
    }
    names.set(FORMATS[type], readName(output, FORMATS[type]));
    output.end();
  }
  return names;
}

function readName(output: PresetNode, format: "mp4" | ImageFormat): string {
  const name = output.text("FileName");
  if (name === undefined) throw presetError(output.at("FileName"), "is missing");
  checkFileNameTemplate(output.at("FileName"), name);
  const indexes = countMacro(name, "index");
  if (indexes !== (format === "mp4" ? 0 : 1)) {
    throw presetError(
      output.at("FileName"),
      format === "mp4" ? "must not have {Index}" : "must have {Index} once",
    );
  }
  return name;
}
