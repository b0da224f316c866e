import { renderClientManifest } from "../packaging/client-manifest";
import { buildPresentation } from "../packaging/presentation";
import {
  parseServerManifest,
  renderServerManifest,
  type ServerManifestTrack,
} from "../packaging/server-manifest";
import type { EncodeFileResult } from "./encode-file";
import type { EncodedFile, EncodedTrack } from "./encoded-file";
import { inputMetadata } from "./input-metadata";
import { outputManifest } from "./output-manifest";
import { outputMetadata } from "./output-metadata";

/** A file of the encoded asset, before it is uploaded. */
export interface AssetFile {
  readonly name: string;
  readonly contentType: string;
  /** The scratch file, or the content itself. */
  readonly content: { readonly path: string } | Buffer;
}

/** What was encoded. */
export interface AssetSource {
  /** The input's name without folders and extension: results are called after it. */
  readonly baseName: string;
  readonly fileName: string;
  /** Container of the input asset. */
  readonly container: string;
}

/**
 * The files of the encoded asset: media first, the server manifest last, so that an asset with one is
 * whole; images alone need none. Nothing in them depends on when or by which job they were made.
 */
export function assetFiles(result: EncodeFileResult, source: AssetSource): AssetFile[] {
  const { files, images, media } = result;
  const { baseName, fileName, container } = source;
  const listed = listedTracks(files);
  return [
    ...files.map(({ file, tracks }) => ({
      name: file.name,
      contentType: `${tracks[0]?.kind ?? "video"}/mp4`,
      content: { path: file.path },
    })),
    ...images.map(({ name, contentType, path }) => ({ name, contentType, content: { path } })),
    text(`${baseName}_manifest.json`, "application/json", outputManifest(result)),
    // Media Encoder Standard calls this one after the input asset, whose guid its container has, too.
    text(
      `${container.replace(/^asset-/, "")}_metadata.xml`,
      "application/xml",
      inputMetadata(media, fileName),
    ),
    ...(files.length > 0
      ? [text(`${baseName}_manifest.xml`, "application/xml", outputMetadata(result, fileName))]
      : []),
    ...(listed.length > 0 ? streamingManifests(files, listed, baseName) : []),
  ];
}

function streamingManifests(
  files: readonly EncodedFile[],
  listed: readonly ServerManifestTrack[],
  baseName: string,
): AssetFile[] {
  const serverManifest = renderServerManifest(listed, baseName);
  const movies = new Map(files.map(({ file, movie }) => [file.name, movie]));
  const presentation = buildPresentation(parseServerManifest(serverManifest), movies);
  return [
    text(`${baseName}.ismc`, "application/vnd.ms-sstr+xml", renderClientManifest(presentation)),
    text(`${baseName}.ism`, "application/smil+xml", serverManifest),
  ];
}

function text(name: string, contentType: string, content: string): AssetFile {
  return { name, contentType, content: Buffer.from(content, "utf8") };
}

/**
 * What can be streamed: every video track, and every sound once, also where each file repeats all
 * sound.
 */
function listedTracks(files: readonly EncodedFile[]): ServerManifestTrack[] {
  const video = files.flatMap(({ file, tracks }) =>
    tracks.filter(({ kind }) => kind === "video").map((track) => listedVideo(file.name, track)),
  );
  const sounding = files.filter(({ tracks }) => tracks.some(({ kind }) => kind === "audio"));
  const interleaved = sounding.some(({ tracks }) => tracks.some(({ kind }) => kind === "video"));
  const sources = interleaved ? sounding.slice(0, 1) : sounding;
  const audio = sources.flatMap(({ file, tracks }) =>
    tracks.filter(({ kind }) => kind === "audio").map((track) => ({ name: file.name, track })),
  );
  return [...video, ...audio.map(({ name, track }, index) => listedAudio(name, track, index + 1))];
}

function listed(src: string, { kind, bitsPerSecond, track }: EncodedTrack) {
  return { kind, src, systemBitrate: bitsPerSecond, trackId: track.header.trackId };
}

function listedVideo(src: string, track: EncodedTrack): ServerManifestTrack {
  const { width, height } = track.track.header.entry;
  return { ...listed(src, track), trackName: "video", width, height };
}

function listedAudio(src: string, track: EncodedTrack, number: number): ServerManifestTrack {
  const language = languageOf(track);
  return {
    ...listed(src, track),
    trackName: number === 1 ? "audio" : `audio_${number}`,
    ...(language === undefined ? {} : { language }),
  };
}

function languageOf({ output }: EncodedTrack): string | undefined {
  return output.kind === "video" ? undefined : output.language;
}
