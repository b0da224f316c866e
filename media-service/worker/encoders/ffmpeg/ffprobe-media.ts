import { knownMembers } from "../../known-members";
import { FOUR_CC, type ProbedMedia, type ProbedStream, type Rational } from "../../probed-media";

/** Arguments that make ffprobe print one JSON document about a file. */
export function ffprobeArgs(path: string, inputFormats: string): string[] {
  return [
    ...["-hide_banner", "-loglevel", "error", "-of", "json", "-show_format", "-show_streams"],
    ...["-protocol_whitelist", "file", "-format_whitelist", inputFormats],
    ...["-i", `file:${path}`],
  ];
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads what ffprobe printed.
 *
 * @throws SyntaxError when it is no JSON.
 */
export function parseFfprobe(text: string, sizeBytes: number): ProbedMedia {
  const document = asObject(JSON.parse(text));
  const format = asObject(document["format"]);
  return knownMembers({
    formatName: textOf(format["format_name"]) ?? "unknown",
    formatLongName: textOf(format["format_long_name"]),
    sizeBytes,
    durationSeconds: numberOf(format["duration"]),
    startSeconds: numberOf(format["start_time"]),
    streams: asList(document["streams"]).map(parseStream),
  });
}

function parseStream(stream: Json): ProbedStream {
  const type = textOf(stream["codec_type"]);
  const kind: ProbedStream["kind"] = type === "video" || type === "audio" ? type : "other";
  return knownMembers({
    index: numberOf(stream["index"]) ?? 0,
    kind,
    codec: textOf(stream["codec_name"]) ?? "unknown",
    attachedPicture: asObject(stream["disposition"])["attached_pic"] === 1 || undefined,
    width: numberOf(stream["width"]),
    height: numberOf(stream["height"]),
    sampleAspectRatio: fraction(stream["sample_aspect_ratio"]),
    averageFrameRate: fraction(stream["avg_frame_rate"]),
    nominalFrameRate: fraction(stream["r_frame_rate"]),
    displayMatrix: displayMatrix(stream),
    interlaced: INTERLACED.includes(textOf(stream["field_order"]) ?? "") || undefined,
    transfer: textOf(stream["color_transfer"]),
    channels: numberOf(stream["channels"]),
    sampleRate: numberOf(stream["sample_rate"]),
    language: textOf(asObject(stream["tags"])["language"]),
    timeBase: fraction(stream["time_base"]),
    fourCc: FOUR_CC.exec(textOf(stream["codec_tag_string"]) ?? "")?.[0],
    bitsPerSecond: numberOf(stream["bit_rate"]),
    startSeconds: numberOf(stream["start_time"]),
    durationSeconds: numberOf(stream["duration"]),
  });
}

/** Orders of two fields; `progressive` and `unknown` are the others. */
const INTERLACED: readonly string[] = ["tt", "bb", "tb", "bt"];

/** Printed as three lines `0000000N:  a  b  u`. */
function displayMatrix(stream: Json): number[] | undefined {
  for (const data of asList(stream["side_data_list"])) {
    const lines = textOf(data["displaymatrix"])?.trim().split("\n") ?? [];
    const numbers = lines.flatMap((line) =>
      line
        .replace(/^[0-9a-f]+:/, "")
        .trim()
        .split(/\s+/)
        .map(Number),
    );
    if (numbers.length === 9 && numbers.every(Number.isFinite)) return numbers;
  }
  return undefined;
}

/** `30000/1001` or `16:9`; undefined where unknown, which is written `0/0` or `N/A`. */
function fraction(value: unknown): Rational | undefined {
  const match = /^(\d+)[/:](\d+)$/.exec(textOf(value) ?? "");
  const num = Number(match?.[1] ?? 0);
  const den = Number(match?.[2] ?? 0);
  return num > 0 && den > 0 ? { num, den } : undefined;
}

function numberOf(value: unknown): number | undefined {
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  const number = value === "" ? NaN : Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function asObject(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}

function asList(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(asObject) : [];
}
