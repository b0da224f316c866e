import { InvalidInputError } from "../../domain/errors";
import type { EntityType } from "../../odata/edm";
import type { EntityBody } from "../../odata/entity-body";
import { type AccountDeps, required } from "../../services/account-deps";
import {
  createContentKey,
  deleteContentKey,
  type NewContentKey,
  setAuthorizationPolicy,
} from "../../services/content-keys";
import type { EntitySet } from "../entity-set";
import { storedCandidates } from "../stored-candidates";
import { contentKeyToWire } from "../wire/content-key-to-wire";

const CONTENT_KEY: EntityType = {
  setName: "ContentKeys",
  typeName: "ContentKey",
  properties: {
    Id: { type: "Edm.String", write: "create" },
    Created: { type: "Edm.DateTime" },
    LastModified: { type: "Edm.DateTime" },
    ContentKeyType: { type: "Edm.Int32", write: "create" },
    EncryptedContentKey: { type: "Edm.String", write: "create" },
    Name: { type: "Edm.String", write: "create" },
    ProtectionKeyId: { type: "Edm.String", write: "create" },
    ProtectionKeyType: { type: "Edm.Int32", write: "create" },
    Checksum: { type: "Edm.String", write: "create" },
    AuthorizationPolicyId: { type: "Edm.String", write: "always" },
    TrackIdentifiers: { type: "Edm.String", write: "create" },
  },
  navigations: {},
};

/** The `ContentKeys` entity set. */
export function contentKeySet(deps: AccountDeps): EntitySet {
  const { contentKeys } = deps.stores;
  return {
    type: CONTENT_KEY,
    idKind: "kid",
    get: async (id) => contentKeyToWire((await required(contentKeys, id)).value),
    candidates: storedCandidates({
      store: contentKeys,
      toWire: contentKeyToWire,
      indexes: { Name: { index: "name" } },
    }),
    create: async (body) => contentKeyToWire(await createContentKey(deps, newContentKey(body))),
    async update(id, body) {
      if (!body.has("AuthorizationPolicyId")) return;
      await setAuthorizationPolicy(deps, id, emptyAsNull(body.string("AuthorizationPolicyId")));
    },
    delete: (id) => deleteContentKey(deps, id),
    actions: {
      GetKeyDeliveryUrl: () =>
        Promise.reject(
          new InvalidInputError("Keys are not delivered to players here: there is no such address"),
        ),
    },
  };
}

function newContentKey(body: EntityBody): NewContentKey {
  const protectionKeyType = body.number("ProtectionKeyType") ?? 0;
  if (protectionKeyType !== 0) {
    throw new InvalidInputError(
      `ProtectionKeyType must be 0 (X509CertificateThumbprint), not ${protectionKeyType}`,
    );
  }
  return {
    id: body.requiredString("Id"),
    name: body.string("Name"),
    contentKeyType: body.requiredNumber("ContentKeyType"),
    encryptedContentKey: body.requiredString("EncryptedContentKey"),
    protectionKeyId: body.requiredString("ProtectionKeyId"),
    checksum: emptyAsNull(body.string("Checksum")),
    authorizationPolicyId: emptyAsNull(body.string("AuthorizationPolicyId")),
    trackIdentifiers: emptyAsNull(body.string("TrackIdentifiers")),
  };
}

function emptyAsNull(text: string | null): string | null {
  return text === "" ? null : text;
}
