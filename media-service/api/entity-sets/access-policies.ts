import type { EntityType } from "../../odata/edm";
import { createAccessPolicy, deleteAccessPolicy } from "../../services/access-policies";
import { type AccountDeps, required } from "../../services/account-deps";
import type { EntitySet } from "../entity-set";
import { storedCandidates } from "../stored-candidates";
import { accessPolicyToWire } from "../wire/access-policy-to-wire";

const ACCESS_POLICY: EntityType = {
  setName: "AccessPolicies",
  typeName: "AccessPolicy",
  properties: {
    Id: { type: "Edm.String" },
    Created: { type: "Edm.DateTime" },
    LastModified: { type: "Edm.DateTime" },
    Name: { type: "Edm.String", write: "create" },
    DurationInMinutes: { type: "Edm.Double", write: "create" },
    Permissions: { type: "Edm.Int32", write: "create" },
  },
  navigations: {},
};

/** The `AccessPolicies` entity set. */
export function accessPolicySet(
  deps: Pick<AccountDeps, "stores" | "clock" | "newGuid">,
): EntitySet {
  const { accessPolicies } = deps.stores;
  return {
    type: ACCESS_POLICY,
    idKind: "pid",
    get: async (id) => accessPolicyToWire((await required(accessPolicies, id)).value),
    candidates: storedCandidates({
      store: accessPolicies,
      toWire: accessPolicyToWire,
      indexes: { Name: { index: "name" } },
      columns: {
        ...{ Name: "name", Created: "created", LastModified: "lastModified" },
        Permissions: "permissions",
      },
    }),
    async create(body) {
      const policy = await createAccessPolicy(deps, {
        name: body.string("Name"),
        durationMinutes: body.requiredNumber("DurationInMinutes"),
        permissions: body.number("Permissions") ?? 0,
      });
      return accessPolicyToWire(policy);
    },
    delete: (id) => deleteAccessPolicy(deps, id),
  };
}
