/** What a level of H.264 allows. */
export interface H264LevelLimits {
  readonly macroblocksPerSecond: number;
  readonly macroblocksPerFrame: number;
  /** Of the Baseline and Main profiles; High may have a quarter more. */
  readonly kilobitsPerSecond: number;
}

/** Limits by level (ITU-T H.264, table A-1). */
export const H264_LEVELS: Readonly<Record<string, H264LevelLimits>> = {
  "1": { macroblocksPerSecond: 1485, macroblocksPerFrame: 99, kilobitsPerSecond: 64 },
  "1b": { macroblocksPerSecond: 1485, macroblocksPerFrame: 99, kilobitsPerSecond: 128 },
  "1.1": { macroblocksPerSecond: 3000, macroblocksPerFrame: 396, kilobitsPerSecond: 192 },
  "1.2": { macroblocksPerSecond: 6000, macroblocksPerFrame: 396, kilobitsPerSecond: 384 },
  "1.3": { macroblocksPerSecond: 11_880, macroblocksPerFrame: 396, kilobitsPerSecond: 768 },
  "2": { macroblocksPerSecond: 11_880, macroblocksPerFrame: 396, kilobitsPerSecond: 2000 },
  "2.1": { macroblocksPerSecond: 19_800, macroblocksPerFrame: 792, kilobitsPerSecond: 4000 },
  "2.2": { macroblocksPerSecond: 20_250, macroblocksPerFrame: 1620, kilobitsPerSecond: 4000 },
  "3": { macroblocksPerSecond: 40_500, macroblocksPerFrame: 1620, kilobitsPerSecond: 10_000 },
  "3.1": { macroblocksPerSecond: 108_000, macroblocksPerFrame: 3600, kilobitsPerSecond: 14_000 },
  "3.2": { macroblocksPerSecond: 216_000, macroblocksPerFrame: 5120, kilobitsPerSecond: 20_000 },
  "4": { macroblocksPerSecond: 245_760, macroblocksPerFrame: 8192, kilobitsPerSecond: 20_000 },
  "4.1": { macroblocksPerSecond: 245_760, macroblocksPerFrame: 8192, kilobitsPerSecond: 50_000 },
  "4.2": { macroblocksPerSecond: 522_240, macroblocksPerFrame: 8704, kilobitsPerSecond: 50_000 },
  "5": { macroblocksPerSecond: 589_824, macroblocksPerFrame: 22_080, kilobitsPerSecond: 135_000 },
  "5.1": { macroblocksPerSecond: 983_040, macroblocksPerFrame: 36_864, kilobitsPerSecond: 240_000 },
  "5.2": {
    macroblocksPerSecond: 2_073_600,
    macroblocksPerFrame: 36_864,
    kilobitsPerSecond: 240_000,
  },
};
