import type { EncodeFileResult } from "./encode-file";
import type { EncodedTrack } from "./encoded-file";
import type { SourceFacts } from "./source-facts";

/** Form of `_manifest.json`; grows when a reader of an older one would go wrong. */
const OUTPUT_MANIFEST_VERSION = 1;

/** The text of `_manifest.json`: what was encoded from what, and how it turned out. */
export function outputManifest({ preset, facts, files, images }: EncodeFileResult): string {
  const manifest = {
    version: OUTPUT_MANIFEST_VERSION,
    preset: preset.name,
    source: reported(facts),
    tracks: files.flatMap(({ file, tracks, sizeBytes }) =>
      tracks.map((track) => ({
        name: file.name,
        kind: track.kind,
        codec: track.track.header.entry.codec,
        ...shapeOf(track),
        sizeBytes,
        durationSeconds: track.durationSeconds,
        segments: track.track.segments.length,
        targetBitsPerSecond: track.output.kilobitsPerSecond * 1000,
        bitsPerSecond: track.bitsPerSecond,
        peakBitsPerSecond: track.peakBitsPerSecond,
      })),
    ),
    ...(images.length > 0 ? { images: images.map(({ name }) => name) } : {}),
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** The facts that say what the input is; others only serve the encode. */
function reported({ container, sizeBytes, durationSeconds, video, audio }: SourceFacts): object {
  return {
    container,
    sizeBytes,
    durationSeconds,
    ...(video && { video }),
    audio: audio.map(({ streamIndex, codec, channels, sampleRate, language }) => ({
      streamIndex,
      codec,
      channels,
      sampleRate,
      language,
    })),
  };
}

function shapeOf({ kind, track, output }: EncodedTrack): object {
  const { entry } = track.header;
  if (kind === "video") return { width: entry.width, height: entry.height };
  return {
    channels: entry.channels,
    sampleRate: entry.sampleRate,
    ...(output.kind === "video" || output.language === undefined
      ? {}
      : { language: output.language }),
  };
}
