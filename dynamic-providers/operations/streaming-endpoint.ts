import { setTimeout as delay } from "node:timers/promises";
import { InputCheck } from "./check-inputs";
import { compareInputs } from "./compare-inputs";
import { MediaServicesClient } from "./media-services-client/client";
import {
  operations as serviceOperations,
  type StreamingEndpoint,
  streamingEndpoints,
} from "./media-services-client/entities";
import type { AccountInputs, ResourceOperations } from "./resource-operations";

/** Inputs of a streaming endpoint. */
export interface StreamingEndpointInputs extends AccountInputs {
  /** Every account has one called `default`. */
  readonly name: string;
}

/** Outputs of a streaming endpoint. */
export interface StreamingEndpointOutputs extends StreamingEndpointInputs {
  readonly endpointId: string;
  readonly state: string;
  /** Host of the streaming URLs. */
  readonly hostName: string;
}

/** Starting one took minutes on the original service; more than this is a fault. */
const CHANGE_TIMEOUT_MS = 15 * 60_000;

/** Starts a streaming endpoint that the account has, and stops it at the end. */
export const operations: ResourceOperations<StreamingEndpointInputs, StreamingEndpointOutputs> = {
  check(_olds, news) {
    const { failures } = new InputCheck(news).account("account").text("name");
    return Promise.resolve({ inputs: news, failures });
  },

  diff(_id, olds, news) {
    const result = compareInputs(olds, news, { replace: ["name"] });
    // A refresh may have found it stopped.
    return Promise.resolve({ ...result, changes: result.changes || olds.state !== "Running" });
  },

  async create(inputs) {
    const outs = await start(inputs);
    return { id: outs.endpointId, outs };
  },

  async read(id, outs) {
    const client = new MediaServicesClient(outs.account);
    const endpoint = await client.get(streamingEndpoints, id);
    return endpoint === undefined ? { id: "" } : { id, props: { ...outs, ...observed(endpoint) } };
  },

  update: async (_id, _olds, news) => ({ outs: await start(news) }),

  async delete(id, { account }) {
    const client = new MediaServicesClient(account);
    const endpoint = await client.get(streamingEndpoints, id);
    if (endpoint === undefined || endpoint.state === "Stopped") return;
    await change(client, endpoint, { action: "Stop", from: ["Running"], to: "Stopped" });
  },
};

async function start(inputs: StreamingEndpointInputs): Promise<StreamingEndpointOutputs> {
  const client = new MediaServicesClient(inputs.account);
  const [endpoint] = await client.find(streamingEndpoints, { Name: inputs.name });
  if (endpoint === undefined) {
    throw new Error(
      `${client.label} has no streaming endpoint '${inputs.name}': give the name of one that it has; every account has 'default'.`,
    );
  }
  const running = await change(client, endpoint, {
    action: "Start",
    from: ["Stopped"],
    to: "Running",
  });
  return { ...inputs, ...observed(running) };
}

/** Brings an endpoint to a state, also where another change has to end first. */
async function change(
  client: MediaServicesClient,
  endpoint: StreamingEndpoint,
  step: { action: "Start" | "Stop"; from: readonly string[]; to: string },
): Promise<StreamingEndpoint> {
  const deadline = Date.now() + CHANGE_TIMEOUT_MS;
  let current = endpoint;
  for (let waitMs = 100; current.state !== step.to; waitMs = Math.min(waitMs * 2, 2_000)) {
    if (step.from.includes(current.state)) {
      await followOperation(client, await client.act(streamingEndpoints, current.id, step.action));
    }
    current = (await client.get(streamingEndpoints, current.id)) ?? current;
    if (current.state === step.to) break;
    if (Date.now() > deadline) throw tooLong(client, current, step.to);
    await delay(waitMs);
  }
  return current;
}

async function followOperation(client: MediaServicesClient, id: string | undefined): Promise<void> {
  const deadline = Date.now() + CHANGE_TIMEOUT_MS;
  for (let waitMs = 100; id !== undefined; waitMs = Math.min(waitMs * 2, 2_000)) {
    const operation = await client.get(serviceOperations, id);
    if (operation?.state === "Failed") {
      throw new Error(
        `${client.label} could not change its streaming endpoint: ${operation.errorMessage || "no reason was given"} (operation ${id}). Run again; if it stays so, see the service's log.`,
      );
    }
    if (operation?.state !== "InProgress" || Date.now() > deadline) return;
    await delay(waitMs);
  }
}

function tooLong(client: MediaServicesClient, endpoint: StreamingEndpoint, state: string): Error {
  const minutes = (CHANGE_TIMEOUT_MS / 60_000).toString();
  return new Error(
    `Streaming endpoint '${endpoint.name}' of ${client.label} is still ${endpoint.state} after ${minutes} minutes, and should be ${state}. Look at the account, then run again.`,
  );
}

function observed(
  endpoint: StreamingEndpoint,
): Pick<StreamingEndpointOutputs, "endpointId" | "state" | "hostName"> {
  return { endpointId: endpoint.id, state: endpoint.state, hostName: endpoint.hostName };
}
