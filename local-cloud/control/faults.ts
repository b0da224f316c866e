import type { Ingresses } from "../ingress/ingresses";
import type { NetworkFault } from "../ingress/network-fault";
import type { Supervisor } from "../processes/supervisor";

/** What can be done to a process: a power cut, a hang, its end, and back to health. */
export const processActions = ["kill", "stop", "continue", "restore"] as const;

/** Something to be done to a part of a data center. */
export type Fault = {
  /** Name of a data center. */
  target: string;
} & (
  | { what: "service" | "store"; action: (typeof processActions)[number] }
  /** No fault ends the present one. */
  | { what: "network"; fault: NetworkFault | undefined }
);

/** There is no data center of the name. */
export class UnknownTargetError extends Error {
  override name = "UnknownTargetError";
}

/** What faults are done to. */
export interface FaultDeps {
  supervisor: Supervisor;
  ingresses: Ingresses;
  dataCenters(): readonly {
    name: string;
    service: string;
    store: string;
    workers: readonly string[];
  }[];
}

/**
 * Does it, and answers to what: the process, or the one behind the network.
 *
 * @throws UnknownTargetError naming the data centers that there are.
 */
export async function causeFault(deps: FaultDeps, fault: Fault): Promise<{ process: string }> {
  const dataCenters = deps.dataCenters();
  const target = dataCenters.find(({ name }) => name === fault.target);
  if (target === undefined) {
    const names = dataCenters.map(({ name }) => name).join(", ");
    throw new UnknownTargetError(`there is no data center "${fault.target}"; there are: ${names}`);
  }
  if (fault.what === "network") {
    deps.ingresses.setFault(target.service, fault.fault);
    return { process: target.service };
  }
  const process = target[fault.what];
  await act(deps.supervisor, process, fault.action);
  // Workers belong to the service; one that the queue did not call for has nothing to lose.
  const workers = fault.what === "service" ? target.workers : [];
  for (const worker of workers.filter((name) => deps.supervisor.has(name))) {
    await act(deps.supervisor, worker, fault.action);
  }
  return { process };
}

async function act(
  supervisor: Supervisor,
  process: string,
  action: (typeof processActions)[number],
): Promise<void> {
  if (action === "kill") await supervisor.kill(process);
  else if (action === "stop") supervisor.pause(process);
  else if (action === "continue") supervisor.resume(process);
  else await supervisor.restore(process);
}
