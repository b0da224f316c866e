import { InvalidInputError } from "../../domain/errors";
import type { Operation, StreamingEndpoint } from "../../domain/streaming-endpoint";
import type { ComplexType, EntityType, WireEntity } from "../../odata/edm";
import { readValue } from "../../odata/read-value";
import { type AccountDeps, required } from "../../services/account-deps";
import {
  createEndpoint,
  deleteEndpoint,
  ENDPOINT_DEFAULTS,
  noteOperation,
  scaleEndpoint,
  setEndpointState,
  updateEndpoint,
} from "../../services/streaming-endpoints";
import { actionParameters } from "../action-parameters";
import type { EntitySet } from "../entity-set";
import type { ApiAnswer, ApiRequest } from "../http";
import { storedCandidates } from "../stored-candidates";
import { endpointSettings, endpointToWire } from "../wire/streaming-endpoint-to-wire";

const AKAMAI_KEY: ComplexType = {
  complex: "AkamaiSignatureHeaderAuthenticationKey",
  collection: true,
  properties: { Identifier: "Edm.String", Base64Key: "Edm.String", Expiration: "Edm.DateTime" },
};
const IP_RANGE: ComplexType = {
  complex: "IPRange",
  collection: true,
  properties: { Name: "Edm.String", Address: "Edm.String", SubnetPrefixLength: "Edm.Int32" },
};
const ACCESS_CONTROL: ComplexType = {
  complex: "StreamingEndpointAccessControl",
  collection: false,
  properties: {
    Akamai: {
      complex: "AkamaiAccessControl",
      collection: false,
      properties: { AkamaiSignatureHeaderAuthenticationKeyList: AKAMAI_KEY },
    },
    IP: { complex: "IPAccessControl", collection: false, properties: { Allow: IP_RANGE } },
  },
};

const STREAMING_ENDPOINT: EntityType = {
  setName: "StreamingEndpoints",
  typeName: "StreamingEndpoint",
  properties: {
    Id: { type: "Edm.String" },
    Name: { type: "Edm.String", write: "create" },
    Description: { type: "Edm.String", write: "always" },
    Created: { type: "Edm.DateTime" },
    LastModified: { type: "Edm.DateTime" },
    State: { type: "Edm.String" },
    HostName: { type: "Edm.String" },
    ScaleUnits: { type: "Edm.Int32", write: "create" },
    CustomHostNames: { type: { collectionOf: "Edm.String" }, write: "always" },
    AccessControl: { type: ACCESS_CONTROL, write: "always" },
    CacheControl: {
      type: {
        complex: "StreamingEndpointCacheControl",
        collection: false,
        properties: { MaxAge: "Edm.Int64" },
      },
      write: "always",
    },
    CrossSiteAccessPolicies: {
      type: {
        complex: "CrossSiteAccessPolicies",
        collection: false,
        properties: { ClientAccessPolicy: "Edm.String", CrossDomainPolicy: "Edm.String" },
      },
      write: "always",
    },
    CdnEnabled: { type: "Edm.Boolean", write: "always" },
    CdnProvider: { type: "Edm.String", write: "always" },
    CdnProfile: { type: "Edm.String", write: "always" },
    StreamingEndpointVersion: { type: "Edm.String", write: "always" },
    FreeTrialEndTime: { type: "Edm.DateTime" },
  },
  navigations: {},
};

const OPERATION: EntityType = {
  setName: "Operations",
  typeName: "Operation",
  properties: {
    Id: { type: "Edm.String" },
    State: { type: "Edm.String" },
    TargetEntityId: { type: "Edm.String" },
    ErrorCode: { type: "Edm.String" },
    ErrorMessage: { type: "Edm.String" },
  },
  navigations: {},
};

/** The `StreamingEndpoints` entity set. */
export function streamingEndpointSet(deps: AccountDeps): EntitySet {
  const { streamingEndpoints } = deps.stores;
  const toWire = (endpoint: StreamingEndpoint): WireEntity => endpointToWire(deps, endpoint);
  return {
    type: STREAMING_ENDPOINT,
    idKind: "oid",
    get: async (id) => toWire((await required(streamingEndpoints, id)).value),
    candidates: storedCandidates({
      store: streamingEndpoints,
      toWire,
      indexes: { Name: { index: "name" } },
      columns: { Name: "name", State: "state" },
    }),
    async create(body) {
      const endpoint = await createEndpoint(deps, {
        ...ENDPOINT_DEFAULTS,
        ...endpointSettings(body),
        name: body.requiredString("Name"),
        scaleUnits: body.number("ScaleUnits") ?? 0,
      });
      return toWire(endpoint);
    },
    update: (id, body) => updateEndpoint(deps, id, endpointSettings(body)),
    delete: (id) => deleteEndpoint(deps, id),
    noteOperation: (id) => noteOperation(deps, id),
    actions: {
      Start: async (id) => accepted(await setEndpointState(deps, id, "Running")),
      Stop: async (id) => accepted(await setEndpointState(deps, id, "Stopped")),
      Scale: async (id, request) => accepted(await scaleEndpoint(deps, id, scaleUnitsOf(request))),
    },
  };
}

/** The `Operations` entity set: how what was asked of a streaming endpoint went. */
export function operationSet({ stores }: Pick<AccountDeps, "stores">): EntitySet {
  return {
    type: OPERATION,
    get: async (id) => operationToWire((await required(stores.operations, id)).value),
    candidates: storedCandidates({
      store: stores.operations,
      toWire: operationToWire,
      columns: { State: "state" },
    }),
  };
}

function accepted(operationId: string): ApiAnswer {
  return { status: 202, headers: { "operation-id": operationId } };
}

function scaleUnitsOf(request: ApiRequest): number {
  const units = readValue("scaleUnits", "Edm.Int32", actionParameters(request).get("scaleunits"));
  if (typeof units !== "number") throw new InvalidInputError("scaleUnits is required");
  return units;
}

function operationToWire(operation: Operation): WireEntity {
  return {
    Id: operation.id,
    State: operation.state,
    TargetEntityId: operation.targetEntityId,
    ErrorCode: null,
    ErrorMessage: null,
  };
}
