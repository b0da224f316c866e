import type { Operation, StreamingEndpoint } from "../../domain/streaming-endpoint";
import type { EntityType, WireEntity } from "../../odata/edm";
import { type AccountDeps, required } from "../../services/account-deps";
import { setEndpointState } from "../../services/streaming-endpoints";
import { each, type EntitySet, equalText } from "../entity-set";
import type { ApiAnswer } from "../http";

const STREAMING_ENDPOINT: EntityType = {
  setName: "StreamingEndpoints",
  typeName: "StreamingEndpoint",
  properties: {
    Id: { type: "Edm.String" },
    Name: { type: "Edm.String" },
    Description: { type: "Edm.String" },
    Created: { type: "Edm.DateTime" },
    LastModified: { type: "Edm.DateTime" },
    State: { type: "Edm.String" },
    HostName: { type: "Edm.String" },
    ScaleUnits: { type: "Edm.Int32" },
    CdnEnabled: { type: "Edm.Boolean" },
    StreamingEndpointVersion: { type: "Edm.String" },
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
    get: async (id) => toWire((await required(streamingEndpoints, id)).value),
    async *candidates(equal) {
      const id = equalText(equal, "Id");
      const found = id === undefined ? undefined : await streamingEndpoints.get(id);
      if (id === undefined) yield* each(streamingEndpoints.list(), toWire);
      else yield* each(found === undefined ? [] : [found], toWire);
    },
    actions: {
      Start: async (id) => accepted(await setEndpointState(deps, id, "Running")),
      Stop: async (id) => accepted(await setEndpointState(deps, id, "Stopped")),
    },
  };
}

/** The `Operations` entity set: how a Start or Stop went. */
export function operationSet({ stores }: Pick<AccountDeps, "stores">): EntitySet {
  return {
    type: OPERATION,
    get: async (id) => operationToWire((await required(stores.operations, id)).value),
    candidates: () => each(stores.operations.list(), operationToWire),
  };
}

function accepted(operation: Operation): ApiAnswer {
  return { status: 202, headers: { "operation-id": operation.id } };
}

function endpointToWire(
  { account }: Pick<AccountDeps, "account">,
  endpoint: StreamingEndpoint,
): WireEntity {
  return {
    Id: endpoint.id,
    Name: endpoint.name,
    Description: endpoint.description,
    Created: endpoint.created,
    LastModified: endpoint.lastModified,
    State: endpoint.state,
    HostName: account.streamingBaseUrl.replace(/^https?:\/\//, ""),
    ScaleUnits: endpoint.scaleUnits,
    CdnEnabled: endpoint.cdnEnabled,
    StreamingEndpointVersion: "2.0",
  };
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
