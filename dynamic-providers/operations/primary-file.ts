import type { MediaServicesClient } from "./media-services-client/client";
import { type AssetFile, files } from "./media-services-client/entities";

/** Which file is to be the primary one. */
interface PrimaryFileRequest {
  readonly assetId: string;
  readonly isWanted: (file: AssetFile) => boolean;
  /** How messages call it. */
  readonly wanted: string;
}

/**
 * Makes the one wanted file the asset's primary file. Another one that is primary steps back first: an
 * asset has at most one.
 *
 * @throws Error naming what was found when not exactly one file is wanted.
 */
export async function setPrimaryFile(
  client: MediaServicesClient,
  found: readonly AssetFile[],
  { assetId, isWanted, wanted }: PrimaryFileRequest,
): Promise<AssetFile> {
  const [file, ...more] = found.filter(isWanted);
  if (file === undefined || more.length > 0) {
    const count = file === undefined ? "none" : (more.length + 1).toString();
    const names = found.map(({ name }) => `'${name}'`).join(", ") || "no files at all";
    throw new Error(
      `Asset '${assetId}' in ${client.label} should have exactly one file ${wanted}, and has ${count}. It holds ${names}. Only such an asset can be streamed: look at what made it.`,
    );
  }
  for (const other of found.filter(({ id, isPrimary }) => isPrimary && id !== file.id)) {
    await client.merge(files, other.id, { IsPrimary: false });
  }
  if (!file.isPrimary) await client.merge(files, file.id, { IsPrimary: true });
  return file;
}
