import type { AccessPolicy } from "../../domain/access-policy";
import type { WireEntity } from "../../odata/edm";

/** An access policy as clients see it. */
export function accessPolicyToWire(policy: AccessPolicy): WireEntity {
  return {
    Id: policy.id,
    Created: policy.created,
    LastModified: policy.lastModified,
    Name: policy.name,
    DurationInMinutes: policy.durationMinutes,
    Permissions: policy.permissions,
  };
}
