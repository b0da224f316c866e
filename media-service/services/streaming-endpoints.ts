import { createHash } from "node:crypto";
import { ConflictError } from "../domain/errors";
import { entityId } from "../domain/ids";
import {
  DEFAULT_ENDPOINT,
  type Operation,
  type StreamingEndpoint,
  type StreamingEndpointState,
} from "../domain/streaming-endpoint";
import type { AccountDeps } from "./account-deps";
import { updateEntity } from "./update-entity";

/** Id of the account's default streaming endpoint: known without asking, so it is made only once. */
export function defaultEndpointId(accountName: string): string {
  const hex = createHash("sha256").update(`${accountName}/${DEFAULT_ENDPOINT}`).digest("hex");
  const guid = [8, 12, 16, 20, 32].map((end, i, ends) => hex.slice(ends[i - 1] ?? 0, end));
  return entityId("oid", guid.join("-"));
}

/** Makes the endpoint that every account has, stopped, unless it is there. */
export async function ensureDefaultEndpoint(
  deps: Pick<AccountDeps, "account" | "stores" | "clock">,
): Promise<void> {
  const id = defaultEndpointId(deps.account.name);
  if ((await deps.stores.streamingEndpoints.get(id)) !== undefined) return;
  const now = deps.clock.now();
  const endpoint: StreamingEndpoint = {
    id,
    name: DEFAULT_ENDPOINT,
    description: null,
    created: now,
    lastModified: now,
    state: "Stopped",
    scaleUnits: 0,
    cdnEnabled: false,
  };
  try {
    await deps.stores.streamingEndpoints.insert(endpoint);
  } catch (cause) {
    // Another process of the account made it at the same moment.
    if (!(cause instanceof ConflictError)) throw cause;
  }
}

/** Starts or stops an endpoint; what it is already is no error. */
export async function setEndpointState(
  deps: AccountDeps,
  id: string,
  state: Extract<StreamingEndpointState, "Running" | "Stopped">,
): Promise<Operation> {
  const now = deps.clock.now();
  const endpoint = await updateEntity(deps.stores.streamingEndpoints, id, (current) =>
    current.state === state ? current : { ...current, state, lastModified: now },
  );
  const operation: Operation = {
    id: entityId("opid", deps.newGuid()),
    targetEntityId: endpoint.id,
    state: "Succeeded",
    created: now,
  };
  await deps.stores.operations.insert(operation);
  return operation;
}
