import type { Asset } from "../../domain/asset";
import type { EntityType, WireEntity } from "../../odata/edm";
import { type AccountDeps, required } from "../../services/account-deps";
import { createAsset, deleteAsset, publishAsset, updateAsset } from "../../services/assets";
import { livingAsset } from "../../services/living-asset";
import type { EntitySet } from "../entity-set";
import { entityLinks, linkedEntities } from "../links";
import { storedCandidates } from "../stored-candidates";
import { assetToWire } from "../wire/asset-to-wire";
import { parentAssetsToWire } from "../wire/assets-to-wire";
import { contentKeyToWire } from "../wire/content-key-to-wire";
import { deliveryPolicyToWire } from "../wire/delivery-policy-to-wire";
import { fileToWire } from "../wire/file-to-wire";
import { locatorToWire } from "../wire/locator-to-wire";
import { storageAccountToWire } from "../wire/storage-account-to-wire";

const ASSET: EntityType = {
  setName: "Assets",
  typeName: "Asset",
  properties: {
    Id: { type: "Edm.String" },
    State: { type: "Edm.Int32", write: "create" },
    Created: { type: "Edm.DateTime" },
    LastModified: { type: "Edm.DateTime" },
    AlternateId: { type: "Edm.String", write: "always" },
    Name: { type: "Edm.String", write: "always" },
    Options: { type: "Edm.Int32", write: "create" },
    FormatOption: { type: "Edm.Int32", write: "create" },
    Uri: { type: "Edm.String" },
    StorageAccountName: { type: "Edm.String", write: "create" },
  },
  navigations: {
    Locators: { target: "Locators", many: true, foreignKey: "AssetId" },
    Files: { target: "Files", many: true, foreignKey: "ParentAssetId" },
    ContentKeys: { target: "ContentKeys", many: true },
    DeliveryPolicies: { target: "AssetDeliveryPolicies", many: true },
    ParentAssets: { target: "Assets", many: true },
    StorageAccount: { target: "StorageAccounts", many: false },
  },
};

/** The `Assets` entity set. */
export function assetSet(deps: AccountDeps): EntitySet {
  const { stores } = deps;
  const { assets } = stores;
  const source = (id: string): Promise<Asset> => livingAsset(deps, id);
  const toWire = (asset: Asset): WireEntity => assetToWire(deps, asset);
  return {
    type: ASSET,
    idKind: "cid",
    get: async (id) => toWire((await required(assets, id)).value),
    candidates: storedCandidates({
      store: assets,
      toWire,
      indexes: { Name: { index: "name" } },
      columns: {
        ...{ Name: "name", State: "state", Options: "options", FormatOption: "formatOption" },
        ...{ Created: "created", LastModified: "lastModified" },
        ...{ StorageAccountName: "storageAccountName", AlternateId: "alternateId" },
      },
    }),
    navigate: async (id, property) => navigate(deps, (await required(assets, id)).value, property),
    async create(body) {
      const asset = await createAsset(deps, {
        name: body.string("Name"),
        alternateId: body.string("AlternateId"),
        options: body.number("Options") ?? 0,
        formatOption: body.number("FormatOption") ?? 0,
        state: body.number("State") ?? 0,
        storageAccountName: emptyAsNull(body.string("StorageAccountName")),
      });
      return toWire(asset);
    },
    update: (id, body) =>
      updateAsset(deps, id, {
        ...(body.has("Name") ? { name: body.string("Name") } : {}),
        ...(body.has("AlternateId") ? { alternateId: body.string("AlternateId") } : {}),
      }),
    actions: {
      Publish: async (id) => {
        await publishAsset(deps, id);
        return { status: 204 };
      },
    },
    links: {
      ContentKeys: entityLinks(deps, "ContentKeys", { source, target: stores.contentKeys }),
      DeliveryPolicies: entityLinks(deps, "DeliveryPolicies", {
        ...{ source, target: stores.deliveryPolicies },
      }),
    },
    delete: (id, query) =>
      deleteAsset(deps, id, {
        keepContainer: query.get("keepcontainer")?.toLowerCase() === "true",
      }),
  };
}

async function navigate(
  deps: AccountDeps,
  asset: Asset,
  property: string,
): Promise<readonly WireEntity[]> {
  const { id } = asset;
  const { files, locators, contentKeys, deliveryPolicies } = deps.stores;
  switch (property) {
    case "Files":
      return (await files.find("parent", id)).map((file) => fileToWire(file.value));
    case "Locators":
      return Promise.all(
        (await locators.find("asset", id)).map(({ value }) => locatorToWire(deps, value)),
      );
    case "ContentKeys":
      return linkedEntities(
        deps,
        { id, property },
        { store: contentKeys, toWire: contentKeyToWire },
      );
    case "DeliveryPolicies":
      return linkedEntities(
        deps,
        { id, property },
        { store: deliveryPolicies, toWire: deliveryPolicyToWire },
      );
    case "StorageAccount":
      return [storageAccountToWire(deps)];
    default:
      return parentAssetsToWire(deps, asset);
  }
}

function emptyAsNull(text: string | null): string | null {
  return text === "" ? null : text;
}
