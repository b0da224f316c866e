import type { EntityType } from "../../odata/edm";
import type { EntityBody } from "../../odata/entity-body";
import { type AccountDeps, required } from "../../services/account-deps";
import {
  type AssetFileFields,
  createAssetFile,
  deleteAssetFile,
  updateAssetFile,
} from "../../services/asset-files";
import { each, type EntitySet, equalId, equalText } from "../entity-set";
import { fileToWire } from "../wire/file-to-wire";

const FILE: EntityType = {
  setName: "Files",
  typeName: "AssetFile",
  properties: {
    Id: { type: "Edm.String" },
    Name: { type: "Edm.String", write: "always" },
    ContentFileSize: { type: "Edm.Int64", write: "always" },
    ParentAssetId: { type: "Edm.String", write: "create" },
    EncryptionVersion: { type: "Edm.String", write: "always" },
    EncryptionScheme: { type: "Edm.String", write: "always" },
    IsEncrypted: { type: "Edm.Boolean", write: "always" },
    EncryptionKeyId: { type: "Edm.String", write: "always" },
    InitializationVector: { type: "Edm.String", write: "always" },
    IsPrimary: { type: "Edm.Boolean", write: "always" },
    LastModified: { type: "Edm.DateTime" },
    Created: { type: "Edm.DateTime" },
    MimeType: { type: "Edm.String", write: "always" },
    ContentChecksum: { type: "Edm.String", write: "always" },
    Options: { type: "Edm.Int32", write: "always" },
  },
  navigations: {},
};

/** The `Files` entity set. */
export function fileSet(deps: AccountDeps): EntitySet {
  const { files } = deps.stores;
  return {
    type: FILE,
    get: async (id) => fileToWire((await required(files, id)).value),
    async *candidates(equal) {
      const [id, parent] = [equalText(equal, "Id"), equalId(equal, "ParentAssetId", "cid")];
      const name = equalText(equal, "Name");
      if (id !== undefined) {
        const found = await files.get(id);
        yield* each(found === undefined ? [] : [found], fileToWire);
      } else if (parent !== undefined) {
        yield* each(await files.find("parent", parent), fileToWire);
      } else {
        yield* each(name === undefined ? files.list() : await files.find("name", name), fileToWire);
      }
    },
    async create(body) {
      const file = await createAssetFile(deps, {
        ...changesOf(body),
        name: body.requiredString("Name"),
        parentAssetId: body.requiredString("ParentAssetId"),
      });
      return fileToWire(file);
    },
    update: (id, body) => updateAssetFile(deps, id, changesOf(body)),
    delete: (id) => deleteAssetFile(deps, id),
  };
}

const TEXTS = {
  MimeType: "mimeType",
  ContentChecksum: "contentChecksum",
  EncryptionScheme: "encryptionScheme",
  EncryptionVersion: "encryptionVersion",
  EncryptionKeyId: "encryptionKeyId",
  InitializationVector: "initializationVector",
} as const;
const NUMBERS = { ContentFileSize: "sizeBytes", Options: "options" } as const;
const BOOLEANS = { IsPrimary: "isPrimary", IsEncrypted: "isEncrypted" } as const;

// A client that sends all properties sends null for those that it does not know.
function changesOf(body: EntityBody): Partial<AssetFileFields> {
  const changes: Record<string, unknown> = {};
  for (const [property, field] of Object.entries(TEXTS)) {
    if (body.has(property)) changes[field] = body.string(property);
  }
  for (const [property, field] of Object.entries(NUMBERS)) {
    if (body.number(property) !== null) changes[field] = body.number(property);
  }
  for (const [property, field] of Object.entries(BOOLEANS)) {
    if (body.boolean(property) !== null) changes[field] = body.boolean(property);
  }
  if (body.string("Name") !== null) changes["name"] = body.string("Name");
  return changes;
}
