import { InvalidInputError } from "../../domain/errors";
import type { NotificationEndPoint } from "../../domain/notification";
import type { EntityType, WireEntity } from "../../odata/edm";
import type { EntityBody } from "../../odata/entity-body";
import { type AccountDeps, required } from "../../services/account-deps";
import {
  createEndPoint,
  deleteEndPoint,
  type NewEndPoint,
  renameEndPoint,
} from "../../services/notification-end-points";
import type { EntitySet } from "../entity-set";
import { storedCandidates } from "../stored-candidates";

const END_POINT: EntityType = {
  setName: "NotificationEndPoints",
  typeName: "NotificationEndPoint",
  properties: {
    Id: { type: "Edm.String" },
    Created: { type: "Edm.DateTime" },
    Name: { type: "Edm.String", write: "always" },
    EndPointType: { type: "Edm.Int32", write: "create" },
    EndPointAddress: { type: "Edm.String", write: "create" },
    CredentialType: { type: "Edm.Int32", write: "create" },
    ProtectionKeyType: { type: "Edm.Int32", write: "create" },
    ProtectionKeyId: { type: "Edm.String", write: "create" },
    EncryptedEndPointCredential: { type: "Edm.String", write: "create" },
  },
  navigations: {},
};
const SIGNING_KEY = 1;

/** The `NotificationEndPoints` entity set. */
export function notificationEndPointSet(deps: AccountDeps): EntitySet {
  const { notificationEndPoints } = deps.stores;
  return {
    type: END_POINT,
    idKind: "nepid",
    get: async (id) => toWire((await required(notificationEndPoints, id)).value),
    candidates: storedCandidates({
      store: notificationEndPoints,
      toWire,
      indexes: { Name: { index: "name" } },
    }),
    create: async (body) => toWire(await createEndPoint(deps, newEndPoint(body))),
    async update(id, body) {
      if (body.has("Name")) await renameEndPoint(deps, id, body.requiredString("Name"));
    },
    delete: (id) => deleteEndPoint(deps, id),
  };
}

function newEndPoint(body: EntityBody): NewEndPoint {
  const credential = body.string("EncryptedEndPointCredential");
  const hasCredential = (body.number("CredentialType") ?? 0) === SIGNING_KEY;
  if (hasCredential && (credential === null || credential === "")) {
    throw new InvalidInputError("CredentialType 1 needs an EncryptedEndPointCredential");
  }
  return {
    name: body.requiredString("Name"),
    type: body.requiredNumber("EndPointType"),
    address: body.requiredString("EndPointAddress"),
    encryptedCredential: hasCredential ? credential : null,
    protectionKeyId: hasCredential ? body.string("ProtectionKeyId") : null,
  };
}

function toWire(endPoint: NotificationEndPoint): WireEntity {
  return {
    Id: endPoint.id,
    Created: endPoint.created,
    Name: endPoint.name,
    EndPointType: endPoint.type,
    EndPointAddress: endPoint.address,
    CredentialType: endPoint.encryptedCredential === null ? 0 : SIGNING_KEY,
    ProtectionKeyType: 0,
    ProtectionKeyId: endPoint.protectionKeyId,
    EncryptedEndPointCredential: endPoint.encryptedCredential,
  };
}
