import { InvalidInputError } from "../../domain/errors";
import type { Locator } from "../../domain/locator";
import type { EntityType, WireEntity } from "../../odata/edm";
import type { EntityBody } from "../../odata/entity-body";
import { type AccountDeps, required } from "../../services/account-deps";
import { createLocator, deleteLocator, updateLocator } from "../../services/locators";
import type { EntitySet } from "../entity-set";
import { linkedId } from "../linked-id";
import { storedCandidates } from "../stored-candidates";
import { accessPolicyToWire } from "../wire/access-policy-to-wire";
import { assetToWire } from "../wire/asset-to-wire";
import { locatorToWire } from "../wire/locator-to-wire";

const LOCATOR: EntityType = {
  setName: "Locators",
  typeName: "Locator",
  properties: {
    Id: { type: "Edm.String", write: "create" },
    ExpirationDateTime: { type: "Edm.DateTime", write: "always" },
    Type: { type: "Edm.Int32", write: "create" },
    Path: { type: "Edm.String" },
    BaseUri: { type: "Edm.String" },
    ContentAccessComponent: { type: "Edm.String" },
    AccessPolicyId: { type: "Edm.String", write: "create" },
    AssetId: { type: "Edm.String", write: "create" },
    StartTime: { type: "Edm.DateTime", write: "always" },
    Name: { type: "Edm.String", write: "always" },
  },
  navigations: {
    AccessPolicy: { target: "AccessPolicies", many: false },
    Asset: { target: "Assets", many: false },
  },
};

/** The `Locators` entity set. */
export function locatorSet(deps: AccountDeps): EntitySet {
  const { locators, assets, accessPolicies } = deps.stores;
  const toWire = (locator: Locator): Promise<WireEntity> => locatorToWire(deps, locator);
  return {
    type: LOCATOR,
    idKind: "lid",
    get: async (id) => toWire((await required(locators, id)).value),
    candidates: storedCandidates({
      store: locators,
      toWire,
      indexes: { AssetId: { index: "asset", idKind: "cid" }, Name: { index: "name" } },
      columns: {
        ...{ Name: "name", Type: "type", StartTime: "startTime" },
        ExpirationDateTime: "expirationDateTime",
      },
    }),
    async navigate(id, property) {
      const { value } = await required(locators, id);
      return property === "Asset"
        ? [assetToWire(deps, (await required(assets, value.assetId)).value)]
        : [accessPolicyToWire((await required(accessPolicies, value.accessPolicyId)).value)];
    },
    create: async (body) => toWire(await createLocator(deps, newLocator(body))),
    async update(id, body) {
      const expiration = body.date("ExpirationDateTime");
      await updateLocator(deps, id, {
        ...(body.has("Name") ? { name: body.string("Name") } : {}),
        ...(body.has("StartTime") ? { startTime: body.date("StartTime") } : {}),
        ...(expiration === null ? {} : { expirationDateTime: expiration }),
      });
    },
    delete: (id) => deleteLocator(deps, id),
  };
}

function newLocator(body: EntityBody): Parameters<typeof createLocator>[1] {
  const id = body.string("Id");
  return {
    ...(id === null || id === "" ? {} : { id }),
    name: body.string("Name"),
    type: body.requiredNumber("Type"),
    accessPolicyId: idOrLink(body, "AccessPolicyId", "AccessPolicy"),
    assetId: idOrLink(body, "AssetId", "Asset"),
    startTime: body.date("StartTime"),
  };
}

// Clients of WCF Data Services link the asset and the policy instead of giving their ids.
function idOrLink(body: EntityBody, property: string, navigation: string): string {
  const id = body.string(property);
  if (id !== null && id !== "") return id;
  const [link] = body.links.get(navigation) ?? [];
  if (link === undefined) throw new InvalidInputError(`${property} is required`);
  return linkedId(link, LOCATOR.navigations[navigation]?.target ?? "");
}
