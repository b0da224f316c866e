import type { Asset } from "../../domain/asset";
import type { EntityType, WireEntity } from "../../odata/edm";
import { type AccountDeps, required } from "../../services/account-deps";
import { createAsset, deleteAsset, updateAsset } from "../../services/assets";
import { each, type EntitySet, equalText } from "../entity-set";
import { assetToWire } from "../wire/asset-to-wire";
import { assetsToWire } from "../wire/assets-to-wire";
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
    Locators: { target: "Locators", many: true },
    Files: { target: "Files", many: true },
    ParentAssets: { target: "Assets", many: true },
    StorageAccount: { target: "StorageAccounts", many: false },
  },
};

/** The `Assets` entity set. */
export function assetSet(deps: AccountDeps): EntitySet {
  const { assets, files, locators } = deps.stores;
  const toWire = (asset: Asset): WireEntity => assetToWire(deps, asset);
  return {
    type: ASSET,
    get: async (id) => toWire((await required(assets, id)).value),
    async *candidates(equal) {
      const [id, name] = [equalText(equal, "Id"), equalText(equal, "Name")];
      if (id !== undefined) {
        const found = await assets.get(id);
        yield* each(found === undefined ? [] : [found], toWire);
      } else {
        yield* each(name === undefined ? assets.list() : await assets.find("name", name), toWire);
      }
    },
    async navigate(id, property) {
      const { value } = await required(assets, id);
      if (property === "Files") {
        return (await files.find("parent", value.id)).map((file) => fileToWire(file.value));
      }
      if (property === "Locators") {
        const found = await locators.find("asset", value.id);
        return found.map((locator) => locatorToWire(deps, locator.value));
      }
      if (property === "StorageAccount") return [storageAccountToWire(deps)];
      return assetsToWire(deps, value.parentAssetIds);
    },
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
    delete: (id, query) =>
      deleteAsset(deps, id, {
        keepContainer: query.get("keepcontainer")?.toLowerCase() === "true",
      }),
  };
}

function emptyAsNull(text: string | null): string | null {
  return text === "" ? null : text;
}
