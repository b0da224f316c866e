import type { EntityType } from "../../odata/edm";
import type { EntityBody } from "../../odata/entity-body";
import { type AccountDeps, required } from "../../services/account-deps";
import {
  type AssetFileFields,
  createAssetFile,
  deleteAssetFile,
  updateAssetFile,
} from "../../services/asset-files";
import type { EntitySet } from "../entity-set";
import { storedCandidates } from "../stored-candidates";
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
    idKind: "cid",
    get: async (id) => fileToWire((await required(files, id)).value),
    candidates: storedCandidates({
      store: files,
      toWire: fileToWire,
      indexes: {
        ParentAssetId: { index: "parent", idKind: "cid" },
        Name: { index: "name" },
      },
      columns: {
        ...{ Name: "name", MimeType: "mimeType", IsPrimary: "isPrimary", Options: "options" },
        ...{ Created: "created", LastModified: "lastModified", IsEncrypted: "isEncrypted" },
      },
    }),
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
