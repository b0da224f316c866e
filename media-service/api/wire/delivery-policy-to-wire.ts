import type { AssetDeliveryPolicy } from "../../domain/delivery-policy";
import type { WireEntity } from "../../odata/edm";

/** A delivery policy as clients see it. */
export function deliveryPolicyToWire(policy: AssetDeliveryPolicy): WireEntity {
  return {
    Id: policy.id,
    Name: policy.name,
    AssetDeliveryProtocol: policy.protocol,
    AssetDeliveryPolicyType: policy.type,
    AssetDeliveryConfiguration: policy.configuration,
    Created: policy.created,
    LastModified: policy.lastModified,
  };
}
