import { buffer } from "node:stream/consumers";
import { CorruptError, NotFoundError } from "../domain/errors";
import { parseServerManifest, type ParsedServerManifestTrack } from "../packaging/server-manifest";
import type { BlobAddress, BlobStore } from "../ports/blob-store";
import type { Preset } from "./presets/preset";
import { TaskError } from "./task-error";

/**
 * The file of an asset that a task reads. Where the asset is told by its server manifest, as what
 * another task has made is, that is the file with the best video, or with the best sound where there
 * is no video.
 *
 * @throws TaskError when the manifest names no file, or sound is in files of its own that the preset
 * needs.
 */
export async function mediaInput(
  blobs: BlobStore,
  input: BlobAddress,
  { preset, signal }: { preset: Preset; signal: AbortSignal },
): Promise<BlobAddress> {
  if (!/\.ism$/i.test(input.blob)) return input;
  const tracks = await listedTracks(blobs, input, signal);
  const video = best(tracks, "video");
  const audio = tracks.filter(({ kind }) => kind === "audio");
  const apart = audio.length > 0 && !audio.some(({ src }) => hasVideo(tracks, src));
  if (video && preset.audio && apart) {
    throw new TaskError(
      "ErrorExecutingTaskUnsupportedFormat",
      `the input asset '${input.blob}' has its sound in files of its own, and a task reads one file; ` +
        "make the asset with 'Content Adaptive Multiple Bitrate MP4', or use a preset without sound",
    );
  }
  return { ...input, blob: (video ?? best(tracks, "audio"))?.src ?? input.blob };
}

async function listedTracks(
  blobs: BlobStore,
  input: BlobAddress,
  signal: AbortSignal,
): Promise<readonly ParsedServerManifestTrack[]> {
  try {
    const text = (await buffer(await blobs.open(input, signal))).toString("utf8");
    return parseServerManifest(text).tracks;
  } catch (error) {
    if (!(error instanceof CorruptError || error instanceof NotFoundError)) throw error;
    throw new TaskError(
      "ErrorDownloadingInputAssetMalformedContent",
      `the input's server manifest '${input.blob}' cannot be used: ${error.message}`,
      { cause: error },
    );
  }
}

function best(
  tracks: readonly ParsedServerManifestTrack[],
  kind: "video" | "audio",
): ParsedServerManifestTrack | undefined {
  return tracks
    .filter((track) => track.kind === kind)
    .sort((one, other) => (other.systemBitrate ?? 0) - (one.systemBitrate ?? 0))[0];
}

function hasVideo(tracks: readonly ParsedServerManifestTrack[], src: string): boolean {
  return tracks.some((track) => track.kind === "video" && track.src === src);
}
