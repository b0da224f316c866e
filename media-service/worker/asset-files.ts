import { renderClientManifest } from "../packaging/client-manifest";
import { buildPresentation } from "../packaging/presentation";
import {
  parseServerManifest,
  renderServerManifest,
  type ServerManifestTrack,
} from "../packaging/server-manifest";
import type { AudioOutput, VideoOutput } from "./encode-plan";
import type { EncodeFileResult } from "./encode-file";
import type { EncodedFile } from "./encoded-file";
import { audioFileName, videoFileName } from "./output-names";

/** A file of the encoded asset, before it is uploaded. */
export interface AssetFile {
  readonly name: string;
  readonly contentType: string;
  /** The scratch file, or the content itself. */
  readonly content: { readonly path: string } | Buffer;
}

/** Form of `_manifest.json`; grows when a reader of an older one would go wrong. */
const OUTPUT_MANIFEST_VERSION = 1;

/**
 * The files of the encoded asset: media first, the server manifest last, so that an asset with one is
 * whole. Nothing in them depends on when or by which job they were made.
 */
export function assetFiles(result: EncodeFileResult, baseName: string): AssetFile[] {
  const named = nameFiles(result.files, baseName);
  const serverManifest = renderServerManifest(named.map(serverManifestTrack), baseName);
  const movies = new Map(named.map(({ name, file }) => [name, file.movie]));
  const presentation = buildPresentation(parseServerManifest(serverManifest), movies);
  return [
    ...named.map(({ name, file }) => ({
      name,
      contentType: `${file.kind}/mp4`,
      content: { path: file.output.path },
    })),
    text(`${baseName}_manifest.json`, "application/json", outputManifest(result, named)),
    text(`${baseName}.ismc`, "application/vnd.ms-sstr+xml", renderClientManifest(presentation)),
    text(`${baseName}.ism`, "application/smil+xml", serverManifest),
  ];
}

function text(name: string, contentType: string, content: string): AssetFile {
  return { name, contentType, content: Buffer.from(content, "utf8") };
}

interface NamedFile {
  readonly name: string;
  readonly file: EncodedFile;
  /** Counts from 1 among the files of its kind. */
  readonly number: number;
}

function nameFiles(files: readonly EncodedFile[], baseName: string): NamedFile[] {
  const video = files.filter(({ kind }) => kind === "video");
  const audio = files.filter(({ kind }) => kind === "audio");
  return [
    ...video.map((file, index) => ({
      name: videoFileName(baseName, file.output as VideoOutput),
      file,
      number: index + 1,
    })),
    ...audio.map((file, index) => ({
      name: audioFileName(baseName, file.output, index + 1),
      file,
      number: index + 1,
    })),
  ];
}

function serverManifestTrack({ name, file, number }: NamedFile): ServerManifestTrack {
  const { header } = file.track;
  const common = {
    kind: file.kind,
    src: name,
    systemBitrate: file.bitsPerSecond,
    trackId: header.trackId,
  };
  if (file.kind === "video") {
    const { width, height } = header.entry;
    return { ...common, trackName: "video", width, height };
  }
  const { language } = file.output as AudioOutput;
  return {
    ...common,
    trackName: number === 1 ? "audio" : `audio_${number}`,
    ...(language === undefined ? {} : { language }),
  };
}

function outputManifest({ facts }: EncodeFileResult, named: readonly NamedFile[]): string {
  const manifest = {
    version: OUTPUT_MANIFEST_VERSION,
    preset: "Adaptive Streaming",
    source: facts,
    tracks: named.map(({ name, file }) => ({
      name,
      kind: file.kind,
      codec: file.track.header.entry.codec,
      ...shapeOf(file),
      sizeBytes: file.sizeBytes,
      durationSeconds: file.durationSeconds,
      segments: file.track.segments.length,
      targetBitsPerSecond: file.output.kilobitsPerSecond * 1000,
      bitsPerSecond: file.bitsPerSecond,
      peakBitsPerSecond: file.peakBitsPerSecond,
    })),
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

function shapeOf(file: EncodedFile): object {
  const { entry } = file.track.header;
  if (file.kind === "video") return { width: entry.width, height: entry.height };
  const { language } = file.output as AudioOutput;
  return {
    channels: entry.channels,
    sampleRate: entry.sampleRate,
    ...(language === undefined ? {} : { language }),
  };
}
