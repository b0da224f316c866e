import { randomBytes } from "node:crypto";
import * as enums from "@pulumi/azure-native/types/enums/storage";
import { type Properties, secret, textAt } from "../properties";
import { type Declared, inResourceGroup, type Made, type ResourceKind, valuesOf } from "./resource-kind";

const keyLengthBytes = 64;

/** A storage account: one Azurite process with an account name and keys of its own. */
export const storageAccount: ResourceKind = {
  declaration: {
    token: "azure-native:storage:StorageAccount",
    idPattern: inResourceGroup("Microsoft.Storage/storageAccounts/{accountName}"),
    required: ["kind", "sku.name"],
    choices: {
      kind: valuesOf(enums.Kind),
      "sku.name": valuesOf(enums.SkuName),
      accessTier: valuesOf(enums.AccessTier),
      minimumTlsVersion: valuesOf(enums.MinimumTlsVersion),
      publicNetworkAccess: valuesOf(enums.PublicNetworkAccess),
    },
    patterns: {
      accountName: {
        pattern: /^[a-z0-9]{3,24}$/,
        rule: "must be 3 to 24 lower-case letters and digits",
      },
    },
    replacedBy: ["location", "isHnsEnabled"],
    autoName: (name, suffix) =>
      `${name.toLowerCase().replace(/[^a-z0-9]/g, "").slice(0, 24 - suffix.length)}${suffix}`,
  },
  maker: {
    startOrder: 1,
    computed: ["primaryEndpoints", "primaryLocation", "statusOfPrimary", "creationTime"],
    async apply(declared, cloud): Promise<Made> {
      const hidden = keysOf(declared) ?? newKeys();
      const { name } = declared;
      const endpoints = await cloud.stores.start({
        name,
        keys: [String(hidden["key1"]), String(hidden["key2"])],
      });
      return {
        outputs: {
          primaryEndpoints: { ...endpoints },
          primaryLocation: textAt(declared.inputs, "location") ?? "",
          statusOfPrimary: "available",
          creationTime: String(hidden["createdAt"]),
        },
        hidden: {
          ...hidden,
          key1: secret(String(hidden["key1"])),
          key2: secret(String(hidden["key2"])),
        },
      };
    },
    remove: ({ name }, cloud) => cloud.stores.remove(name),
  },
};

function newKeys(): Properties {
  return {
    key1: randomBytes(keyLengthBytes).toString("base64"),
    key2: randomBytes(keyLengthBytes).toString("base64"),
    createdAt: new Date().toISOString(),
  };
}

/** The keys that an account already has. */
function keysOf(declared: Declared): Properties | undefined {
  return textAt(declared.hidden, "key1") === undefined ? undefined : declared.hidden;
}
