import { strict as assert } from "node:assert";
import { until } from "../local-cloud/until";
import type { LocalCloud, StackOutputs } from "./local-cloud";

/** A fault of a data center, as the local cloud's control API takes it. */
export interface Fault {
  readonly target: string;
  readonly what: "service" | "store" | "network";
  readonly action: "kill" | "stop" | "continue" | "restore" | "slow" | "fail" | "hang" | "cut";
  readonly latencyMs?: number;
  readonly status?: number;
  /** A regular expression; only requests whose path it fits fail. */
  readonly paths?: string;
  readonly afterBytes?: number;
}

/** A running cloud, as far as faults need it. */
interface ControlledCloud {
  facts(): Promise<{ readonly controlUrl: string }>;
}

/** Does something to a data center. */
export async function causeFault(cloud: ControlledCloud, fault: Fault): Promise<void> {
  await control(cloud, "POST /faults", fault);
}

/** Kills a data center as a power cut would: `kill -9` of its media service and of its store. */
export async function breakDataCenter(cloud: LocalCloud, dataCenter: string): Promise<void> {
  await Promise.all(
    (["service", "store"] as const).map((what) =>
      causeFault(cloud, { target: dataCenter, what, action: "kill" }),
    ),
  );
}

/** Brings a data center back, and waits until its origin says that it can serve and all hosts believe it. */
export async function restoreDataCenter(
  cloud: LocalCloud,
  dataCenter: string,
  outputs: StackOutputs,
): Promise<void> {
  await reviveDataCenter(cloud, dataCenter, outputs);
  await untilServedBy(dataCenter, outputs, [outputs.edgeHost, outputs.trafficManagerHost]);
}

/** Brings a data center back, and waits until its origin says that it can serve. */
export async function reviveDataCenter(
  cloud: LocalCloud,
  dataCenter: string,
  outputs: StackOutputs,
): Promise<void> {
  for (const what of ["store", "service"] as const) {
    await causeFault(cloud, { target: dataCenter, what, action: "restore" });
  }
  await untilCloud(`${dataCenter} serves again`, async () => {
    const response = await fetch(`http://${outputs.origins[dataCenter] ?? ""}/readyz`);
    return response.ok;
  });
}

/** Waits until a data center answers on hosts that may be answered by any; default: the edge's. */
export async function untilServedBy(
  dataCenter: string,
  outputs: StackOutputs,
  hosts: readonly string[] = [outputs.edgeHost],
): Promise<void> {
  const path = `${outputs.videos[0]?.relativePath ?? ""}/manifest(format=m3u8-cmaf)`;
  let last = "no answer";
  try {
    await untilCloud(`${dataCenter} serves ${hosts.join(" and ")}`, async () => {
      const answers = await Promise.all(
        hosts.map((host) =>
          // A query of its own goes round the cache.
          fetch(`http://${host}${path}?probe=${Date.now()}`, { headers: { connection: "close" } }),
        ),
      );
      const from = answers.map(({ headers }) => headers.get("x-data-center"));
      last = answers.map(({ status }, index) => `${status} from ${from[index] ?? "?"}`).join(", ");
      return from.every((each) => each === dataCenter);
    });
  } catch (error) {
    const own = await fetch(`http://${outputs.origins[dataCenter] ?? ""}${path}`).then(
      async (answer) => `${answer.status} ${(await answer.text()).slice(0, 200)}`,
      String,
    );
    throw new Error(`${String(error)}; last ${last}; ${dataCenter} itself: ${own}`);
  }
}

/** Starts a data center's media service again at once; the longer it kept dying, the longer it would wait. */
export async function restoreService(cloud: LocalCloud, dataCenter: string): Promise<void> {
  // The supervisor may not have seen yet that it died, and would then see nothing to restore.
  await untilCloud(`${dataCenter}'s media service runs again`, async () => {
    await causeFault(cloud, { target: dataCenter, what: "service", action: "restore" });
    const { processes, dataCenters } = await cloud.facts();
    const pid = processes[dataCenters[dataCenter]?.service ?? ""];
    return pid !== undefined && isAlive(pid);
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // ended: the file still names the process that was killed
  }
}

/** Whether the edge tries a failed request at the next origin within the same request. */
export async function setEdgeRetry(cloud: LocalCloud, enabled: boolean): Promise<void> {
  await control(cloud, "PUT /edge/retry", { enabled });
}

/** Makes the edge forget what it keeps, so that the next viewer needs an origin for every segment. */
export async function purgeEdge(cloud: LocalCloud): Promise<void> {
  await control(cloud, "POST /edge/purge", {});
}

/** Changes a resource past the program, as somebody does in Azure's portal. */
export async function changeByHand(
  cloud: ControlledCloud,
  id: string,
  inputs: Readonly<Record<string, unknown>>,
): Promise<void> {
  await control(cloud, "PATCH /resources", { id, inputs });
}

async function control(cloud: ControlledCloud, call: string, body: unknown): Promise<void> {
  const [method = "", path = ""] = call.split(" ");
  const { controlUrl } = await cloud.facts();
  const response = await fetch(`${controlUrl}${path}`, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assert(response.ok, `${call}: ${response.status} ${await response.text()}`);
}

/** Asks a cloud that may just be coming up, where no answer is a no. */
function untilCloud(what: string, check: () => Promise<boolean>): Promise<void> {
  return until(what, () => check().catch(() => false), 120_000);
}
