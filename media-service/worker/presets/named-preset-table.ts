/** Width, height and kilobits a second of a layer. */
export type LayerFacts = readonly [width: number, height: number, kilobitsPerSecond: number];

/** Profile and level of a layer where they are not chosen by the encoder. */
export type LayerTools = readonly [profile: "Baseline" | "Main" | "High", level: string];

/** A preset of the system, as Microsoft's pages list it. */
export interface NamedPresetFacts {
  readonly name: string;
  readonly layers: readonly LayerFacts[];
  /** One for each layer; `Auto` without. */
  readonly tools?: readonly LayerTools[];
  readonly keyframeSeconds: number;
  /** Of the video, where it is not the source's. */
  readonly framesPerSecond?: number;
  readonly audio: {
    readonly channels: 2 | 6;
    readonly kilobitsPerSecond: number;
    readonly samplesPerSecond?: number;
  };
}

const STEREO = { channels: 2, kilobitsPerSecond: 128 } as const;
const SURROUND = { channels: 6, kilobitsPerSecond: 384 } as const;

const FULL_HD: readonly LayerFacts[] = [
  [1920, 1080, 6000],
  [1920, 1080, 4700],
  [1280, 720, 3400],
  [960, 540, 2250],
  [960, 540, 1500],
  [640, 360, 1000],
  [640, 360, 650],
  [320, 180, 400],
];
const ULTRA_HD: readonly LayerFacts[] = [
  [4096, 2304, 20_000],
  [3840, 2160, 18_000],
  [3840, 2160, 16_000],
  [3840, 2160, 14_000],
  [2560, 1440, 12_000],
  [2560, 1440, 10_000],
  [2560, 1440, 8000],
  [1920, 1080, 6000],
  [1920, 1080, 4700],
  [1280, 720, 3400],
  [960, 540, 2250],
  [640, 360, 1000],
];
const WIDE_SD: readonly LayerFacts[] = [
  [848, 480, 1900],
  [848, 480, 1300],
  [640, 360, 900],
  [640, 360, 650],
  [432, 240, 400],
];
const NARROW_SD: readonly LayerFacts[] = [
  [640, 480, 1600],
  [640, 480, 1300],
  [480, 360, 800],
  [480, 360, 600],
  [360, 240, 400],
];
const HIGHEST: LayerTools = ["High", "4"];
const PHONES: readonly LayerTools[] = [
  ["Baseline", "3.1"],
  ["Baseline", "3"],
  ["Baseline", "3"],
  ["Baseline", "3"],
];

/** A preset and its twin with 5.1 sound. */
function withSurround(name: string, layers: readonly LayerFacts[]): NamedPresetFacts[] {
  return [
    { name, layers, keyframeSeconds: 2, audio: STEREO },
    { name: `${name} Audio 5.1`, layers, keyframeSeconds: 2, audio: SURROUND },
  ];
}

/**
 * The presets with fixed layers. Their pages give HE-AAC v2 for the two "for iOS" (64 kbit/s) and
 * "Low Quality SD for Android" (24 kbit/s, 48 kHz): no encoder here writes it, so they have AAC-LC of
 * the same rate, or the least that AAC-LC needs, which plays wherever HE-AAC does.
 *
 * {@link https://learn.microsoft.com/azure/media-services/previous/media-services-mes-presets-overview}
 */
export const NAMED_PRESETS: readonly NamedPresetFacts[] = [
  ...withSurround("H264 Multiple Bitrate 1080p", FULL_HD),
  ...withSurround("H264 Multiple Bitrate 720p", FULL_HD.slice(2)),
  ...withSurround("H264 Multiple Bitrate 4K", ULTRA_HD),
  ...withSurround("H264 Multiple Bitrate 16x9 SD", WIDE_SD),
  ...withSurround("H264 Multiple Bitrate 4x3 SD", NARROW_SD),
  {
    name: "H264 Multiple Bitrate 16x9 for iOS",
    layers: [
      [1920, 1080, 8500],
      [1280, 720, 6500],
      [1280, 720, 5000],
      [960, 540, 3500],
      [640, 360, 1200],
      [640, 360, 600],
      [480, 270, 400],
      [416, 214, 200],
    ],
    tools: [HIGHEST, ["Main", "3.1"], ["Main", "3.1"], ["Main", "3.1"], ...PHONES],
    keyframeSeconds: 3,
    audio: { channels: 2, kilobitsPerSecond: 64 },
  },
  {
    name: "H264 Multiple Bitrate 4x3 for iOS",
    layers: [
      [1920, 1440, 8500],
      [1280, 960, 6500],
      [1280, 960, 5000],
      [960, 720, 3500],
      [640, 480, 1200],
      [640, 480, 600],
      [480, 360, 400],
      [400, 300, 200],
    ],
    tools: [["High", "5"], ["Main", "3.2"], ["Main", "3.2"], ["Main", "3.1"], ...PHONES],
    keyframeSeconds: 3,
    audio: { channels: 2, kilobitsPerSecond: 64 },
  },
  ...withSurround("H264 Single Bitrate 1080p", [[1920, 1080, 6750]]),
  ...withSurround("H264 Single Bitrate 720p", [[1280, 720, 4500]]),
  ...withSurround("H264 Single Bitrate 4K", [[3840, 2160, 18_000]]),
  ...withSurround("H264 Single Bitrate 16x9 SD", [[848, 480, 2200]]),
  ...withSurround("H264 Single Bitrate 4x3 SD", [[640, 480, 1800]]),
  {
    name: "H264 Single Bitrate 720p for Android",
    layers: [[1280, 720, 2000]],
    tools: [["Baseline", "3.1"]],
    keyframeSeconds: 5,
    audio: { channels: 2, kilobitsPerSecond: 192 },
  },
  {
    name: "H264 Single Bitrate High Quality SD for Android",
    layers: [[480, 360, 500]],
    tools: [["Baseline", "3"]],
    keyframeSeconds: 5,
    audio: STEREO,
  },
  {
    name: "H264 Single Bitrate Low Quality SD for Android",
    layers: [[176, 144, 56]],
    tools: [["Baseline", "2"]],
    keyframeSeconds: 5,
    framesPerSecond: 12,
    audio: { channels: 2, kilobitsPerSecond: 32, samplesPerSecond: 24_000 },
  },
];
