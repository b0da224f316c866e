/** A fault of a data center, as the control API of the local cloud takes it; without the target. */
export type FaultRequest =
  | { what: "service" | "store"; action: "kill" }
  | { what: "network"; action: "hang" }
  | { what: "network"; action: "fail"; status: number }
  | { what: "network"; action: "slow"; latencyMs: number }
  | { what: "network"; action: "cut"; afterBytes: number };

/** A way in which the local cloud takes a data center away. */
interface LocalFault {
  /** What it does, for people. */
  readonly how: string;
  /** Whether probes of `/readyz` can see it; where they can't, nobody is promised that they do. */
  readonly seenByProbes: boolean;
  readonly requests: readonly FaultRequest[];
}

const latencyMs = 500;
/** Within the first segment of any quality, also of sound; more than `/readyz` says. */
const cutAfterBytes = 20_000;

/** The faults that a drill can be asked for, by name. */
export const localFaults = {
  kill: {
    how: "its media service and its store are killed (kill -9)",
    seenByProbes: true,
    requests: [
      { what: "service", action: "kill" },
      { what: "store", action: "kill" },
    ],
  },
  hang: {
    how: "it takes connections and answers nothing",
    seenByProbes: true,
    requests: [{ what: "network", action: "hang" }],
  },
  fail: {
    how: "every request is answered with 503",
    seenByProbes: true,
    requests: [{ what: "network", action: "fail", status: 503 }],
  },
  slow: {
    how: `every answer comes ${latencyMs} ms later`,
    seenByProbes: false,
    requests: [{ what: "network", action: "slow", latencyMs }],
  },
  cut: {
    how: `every answer breaks off after ${cutAfterBytes} bytes`,
    seenByProbes: false,
    requests: [{ what: "network", action: "cut", afterBytes: cutAfterBytes }],
  },
} as const satisfies Record<string, LocalFault>;

/** Name of a fault. */
export type LocalFaultName = keyof typeof localFaults;

/** Names of all faults, the usual one first. */
export const localFaultNames = Object.keys(localFaults) as LocalFaultName[];
