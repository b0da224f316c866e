import { NAMED_PRESETS, type NamedPresetFacts } from "./named-preset-table";
import type { AacAudio, H264Layer, Preset } from "./preset";

/** The service's own preset, and what a client gets that names none of these. */
export const ADAPTIVE_STREAMING = "Adaptive Streaming";

const STEREO: AacAudio = {
  kind: "aac",
  channels: 2,
  samplesPerSecond: 48_000,
  kilobitsPerSecond: 128,
  insertSilenceIfNoAudio: false,
};
const WHOLE = { source: { deinterlace: true }, images: [] } as const;
const SOUND_NAME = "{Basename}_AAC_{AudioBitrate}.mp4";
const BUFFER_SECONDS = 5;

const LADDERS_AND_SOUND: readonly Preset[] = [
  {
    ...WHOLE,
    name: ADAPTIVE_STREAMING,
    video: { kind: "ladder" },
    audio: STEREO,
    layout: "separate",
  },
  {
    ...WHOLE,
    name: "Content Adaptive Multiple Bitrate MP4",
    video: { kind: "ladder" },
    audio: STEREO,
    layout: "interleaved",
  },
  { ...WHOLE, name: "AAC Audio", audio: STEREO, layout: "interleaved", mp4FileName: SOUND_NAME },
  {
    ...WHOLE,
    name: "AAC Good Quality Audio",
    audio: { ...STEREO, kilobitsPerSecond: 192 },
    layout: "interleaved",
    mp4FileName: SOUND_NAME,
  },
];

/** By their names without case, spaces and underscores. */
const PRESETS: ReadonlyMap<string, Preset> = new Map(
  [...LADDERS_AND_SOUND, ...NAMED_PRESETS.map(fromFacts)].map((preset) => [
    keyOf(preset.name),
    preset,
  ]),
);

/** The system's preset of a name, in whatever case, with spaces, hyphens or underscores. */
export function namedPreset(name: string): Preset | undefined {
  return PRESETS.get(keyOf(name));
}

function keyOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/\.xml$|\.json$/, "")
    .replace(/[\s_-]+/g, "");
}

function fromFacts(facts: NamedPresetFacts): Preset {
  return {
    ...WHOLE,
    name: facts.name,
    video: {
      kind: "h264",
      layers: facts.layers.map((_, index) => layerOf(facts, index)),
      stretch: { mode: "AutoSize", preserveResolutionAfterRotation: false },
      keyframeSeconds: facts.keyframeSeconds,
      sceneChangeDetection: facts.layers.length === 1,
      complexity: "Balanced",
      insertBlackIfNoVideo: false,
    },
    audio: { ...STEREO, ...facts.audio },
    layout: "interleaved",
    mp4FileName: "{Basename}_{Width}x{Height}_{VideoBitrate}.mp4",
  };
}

function layerOf({ layers, tools, framesPerSecond }: NamedPresetFacts, index: number): H264Layer {
  const [width = 0, height = 0, kilobitsPerSecond = 0] = layers[index] ?? [];
  const [profile, level] = tools?.[index] ?? ["Auto", "auto"];
  return {
    width: { unit: "pixels", value: width },
    height: { unit: "pixels", value: height },
    profile,
    level,
    kilobitsPerSecond,
    maxKilobitsPerSecond: kilobitsPerSecond,
    bufferSeconds: BUFFER_SECONDS,
    referenceFrames: 3,
    slices: 0,
    ...(profile === "Baseline"
      ? { entropyMode: "Cavlc" as const }
      : { bFrames: 3, adaptiveBFrame: true }),
    ...(framesPerSecond === undefined ? {} : { frameRate: { num: framesPerSecond, den: 1 } }),
  };
}
