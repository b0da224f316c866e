/** A Node program that the local cloud runs as a child. */
export interface ProcessSpec {
  /** Unique among the children, such as `service:east`; also names the log file. */
  name: string;
  /** Arguments after `node`: options, the script, its arguments. Never holds a secret. */
  arguments: readonly string[];
  /** The whole environment of the child. */
  environment: Readonly<Record<string, string>>;
  workingDirectory: string;
  /** Whether it answers as it should; asked again and again until it does. */
  isReady: () => Promise<boolean>;
  /** Longest wait for readiness. Default 60,000 ms. */
  readyWithinMs?: number;
  /** How long a child may take to end by itself before it is killed. Default 10,000 ms. */
  stopWithinMs?: number;
}

/** What a child is doing. `held` is down, or stopped, because somebody asked for that. */
export type ProcessState = "starting" | "running" | "paused" | "held" | "restarting" | "stopped";

/** A child as the status shows it. */
export interface ProcessStatus {
  name: string;
  state: ProcessState;
  pid: number | undefined;
  /** Times it ended by itself since it was started. */
  crashes: number;
}

/**
 * Waits between restarts of a child that crashes again and again: at once, then doubling.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy (Container
 * Apps run on Kubernetes: 10 s, doubling to 5 min, reset after 10 min without a crash)
 */
export interface BackOff {
  firstMs: number;
  maxMs: number;
  resetAfterMs: number;
}

/** What Kubernetes, and so Container Apps, wait. */
export const kubernetesBackOff: BackOff = {
  firstMs: 10_000,
  maxMs: 300_000,
  resetAfterMs: 600_000,
};

/** The wait before the n-th restart in a row (n counts from 1): none before the first. */
export function restartDelayMs(backOff: BackOff, crashesInARow: number): number {
  if (crashesInARow <= 1) return 0;
  return Math.min(backOff.firstMs * 2 ** (crashesInARow - 2), backOff.maxMs);
}
