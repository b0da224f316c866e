import type { AssetFile } from "../../domain/asset-file";
import type { WireEntity } from "../../odata/edm";

/** An asset file as clients see it. */
export function fileToWire(file: AssetFile): WireEntity {
  return {
    Id: file.id,
    Name: file.name,
    ContentFileSize: file.sizeBytes,
    ParentAssetId: file.parentAssetId,
    EncryptionVersion: file.encryptionVersion,
    EncryptionScheme: file.encryptionScheme,
    IsEncrypted: file.isEncrypted,
    EncryptionKeyId: file.encryptionKeyId,
    InitializationVector: file.initializationVector,
    IsPrimary: file.isPrimary,
    LastModified: file.lastModified,
    Created: file.created,
    MimeType: file.mimeType,
    ContentChecksum: file.contentChecksum,
    Options: file.options,
  };
}
