import type { MediaServicesClient } from "../media-services-client/client";
import { type AssetFile, PERMISSIONS } from "../media-services-client/entities";
import { withSasLocator } from "../media-services-client/sas-locator";
import { uploadInBlocks } from "./block-upload";
import { recordContent } from "./record-content";
import { mimeTypeOf, readContent } from "./source-file";

/** A write locator lasts so long, in minutes; what a longer upload has sent is kept for the next run. */
const LOCATOR_MINUTES = 12 * 60;

/** The file that is uploaded, as the check saw it. */
interface Source {
  readonly name: string;
  readonly file: string;
  readonly contentSha256?: string;
}

/**
 * Brings a file's content into an asset file and records its size there. Does nothing that was done.
 *
 * @throws Error when the file is no longer the one that was checked.
 */
export async function uploadSource(
  client: MediaServicesClient,
  source: Source,
  target: AssetFile,
): Promise<void> {
  const content = await readContent(source.file);
  if (content.contentSha256 !== source.contentSha256) {
    throw new Error(
      `The file '${source.file}' changed since it was checked. Run again when nothing writes to it.`,
    );
  }
  const { assetId, name: fileName } = target;
  // Reading is for the list of blocks that are there, and for the comparison afterwards.
  const permissions = PERMISSIONS.read | PERMISSIONS.write;
  const request = { assetId, permissions, minutes: LOCATOR_MINUTES, name: "twinstream upload" };
  await withSasLocator(client, request, (locator) =>
    uploadInBlocks({
      file: source.file,
      content,
      blobUrl: locator.blobUrl(fileName),
      contentType: mimeTypeOf(fileName),
      label: `upload ${source.name}`,
    }),
  );
  await recordContent(client, target, content.sizeBytes);
}
