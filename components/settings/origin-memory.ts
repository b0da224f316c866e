import type { ConfigReader, Entry } from "./config-reader";

/** What an origin keeps in memory, in MiB, and how long it waits; undefined: as the media service sees fit. */
export interface OriginSettings {
  /** For the indexes of assets. */
  indexCacheMiB: number | undefined;
  /** For segments and manifests that were packaged lately. */
  segmentCacheMiB: number | undefined;
  /** For what viewers have not taken yet. */
  sendingMiB: number | undefined;
  /** How long a viewer may take nothing. */
  stallSeconds: number | undefined;
}

/** Half the memory of the app that answers viewers; the other half is the program's. */
const mostMiB = 1_024;

/** Reads `origin`. */
export function readOrigin(config: ConfigReader): OriginSettings {
  const owner: Entry = { at: "origin", entry: config.record("origin") };
  const bounds = {
    indexCacheMiB: { min: 1, max: mostMiB },
    segmentCacheMiB: { min: 0, max: mostMiB },
    sendingMiB: { min: 8, max: mostMiB },
    stallSeconds: { min: 1, max: 3_600 },
  };
  config.onlyMembers(owner, Object.keys(bounds));
  const read = (name: keyof OriginSettings): number | undefined =>
    config.memberInteger(owner, name, bounds[name]);
  const origin = {
    indexCacheMiB: read("indexCacheMiB"),
    segmentCacheMiB: read("segmentCacheMiB"),
    sendingMiB: read("sendingMiB"),
    stallSeconds: read("stallSeconds"),
  };
  const { indexCacheMiB = 0, segmentCacheMiB = 0, sendingMiB = 0 } = origin;
  const together = indexCacheMiB + segmentCacheMiB + sendingMiB;
  if (together > mostMiB) {
    config.refuse(
      "origin",
      `takes ${together} MiB; allowed: ${mostMiB} together, half the memory of the app that answers viewers`,
    );
  }
  return origin;
}
