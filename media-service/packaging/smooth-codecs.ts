import type { SampleEntry } from "./sample-entry";

const FOUR_CC: readonly (readonly [RegExp, string])[] = [
  [/^avc[13]\./, "H264"],
  [/^hvc1\./, "HVC1"],
  [/^hev1\./, "HEV1"],
  [/^mp4a\.40\.(?:5|29)$/, "AACH"],
  [/^mp4a\.40\./, "AACL"],
];

/** Name of a codec in Smooth Streaming ([MS-SSTR] 2.2.2.5); undefined when it has none. */
export function smoothFourCc({ codec }: Pick<SampleEntry, "codec">): string | undefined {
  return FOUR_CC.find(([pattern]) => pattern.test(codec))?.[1];
}
