import type { BlobEntry } from "../copy/blob-entry";
import type { ServerSideCopyMode } from "../copy/copy-options";
import { copySingle } from "../copy/copy-single";
import type { MediaServicesClient } from "../media-services-client/client";
import { type AssetFile, PERMISSIONS } from "../media-services-client/entities";
import { withSasLocator } from "../media-services-client/sas-locator";
import { createProgress, writeLine } from "../progress";
import { openSourceContainer } from "../source-container/open-container";
import { signedBlob } from "../source-container/signed-blob";
import { type LibraryBlob, readLibraryBlob } from "./library-blob";
import { recordContent } from "./record-content";
import { mimeTypeOf } from "./source-file";

/** Longest time that a copy may take, in minutes; what a longer one has sent is kept for the next run. */
const LOCATOR_MINUTES = 24 * 60;
/** As many as of a file that is uploaded: many videos come at once, and each range takes memory. */
const RANGES_AT_ONCE = 4;

/** A video of a library's container that becomes an asset's file. */
export interface CopiedSource extends LibraryBlob {
  /** What messages call the work. */
  readonly label: string;
  readonly serverSideCopy?: ServerSideCopyMode | undefined;
}

/**
 * Brings a library's blob into an asset file and records its size there: copied by the store where that
 * can read the library, else through this machine. Does nothing that was done.
 *
 * @throws Error when the blob is no longer the one that was listed.
 */
export async function copySource(
  client: MediaServicesClient,
  source: CopiedSource,
  target: AssetFile,
): Promise<void> {
  const container = await openSourceContainer(source.version.container);
  const read = async (): Promise<BlobEntry> =>
    asAssetFile(await readLibraryBlob(container, source), target.name);
  const entry = await read();
  const { blob, unsigned } = await signedBlob(container, source.name);
  const { label, serverSideCopy } = source;
  const progress = createProgress({ label, unit: "bytes", total: entry.sizeBytes });
  const { read: READ, write: WRITE, delete: DELETE, list: LIST } = PERMISSIONS;
  const request = {
    assetId: target.assetId,
    permissions: READ | WRITE | DELETE | LIST,
    minutes: LOCATOR_MINUTES,
    name: "twinstream upload",
  };
  await withSasLocator(client, request, ({ containerUrl, query }) =>
    copySingle({
      source: {
        ...{ container: container.client, blob, entry, read },
        ...(unsigned !== undefined && { unsigned }),
      },
      targetUrl: `${containerUrl}${query}`,
      options: {
        maxConcurrency: RANGES_AT_ONCE,
        ...(serverSideCopy !== undefined && { serverSideCopy }),
      },
      events: {
        note: (line) => {
          writeLine(`${label}: ${line}`);
        },
        planned: () => undefined,
        progress: (bytes) => {
          progress.update(bytes);
        },
      },
    }),
  );
  await recordContent(client, target, entry.sizeBytes);
}

/** Content and its MD5 alone: the library's metadata, tags and tier are its own. */
function asAssetFile({ etag, sizeBytes, md5 }: BlobEntry, name: string): BlobEntry {
  return {
    ...{ name, etag, sizeBytes, md5 },
    headers: { blobContentType: mimeTypeOf(name) },
    ...{ metadata: {}, copiedFrom: undefined, tier: undefined, tags: undefined },
    storeCopy: undefined,
  };
}
