import { AAC_BITRATES } from "./aac-bitrates";
import type { AacAudio } from "./preset";
import { presetError } from "./preset-error";
import type { PresetNode } from "./preset-node";

/** Defaults of the schema ("Media Encoder Standard schema", AudioGroup). */
const DEFAULT = { channels: 2, samplesPerSecond: 48_000, kilobitsPerSecondAChannel: 64 };
/** Sampling rates of AAC that players take. */
const SAMPLES_PER_SECOND = [
  11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000,
];

/** Reads an `AACAudio`. */
export function readAacAudio(node: PresetNode): AacAudio {
  const profile = node.word("Profile", ["AACLC", "HEAACV1", "HEAACV2"]) ?? "AACLC";
  if (profile !== "AACLC") {
    node.refuse("Profile", `no encoder here writes ${profile}; AACLC plays wherever it does`);
  }
  const condition = node.word("Condition", ["InsertSilenceIfNoAudio"]);
  const channels = readChannels(node);
  const samplesPerSecond =
    node.number("SamplingRate", { min: 1, max: 192_000 }) ?? DEFAULT.samplesPerSecond;
  if (!SAMPLES_PER_SECOND.includes(samplesPerSecond)) {
    throw presetError(
      node.at("SamplingRate"),
      `must be one of ${SAMPLES_PER_SECOND.join(", ")}, not ${samplesPerSecond}`,
    );
  }
  const kilobitsPerSecond =
    node.number("Bitrate", { min: 1, max: 1024 }) ?? channels * DEFAULT.kilobitsPerSecondAChannel;
  checkBitrate(node, { channels, samplesPerSecond, kilobitsPerSecond });
  node.end();
  return {
    kind: "aac",
    channels,
    samplesPerSecond,
    kilobitsPerSecond,
    insertSilenceIfNoAudio: condition !== undefined,
  };
}

function readChannels(node: PresetNode): AacAudio["channels"] {
  const channels = node.number("Channels", { min: 1, max: 8 }) ?? DEFAULT.channels;
  if (channels === 1 || channels === 2 || channels === 5 || channels === 6) return channels;
  throw presetError(node.at("Channels"), `must be 1, 2, 5 or 6 here, not ${channels}`);
}

function checkBitrate(
  node: PresetNode,
  audio: Pick<AacAudio, "channels" | "samplesPerSecond" | "kilobitsPerSecond">,
): void {
  const { channels, samplesPerSecond, kilobitsPerSecond } = audio;
  const [least, most] = AAC_BITRATES[channels][samplesPerSecond] ?? [];
  if (least === undefined || most === undefined) {
    throw presetError(
      node.at("SamplingRate"),
      `of ${samplesPerSecond} Hz does not go with ${channels} channels`,
    );
  }
  if (kilobitsPerSecond >= least && kilobitsPerSecond <= most) return;
  throw presetError(
    node.at("Bitrate"),
    `must be from ${least} to ${most} kbit/s for ${channels} channels at ${samplesPerSecond} Hz, not ${kilobitsPerSecond}`,
  );
}
