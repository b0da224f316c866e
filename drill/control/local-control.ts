import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DrillError } from "../drill-error";
import type { DataCenterControl, ProbeView } from "./data-center-control";
import { type FaultRequest, type LocalFaultName, localFaults } from "./local-faults";

interface Status {
  pid: number;
  dataCenters: {
    name: string;
    url: string;
    service: string;
    store: string;
    fault?: { action: string };
  }[];
  processes: { name: string; state: string }[];
  frontDoor: { endpoints: { origins: { host: string; healthy: boolean }[] }[] };
  trafficManager: { endpoints: { name: string; status: string }[] }[];
}

/** What a running cloud says of itself, as far as a drill needs it. */
interface RunningCloud {
  pid?: number;
  controlUrl?: string;
  environment?: Record<string, string>;
}

const askTimeoutMs = 10_000;

/** A data center of the local cloud, by its control API. */
export class LocalControl implements DataCenterControl {
  readonly cloud = "local";
  readonly how: string;
  readonly seenByProbes: boolean;

  private constructor(
    private readonly controlUrl: string,
    readonly fault: LocalFaultName,
  ) {
    ({ how: this.how, seenByProbes: this.seenByProbes } = localFaults[fault]);
  }

  /**
   * Finds the local cloud that runs in a home.
   *
   * @throws DrillError when none does.
   */
  static async find(home: string, fault: LocalFaultName): Promise<LocalControl> {
    const file = join(home, "cloud.json");
    const said = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as RunningCloud) : {};
    if (said.controlUrl !== undefined) {
      const control = new LocalControl(said.controlUrl, fault);
      const status = await control.status().catch(() => undefined);
      if (status?.pid === said.pid) {
        // The deployer's identity: accounts without a key are asked as whoever deploys.
        Object.assign(process.env, said.environment);
        return control;
      }
    }
    throw new DrillError(
      `no local cloud runs in ${home}: start it in another terminal with \`npm start\`, or name a deployed stack with --stack and --cloud azure`,
    );
  }

  async prepare(dataCenter: string): Promise<unknown> {
    const { dataCenters, processes } = await this.status();
    const found = dataCenters.find(({ name }) => name === dataCenter);
    if (found === undefined)
      throw new DrillError(`the local cloud has no data center ${dataCenter}`);
    const down = processes.filter(
      ({ name, state }) => [found.service, found.store].includes(name) && state !== "running",
    );
    if (down.length > 0) {
      const names = down.map(({ name, state }) => `${name} is ${state}`).join(", ");
      throw new DrillError(`${dataCenter} does not run as it is (${names}): restore it first`);
    }
    if (found.fault !== undefined) {
      throw new DrillError(
        `the network of ${dataCenter} has a fault already (${found.fault.action}): restore it first`,
      );
    }
    return {};
  }

  async takeAway(dataCenter: string): Promise<void> {
    const { requests } = localFaults[this.fault];
    await Promise.all(requests.map((request) => this.cause(dataCenter, request)));
  }

  /** All of it, for an earlier drill may have had another fault. */
  async bringBack(dataCenter: string): Promise<void> {
    for (const what of ["network", "store", "service"] as const) {
      await this.cause(dataCenter, { what, action: "restore" });
    }
  }

  async emptyCache(): Promise<void> {
    await this.post("/edge/purge", {});
  }

  async probes(dataCenter: string): Promise<ProbeView> {
    const { dataCenters, frontDoor, trafficManager } = await this.status();
    const host = new URL(dataCenters.find(({ name }) => name === dataCenter)?.url ?? "").host;
    const origin = frontDoor.endpoints
      .flatMap(({ origins }) => origins)
      .find((o) => o.host === host);
    const endpoint = trafficManager.flatMap((p) => p.endpoints).find((e) => e.name === dataCenter);
    return {
      ...(origin && { edge: origin.healthy ? "good" : "bad" }),
      ...(endpoint && { trafficManager: endpoint.status === "Degraded" ? "bad" : "good" }),
    };
  }

  private async status(): Promise<Status> {
    const response = await fetch(`${this.controlUrl}/status`, {
      signal: AbortSignal.timeout(askTimeoutMs),
    });
    return (await response.json()) as Status;
  }

  private async cause(
    target: string,
    fault: FaultRequest | { what: string; action: "restore" },
  ): Promise<void> {
    await this.post("/faults", { target, ...fault });
  }

  private async post(path: string, body: unknown): Promise<void> {
    const response = await fetch(`${this.controlUrl}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      // Restoring waits until the process is ready.
      signal: AbortSignal.timeout(6 * askTimeoutMs),
    });
    if (response.ok) return;
    throw new DrillError(`the local cloud refused ${path}: ${await response.text()}`);
  }
}
