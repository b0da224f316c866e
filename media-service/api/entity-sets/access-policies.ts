import type { EntityType } from "../../odata/edm";
import { createAccessPolicy, deleteAccessPolicy } from "../../services/access-policies";
import { type AccountDeps, required } from "../../services/account-deps";
import { each, type EntitySet, equalText } from "../entity-set";
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
    get: async (id) => accessPolicyToWire((await required(accessPolicies, id)).value),
    async *candidates(equal) {
      const [id, name] = [equalText(equal, "Id"), equalText(equal, "Name")];
      if (id !== undefined) {
        const found = await accessPolicies.get(id);
        yield* each(found === undefined ? [] : [found], accessPolicyToWire);
      } else {
        yield* each(
          name === undefined ? accessPolicies.list() : await accessPolicies.find("name", name),
          accessPolicyToWire,
        );
      }
    },
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
