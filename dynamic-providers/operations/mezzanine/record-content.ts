import type { MediaServicesClient } from "../media-services-client/client";
import { type AssetFile, files } from "../media-services-client/entities";

/** Makes an asset's file say how long its content is, and that it is what the asset is about. */
export async function recordContent(
  client: MediaServicesClient,
  { id, sizeBytes: known, isPrimary }: AssetFile,
  sizeBytes: number,
): Promise<void> {
  if (known === sizeBytes && isPrimary) return;
  await client.merge(files, id, { ContentFileSize: sizeBytes.toString(), IsPrimary: true });
}
