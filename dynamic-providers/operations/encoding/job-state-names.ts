const NAMES = [
  "Queued",
  "Scheduled",
  "Processing",
  "Finished",
  "Error",
  "Canceled",
  "Canceling",
] as const;

/** What Media Services calls a job's state. */
export function jobStateName(state: number): string {
  return NAMES[state] ?? `state ${state}`;
}
