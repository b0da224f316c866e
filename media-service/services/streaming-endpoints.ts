import { ConflictError, InvalidInputError } from "../domain/errors";
import { derivedGuid, entityId } from "../domain/ids";
import {
  checkScaleUnits,
  checkStreamingEndpoint,
  DEFAULT_ENDPOINT,
  type Operation,
  type StreamingEndpoint,
  type StreamingEndpointSettings,
  type StreamingEndpointState,
} from "../domain/streaming-endpoint";
import { type AccountDeps, required } from "./account-deps";
import { updateEntity } from "./update-entity";

/** What an endpoint is without a client's choice. */
export const ENDPOINT_DEFAULTS: Omit<StreamingEndpointSettings, "name"> = {
  description: null,
  scaleUnits: 0,
  cdnEnabled: false,
  cdnProvider: null,
  cdnProfile: null,
  version: null,
  customHostNames: null,
  accessControl: null,
  maxAgeSeconds: null,
  clientAccessPolicy: null,
  crossDomainPolicy: null,
};

/** Id of the account's default streaming endpoint: known without asking, so it is made only once. */
export function defaultEndpointId(accountName: string): string {
  return entityId("oid", derivedGuid(accountName, DEFAULT_ENDPOINT));
}

/** Makes the endpoint that every account has, stopped, unless it is there. */
export async function ensureDefaultEndpoint(
  deps: Pick<AccountDeps, "account" | "stores" | "clock">,
): Promise<void> {
  const id = defaultEndpointId(deps.account.name);
  if ((await deps.stores.streamingEndpoints.get(id)) !== undefined) return;
  try {
    await deps.stores.streamingEndpoints.insert(
      newEndpoint({ ...ENDPOINT_DEFAULTS, name: DEFAULT_ENDPOINT }, id, deps.clock.now()),
    );
  } catch (cause) {
    // Another process of the account made it at the same moment.
    if (!(cause instanceof ConflictError)) throw cause;
  }
}

/**
 * Makes another endpoint, stopped.
 *
 * @throws InvalidInputError naming what can't be.
 * @throws ConflictError when the name is taken.
 * @throws QuotaExceededError when the account has as many as it may.
 */
export async function createEndpoint(
  { stores, clock, newGuid }: AccountDeps,
  wanted: StreamingEndpointSettings,
): Promise<StreamingEndpoint> {
  checkStreamingEndpoint(wanted);
  for await (const { value } of stores.streamingEndpoints.list()) {
    if (value.name.toLowerCase() === wanted.name.toLowerCase()) {
      throw new ConflictError(`There is a streaming endpoint '${value.name}' already`);
    }
  }
  const endpoint = newEndpoint(wanted, entityId("oid", newGuid()), clock.now());
  await stores.streamingEndpoints.insert(endpoint);
  return endpoint;
}

/**
 * Changes an endpoint's settings; its name and its scale units stay.
 *
 * @throws NotFoundError when there is none.
 */
export async function updateEndpoint(
  { stores, clock }: AccountDeps,
  id: string,
  changes: Partial<Omit<StreamingEndpointSettings, "name" | "scaleUnits">>,
): Promise<void> {
  await updateEntity(stores.streamingEndpoints, id, (endpoint) => {
    const changed = { ...endpoint, ...changes, lastModified: clock.now() };
    checkStreamingEndpoint(changed);
    return changed;
  });
}

/**
 * Deletes an endpoint that is stopped; the default one stays.
 *
 * @throws InvalidInputError when it is the default one, or not stopped.
 */
export async function deleteEndpoint({ stores }: AccountDeps, id: string): Promise<void> {
  const { value } = await required(stores.streamingEndpoints, id);
  if (value.name === DEFAULT_ENDPOINT) {
    throw new InvalidInputError("The default streaming endpoint can't be deleted");
  }
  if (value.state !== "Stopped") {
    throw new InvalidInputError(`The streaming endpoint is ${value.state}: stop it first`);
  }
  await stores.streamingEndpoints.delete(value.id);
}

/** Starts or stops an endpoint; what it is already is no error. */
export async function setEndpointState(
  deps: AccountDeps,
  id: string,
  state: Extract<StreamingEndpointState, "Running" | "Stopped">,
): Promise<string> {
  await updateEntity(deps.stores.streamingEndpoints, id, (current) =>
    current.state === state ? current : { ...current, state, lastModified: deps.clock.now() },
  );
  return noteOperation(deps, id);
}

/**
 * Gives an endpoint another number of scale units.
 *
 * @throws InvalidInputError when there are not so many.
 */
export async function scaleEndpoint(
  deps: AccountDeps,
  id: string,
  scaleUnits: number,
): Promise<string> {
  checkScaleUnits(scaleUnits);
  await updateEntity(deps.stores.streamingEndpoints, id, (current) => ({
    ...current,
    scaleUnits,
    lastModified: deps.clock.now(),
  }));
  return noteOperation(deps, id);
}

/** Notes that something was done to an endpoint, and answers the id of the operation. */
export async function noteOperation(
  { stores, clock, newGuid }: Pick<AccountDeps, "stores" | "clock" | "newGuid">,
  targetEntityId: string,
): Promise<string> {
  const operation: Operation = {
    id: entityId("opid", newGuid()),
    targetEntityId,
    state: "Succeeded",
    created: clock.now(),
  };
  await stores.operations.insert(operation);
  return operation.id;
}

function newEndpoint(
  settings: StreamingEndpointSettings,
  id: string,
  now: Date,
): StreamingEndpoint {
  return { ...settings, id, created: now, lastModified: now, state: "Stopped" };
}
