import { randomBytes } from "node:crypto";
import { at, listAt, secret, textAt, type Value } from "../properties";
import type { ResourceRecord } from "../resource-records";
import { classicEndpoint } from "./classic-endpoint";
import { declaredPrincipal } from "./identity";
import { removeMediaService, startMediaService } from "./media-service-process";
import { accountPattern, mediaAccountProcessName, mediaAccountToken } from "./media-account";
import {
  type CloudServices,
  type Declared,
  inResourceGroup,
  type Made,
  type ResourceKind,
} from "./resource-kind";

const identityType = "Microsoft.ManagedIdentity/userAssignedIdentities";
const keyLengthBytes = 32;

/**
 * A classic Media Services account: the same media service that runs in a container app, over the
 * storage account that the declaration names, for the service principals that the provider was
 * configured with.
 */
const serviceAccount: ResourceKind = {
  declaration: {
    token: mediaAccountToken,
    idPattern: inResourceGroup(`${accountPattern}/{name}`),
    patterns: {
      name: { pattern: /^[a-z0-9]{3,24}$/, rule: "must be 3 to 24 lower-case letters and digits" },
      "keyDeliveryAccessControl.ipAllowLists[]": {
        pattern: /^[0-9A-Fa-f:.]+(?:\/\d{1,3})?$/,
        rule: "must be an IP address or a range of them",
      },
    },
    // An identity of the account's own making has no rights yet when the account is made.
    choices: {
      "identity.type": ["UserAssigned"],
      storageAuthenticationType: ["System", "ManagedIdentity"],
      "keyDeliveryAccessControl.defaultAction": ["Allow", "Deny"],
    },
    references: {
      "storageAccounts[].id": "Microsoft.Storage/storageAccounts",
      "storageAccounts[].managedIdentity.userAssignedIdentityId": identityType,
      "identity.identityIds[]": identityType,
    },
    among: {
      "storageAccounts[].managedIdentity.userAssignedIdentityId": {
        path: "identity.identityIds[]",
      },
    },
    replacedBy: ["location"],
    autoName: (name, suffix) =>
      `${name
        .toLowerCase()
        .replace(/[^a-z0-9]/g, "")
        .slice(0, 24 - suffix.length)}${suffix}`,
  },
  maker: { startOrder: 3, computed: [], apply: applyAccount, remove: removeAccount },
};

/** The kinds of the retired Media Services that the classic provider can declare. */
export const mediaServicesKinds: readonly ResourceKind[] = [serviceAccount, classicEndpoint];

async function applyAccount(declared: Declared, cloud: CloudServices): Promise<Made> {
  const { name, inputs, hidden } = declared;
  const key = textAt(hidden, "key") ?? randomBytes(keyLengthBytes).toString("base64");
  const storage = await storageEnvironment(declared, cloud);
  if (textAt(inputs, "keyDeliveryAccessControl.defaultAction") === "Deny") {
    cloud.notice(
      `media services account "${name}" gives content keys to nobody here: keyDeliveryAccessControl is recorded only`,
    );
  }
  await startMediaService(cloud, {
    name: mediaAccountProcessName(name),
    folder: cloud.projectRoot,
    environment: (address) => ({
      ...cloud.systemEnvironment,
      ...storage,
      MEDIA_ACCOUNT_NAME: name,
      MEDIA_ACCOUNT_KEY: key,
      DATA_CENTER: textAt(inputs, "tags.dataCenter") ?? name,
      PUBLIC_SCHEME: "http",
      PUBLIC_HOST_NAME: address,
      SERVICE_PRINCIPALS: JSON.stringify(cloud.principals()),
    }),
  });
  return { outputs: {}, hidden: { key: secret(key) } };
}

async function storageEnvironment(
  declared: Declared,
  cloud: CloudServices,
): Promise<Record<string, string>> {
  const { name, inputs } = declared;
  const primaries = listAt(inputs, "storageAccounts").filter(
    (each) => at(each, "isPrimary") === true,
  );
  const [primary] = primaries;
  if (primary === undefined || primaries.length > 1) {
    throw new Error(
      `media services account "${name}" has ${primaries.length} primary storage accounts; it must have one`,
    );
  }
  const id = textAt(primary, "id") ?? "";
  const record: ResourceRecord | undefined = cloud.records.get(id);
  const storageName = textAt(record?.inputs, "accountName");
  const account = storageName === undefined ? undefined : cloud.stores.account(storageName);
  if (account === undefined) {
    throw new Error(
      `media services account "${name}" names the storage account ${id}, which doesn't exist`,
    );
  }
  const byKey = at(record?.inputs, "allowSharedKeyAccess") !== false;
  const endpoints = await cloud.stores.endpoints(account);
  return {
    STORAGE_ACCOUNT_NAME: account.name,
    BLOB_ENDPOINT: endpoints.blob,
    QUEUE_ENDPOINT: endpoints.queue,
    TABLE_ENDPOINT: endpoints.table,
    ...storageAccess(declared, { cloud, primary, key: byKey ? account.keys[0] : undefined }),
  };
}

/** How the account shows its store who it is, as it declares. */
function storageAccess(
  { name, inputs }: Declared,
  from: { cloud: CloudServices; primary: Value; key: string | undefined },
): Record<string, string> {
  const { cloud, primary, key } = from;
  if (textAt(inputs, "storageAuthenticationType") !== "ManagedIdentity") {
    if (key !== undefined) return { STORAGE_ACCESS: "shared-key", STORAGE_ACCOUNT_KEY: key };
    throw new Error(
      `media services account "${name}" comes to its storage account with a key, which that doesn't take; ` +
        "set storageAuthenticationType to ManagedIdentity, with an identity",
    );
  }
  const id = textAt(primary, "managedIdentity.userAssignedIdentityId") ?? "";
  const principal = declaredPrincipal(id, cloud);
  if (principal === undefined) {
    throw new Error(
      `media services account "${name}" comes to its storage account as the identity "${id}", which doesn't exist`,
    );
  }
  return {
    STORAGE_ACCESS: "identity",
    AZURE_CLIENT_ID: principal.clientId,
    ...cloud.authority().identityEnvironment(mediaAccountProcessName(name), {
      assigned: [principal],
    }),
  };
}

function removeAccount({ name }: Declared, cloud: CloudServices): Promise<void> {
  return removeMediaService(cloud, mediaAccountProcessName(name));
}
