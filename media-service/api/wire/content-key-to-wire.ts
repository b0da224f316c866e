import type { ContentKey } from "../../domain/content-key";
import type { WireEntity } from "../../odata/edm";

/** A content key as clients see it: encrypted, as it came. */
export function contentKeyToWire(key: ContentKey): WireEntity {
  return {
    Id: key.id,
    Created: key.created,
    LastModified: key.lastModified,
    ContentKeyType: key.contentKeyType,
    EncryptedContentKey: key.encryptedContentKey,
    Name: key.name,
    ProtectionKeyId: key.protectionKeyId,
    ProtectionKeyType: 0,
    Checksum: key.checksum,
    AuthorizationPolicyId: key.authorizationPolicyId,
    TrackIdentifiers: key.trackIdentifiers,
  };
}
