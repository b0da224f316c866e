import logUpdate from "log-update";
import type { FrontDoorStatus } from "../edge/front-door";
import type { TrafficManagerStatus } from "../edge/traffic-manager";
import type { ProcessStatus } from "../processes/process-spec";

/** What a status is made of. */
export interface StatusSource {
  dataCenters(): readonly { name: string; service: string; store: string; url: string }[];
  supervisor: { status(): ProcessStatus[] };
  ingresses: { fault(process: string): { action: string } | undefined };
  frontDoor: { status(): FrontDoorStatus };
  trafficManager: { status(): TrafficManagerStatus[] };
}

const columns = ["data center", "service", "store", "edge", "Traffic Manager", "address"] as const;

/** One line a data center: how its parts are, and what the probes say of it. */
function statusRows(source: StatusSource): string[][] {
  const processes = new Map(source.supervisor.status().map((found) => [found.name, found]));
  const origins = source.frontDoor.status().endpoints.flatMap((endpoint) => endpoint.origins);
  const routed = source.trafficManager.status().flatMap((profile) => profile.endpoints);
  return source.dataCenters().map(({ name, service, store, url }) => {
    const origin = origins.find((found) => `http://${found.host}` === url);
    return [
      name,
      stateOf(processes.get(service)) + networkWord(source.ingresses.fault(service)),
      stateOf(processes.get(store)),
      originWord(origin),
      routed.find((found) => found.name === name)?.status ?? "-",
      url,
    ];
  });
}

function stateOf(status: ProcessStatus | undefined): string {
  if (status === undefined) return "stopped";
  return status.crashes > 0 && status.state !== "running"
    ? `${status.state} (${status.crashes.toString()} crashes)`
    : status.state;
}

function networkWord(fault: { action: string } | undefined): string {
  return fault === undefined ? "" : ` (network: ${fault.action})`;
}

function originWord(origin: { healthy: boolean; detail: string } | undefined): string {
  if (origin === undefined) return "-";
  if (origin.healthy) return "healthy";
  return origin.detail === "200" ? "coming back" : `unhealthy: ${origin.detail}`;
}

/** The rows as a table. */
export function statusTable(rows: readonly (readonly string[])[]): string {
  const all = [columns, ...rows];
  const widths = columns.map((_title, column) =>
    Math.max(...all.map((row) => (row[column] ?? "").length)),
  );
  return all
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "))
    .map((line) => line.trimEnd())
    .join("\n");
}

/** Shows the status: drawn again in place on a terminal, elsewhere a line for each change. */
export class StatusView implements Disposable {
  private readonly timer: NodeJS.Timeout;
  private shown = new Map<string, string>();
  private readonly terminal = process.stdout.isTTY;

  constructor(
    private readonly source: StatusSource,
    intervalMs = 1_000,
  ) {
    this.draw();
    this.timer = setInterval(() => {
      this.draw();
    }, intervalMs);
  }

  /** Prints a sentence above the status. */
  say(text: string): void {
    if (this.terminal) logUpdate.clear();
    console.log(text);
    if (this.terminal) this.draw();
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
    if (this.terminal) logUpdate.done();
  }

  private draw(): void {
    const rows = statusRows(this.source);
    if (this.terminal) logUpdate(statusTable(rows));
    else this.printChanges(rows);
  }

  private printChanges(rows: readonly string[][]): void {
    for (const [name = "", ...cells] of rows) {
      const [service = "", store = "", edge = "", routed = ""] = cells;
      const line = `${name}: service ${service}, store ${store}, edge ${edge}, Traffic Manager ${routed}`;
      if (this.shown.get(name) !== line) console.log(line);
      this.shown.set(name, line);
    }
  }
}
