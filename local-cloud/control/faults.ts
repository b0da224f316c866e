import type { Supervisor } from "../processes/supervisor";

/** What can be done to a process: a power cut, a hang, its end, and back to health. */
export const faultActions = ["kill", "stop", "continue", "restore"] as const;
/** The part of a data center that is meant. */
export const faultParts = ["service", "store"] as const;

/** Something to be done to a part of a data center. */
export interface Fault {
  /** Name of a data center. */
  target: string;
  what: (typeof faultParts)[number];
  action: (typeof faultActions)[number];
}

/** There is no data center of the name. */
export class UnknownTargetError extends Error {
  override name = "UnknownTargetError";
}

/** What faults are done to. */
export interface FaultDeps {
  supervisor: Supervisor;
  dataCenters(): readonly { name: string; service: string; store: string }[];
}

/** @throws UnknownTargetError naming the data centers that there are. */
export async function causeFault(deps: FaultDeps, fault: Fault): Promise<{ process: string }> {
  const dataCenters = deps.dataCenters();
  const target = dataCenters.find(({ name }) => name === fault.target);
  if (target === undefined) {
    const names = dataCenters.map(({ name }) => name).join(", ");
    throw new UnknownTargetError(`there is no data center "${fault.target}"; there are: ${names}`);
  }
  const process = target[fault.what];
  await act(deps.supervisor, process, fault.action);
  return { process };
}

async function act(
  supervisor: Supervisor,
  process: string,
  action: Fault["action"],
): Promise<void> {
  if (action === "kill") await supervisor.kill(process);
  else if (action === "stop") supervisor.pause(process);
  else if (action === "continue") supervisor.resume(process);
  else await supervisor.restore(process);
}
