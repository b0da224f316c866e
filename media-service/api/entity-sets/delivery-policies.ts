import type { AssetDeliveryPolicy } from "../../domain/delivery-policy";
import type { EntityType } from "../../odata/edm";
import type { EntityBody } from "../../odata/entity-body";
import { type AccountDeps, required } from "../../services/account-deps";
import {
  createDeliveryPolicy,
  deleteDeliveryPolicy,
  updateDeliveryPolicy,
} from "../../services/protection-policies";
import type { EntitySet } from "../entity-set";
import { storedCandidates } from "../stored-candidates";
import { deliveryPolicyToWire } from "../wire/delivery-policy-to-wire";

const DELIVERY_POLICY: EntityType = {
  setName: "AssetDeliveryPolicies",
  typeName: "AssetDeliveryPolicy",
  properties: {
    Id: { type: "Edm.String" },
    Name: { type: "Edm.String", write: "always" },
    AssetDeliveryProtocol: { type: "Edm.Int32", write: "always" },
    AssetDeliveryPolicyType: { type: "Edm.Int32", write: "always" },
    AssetDeliveryConfiguration: { type: "Edm.String", write: "always" },
    Created: { type: "Edm.DateTime" },
    LastModified: { type: "Edm.DateTime" },
  },
  navigations: {},
};

/** The `AssetDeliveryPolicies` entity set. */
export function deliveryPolicySet(deps: AccountDeps): EntitySet {
  const { deliveryPolicies } = deps.stores;
  return {
    type: DELIVERY_POLICY,
    idKind: "adpid",
    get: async (id) => deliveryPolicyToWire((await required(deliveryPolicies, id)).value),
    candidates: storedCandidates({
      store: deliveryPolicies,
      toWire: deliveryPolicyToWire,
      indexes: { Name: { index: "name" } },
    }),
    async create(body) {
      const policy = await createDeliveryPolicy(deps, {
        name: body.string("Name"),
        protocol: body.requiredNumber("AssetDeliveryProtocol"),
        type: body.requiredNumber("AssetDeliveryPolicyType"),
        configuration: body.string("AssetDeliveryConfiguration"),
      });
      return deliveryPolicyToWire(policy);
    },
    update: (id, body) => updateDeliveryPolicy(deps, id, changesOf(body)),
    delete: (id) => deleteDeliveryPolicy(deps, id),
  };
}

function changesOf(body: EntityBody): Partial<AssetDeliveryPolicy> {
  const protocol = body.number("AssetDeliveryProtocol");
  const type = body.number("AssetDeliveryPolicyType");
  return {
    ...(body.has("Name") ? { name: body.string("Name") } : {}),
    ...(protocol === null ? {} : { protocol }),
    ...(type === null ? {} : { type }),
    ...(body.has("AssetDeliveryConfiguration")
      ? { configuration: body.string("AssetDeliveryConfiguration") }
      : {}),
  };
}
