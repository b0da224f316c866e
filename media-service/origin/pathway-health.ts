import type { Pathway } from "../packaging/pathway";

/** What was last found out about a pathway. */
export interface PathwayState {
  readonly healthy: boolean;
  /** For people. */
  readonly detail: string;
  /** Round trip of the check. */
  readonly latencyMs: number;
}

interface Check {
  readonly at: number;
  readonly state: Promise<PathwayState>;
}

const KEEP_MS = 2_000;
/** A pathway that needs longer is no better than one that is gone. */
const TIMEOUT_MS = 1_500;

/** Asks pathways whether they can serve; many viewers share one answer. */
export class PathwayHealth {
  private readonly checks = new Map<string, Check>();

  /**
   * Whether a pathway's `/readyz` says yes, at most two seconds old. Never rejects, and takes no longer
   * than 1.5 s.
   */
  async of({ baseUrl }: Pathway): Promise<PathwayState> {
    const known = this.checks.get(baseUrl);
    if (known && performance.now() - known.at <= KEEP_MS) return known.state;
    const state = check(`${baseUrl}/readyz`);
    this.checks.set(baseUrl, { at: performance.now(), state });
    return state;
  }
}

async function check(url: string): Promise<PathwayState> {
  const begun = performance.now();
  const ended = (healthy: boolean, detail: string): PathwayState => ({
    healthy,
    detail,
    latencyMs: Math.round(performance.now() - begun),
  });
  try {
    const response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(TIMEOUT_MS) });
    return ended(
      response.ok,
      response.ok ? "ready" : `says that it can't serve (${response.status})`,
    );
  } catch (error) {
    const late = error instanceof Error && error.name === "TimeoutError";
    return ended(false, late ? `no answer within ${TIMEOUT_MS} ms` : "can't be reached");
  }
}
