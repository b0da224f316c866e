import type {
  AuthorizationPolicyOption,
  ContentKeyAuthorizationPolicy,
} from "../domain/authorization-policy";
import type { ContentKey } from "../domain/content-key";
import type { AssetDeliveryPolicy } from "../domain/delivery-policy";
import type { EntityLink } from "../domain/entity-link";
import type { ProtectionKey } from "../domain/protection-key";
import { byName, dated } from "./entity-definitions";
import type { EntityDefinition } from "./table-entity-store";

/** How content keys are kept. */
export const CONTENT_KEYS: EntityDefinition<ContentKey, "name"> = {
  kind: "key",
  idKind: "kid",
  columns: {
    name: "string",
    contentKeyType: "int32",
    encryptedContentKey: "text",
    protectionKeyId: "string",
    checksum: "string",
    authorizationPolicyId: "string",
    trackIdentifiers: "string",
    ...dated,
  },
  indexes: { name: byName },
};

/** How delivery policies are kept. */
export const DELIVERY_POLICIES: EntityDefinition<AssetDeliveryPolicy, "name"> = {
  kind: "policy",
  idKind: "adpid",
  columns: {
    name: "string",
    protocol: "int32",
    type: "int32",
    configuration: "text",
    ...dated,
  },
  indexes: { name: byName },
};

/** How authorization policies are kept. */
export const AUTHORIZATION_POLICIES: EntityDefinition<ContentKeyAuthorizationPolicy, "name"> = {
  kind: "policy",
  idKind: "ckpid",
  columns: { name: "string" },
  indexes: { name: byName },
};

/** How options of authorization policies are kept. */
export const POLICY_OPTIONS: EntityDefinition<AuthorizationPolicyOption, "name"> = {
  kind: "option",
  idKind: "ckpoid",
  columns: {
    name: "string",
    keyDeliveryType: "int32",
    keyDeliveryConfiguration: "text",
    restrictions: "json",
  },
  indexes: { name: byName },
};

/** How links between entities are kept. */
export const LINKS: EntityDefinition<EntityLink, "source" | "target"> = {
  kind: "link",
  idKind: "linkid",
  columns: { sourceId: "string", property: "string", targetId: "string" },
  indexes: {
    source: { value: (link) => link.sourceId },
    target: { value: (link) => link.targetId },
  },
};

/** How the account's key pair is kept. */
export const PROTECTION_KEYS: EntityDefinition<ProtectionKey, never> = {
  kind: "certificate",
  idKind: "certid",
  columns: { certificate: "text", thumbprint: "string", sealedPrivateKey: "text" },
  indexes: {},
};
