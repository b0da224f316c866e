import { randomBytes } from "node:crypto";
import { at, type Properties, secret, textAt } from "../properties";
import { inResourceGroup, type Made, type ResourceKind } from "./resource-kind";

const keyLengthBytes = 64;

/** A storage account: one Azurite process with an account name and keys of its own; for identities where keys are not allowed. */
export const storageAccount: ResourceKind = {
  declaration: {
    token: "azure-native:storage:StorageAccount",
    idPattern: inResourceGroup("Microsoft.Storage/storageAccounts/{accountName}"),
    patterns: {
      accountName: {
        pattern: /^[a-z0-9]{3,24}$/,
        rule: "must be 3 to 24 lower-case letters and digits",
      },
    },
    replacedBy: ["location", "isHnsEnabled"],
    autoName: (name, suffix) =>
      `${name
        .toLowerCase()
        .replace(/[^a-z0-9]/g, "")
        .slice(0, 24 - suffix.length)}${suffix}`,
  },
  maker: {
    startOrder: 1,
    computed: ["primaryEndpoints", "primaryLocation", "statusOfPrimary", "creationTime"],
    async apply({ name, inputs, hidden }, cloud): Promise<Made> {
      const { key1, key2, createdAt } = keysIn(hidden) ?? newKeys();
      const endpoints = await cloud.stores.start({
        ...{ name, keys: [key1, key2] },
        byIdentity: at(inputs, "allowSharedKeyAccess") === false,
      });
      return {
        outputs: {
          primaryEndpoints: { ...endpoints },
          primaryLocation: textAt(inputs, "location") ?? "",
          statusOfPrimary: "available",
          creationTime: createdAt,
        },
        hidden: { key1: secret(key1), key2: secret(key2), createdAt },
      };
    },
    remove: ({ name }, cloud) => cloud.stores.remove(name),
  },
};

interface Keys {
  key1: string;
  key2: string;
  createdAt: string;
}

function newKeys(): Keys {
  return {
    key1: randomBytes(keyLengthBytes).toString("base64"),
    key2: randomBytes(keyLengthBytes).toString("base64"),
    createdAt: new Date().toISOString(),
  };
}

/** The keys that an account already has. */
function keysIn(hidden: Properties): Keys | undefined {
  const [key1, key2] = [textAt(hidden, "key1"), textAt(hidden, "key2")];
  if (key1 === undefined || key2 === undefined) return undefined;
  return { key1, key2, createdAt: textAt(hidden, "createdAt") ?? "" };
}
