import { setTimeout as sleep } from "node:timers/promises";
import { DrillError } from "../drill-error";
import type { Deployment } from "../deployment/deployment";
import type { DataCenterControl } from "./data-center-control";

/** A switch of Azure's that leaves a data center out. */
interface Switch {
  id: string;
  apiVersion: string;
  /** Property that holds `Enabled` or `Disabled`. */
  property: "enabledState" | "endpointStatus";
}

/** Where Azure is, and who asks. */
export interface AzureAccess {
  /** Without a slash at the end. */
  managementUrl: string;
  /** A token for the address; asked for again with each call, since a drill may outlast one. */
  token(): Promise<string>;
  pollMs?: number;
}

const on = "Enabled";
const off = "Disabled";
const changeWithinMs = 10 * 60_000;

/**
 * A data center of an Azure stack: its origin at Front Door and its endpoint at Traffic Manager are
 * disabled, and then set to what they were. The data center itself is not touched.
 */
export class AzureControl implements DataCenterControl {
  readonly cloud = "azure";
  readonly how = "its origin at Front Door and its endpoint at Traffic Manager are disabled";
  readonly fault = "disable";
  readonly seenByProbes = true;

  constructor(
    private readonly deployment: Pick<Deployment, "switches">,
    private readonly access: AzureAccess,
  ) {}

  async prepare(dataCenter: string): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const each of this.switchesOf(dataCenter)) {
      const state = await this.read(each);
      if (state !== on) {
        throw new DrillError(
          `${each.id} is ${state} already: somebody has taken ${dataCenter} away. Enable it first`,
        );
      }
      found[each.id] = state;
    }
    return found;
  }

  async takeAway(dataCenter: string): Promise<void> {
    await Promise.all(this.switchesOf(dataCenter).map((each) => this.write(each, off)));
  }

  async bringBack(dataCenter: string, undo: unknown): Promise<void> {
    const before = undo as Record<string, string>;
    const switches = this.switchesOf(dataCenter);
    // One that fails must not keep the others away.
    const results = await Promise.allSettled(
      switches.map((each) => this.write(each, before[each.id] ?? on)),
    );
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
  }

  private switchesOf(dataCenter: string): Switch[] {
    const { origin, endpoint } = this.deployment.switches[dataCenter] ?? {};
    const switches: Switch[] = [
      ...(origin === undefined
        ? []
        : [{ id: origin, apiVersion: "2024-02-01", property: "enabledState" } as const]),
      ...(endpoint === undefined
        ? []
        : [{ id: endpoint, apiVersion: "2022-04-01", property: "endpointStatus" } as const]),
    ];
    if (switches.length > 0) return switches;
    throw new DrillError(`the stack has no Front Door origin and no endpoint for ${dataCenter}`);
  }

  private async read({ id, apiVersion, property }: Switch): Promise<string> {
    const response = await this.call("GET", `${id}?api-version=${apiVersion}`);
    const { properties } = (await response.json()) as { properties?: Record<string, unknown> };
    return String(properties?.[property]);
  }

  /** Sets a switch, and waits until it is read back as set: Front Door answers before it is done. */
  private async write(target: Switch, state: string): Promise<void> {
    const { id, apiVersion, property } = target;
    await this.call("PATCH", `${id}?api-version=${apiVersion}`, {
      properties: { [property]: state },
    });
    const deadline = Date.now() + changeWithinMs;
    while ((await this.read(target)) !== state) {
      if (Date.now() > deadline)
        throw new DrillError(`${id} did not become ${state} in 10 minutes`);
      await sleep(this.access.pollMs ?? 1_000);
    }
  }

  private async call(method: "GET" | "PATCH", path: string, body?: unknown): Promise<Response> {
    const response = await fetch(`${this.access.managementUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await this.access.token()}`,
        "content-type": "application/json",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    if (response.ok) return response;
    const id = path.split("?")[0] ?? path;
    const why = (await response.text()).slice(0, 500);
    throw new DrillError(`${method} ${id} was answered ${response.status}: ${why}`);
  }
}
