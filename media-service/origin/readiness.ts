import type { FastifyBaseLogger } from "fastify";
import { MediaError } from "../domain/errors";
import { LiveDeadline } from "./live-deadline";
import type { OriginDeps } from "./origin-deps";
import type { PresentationLibrary } from "./presentation-library";
import { SegmentCheck } from "./segment-check";

/** What one check found. */
export interface CheckResult {
  readonly ok: boolean;
  /** For people: what was checked, or what is wrong. */
  readonly detail: string;
}

/** Whether this data center can serve, and if not, why. */
export interface Readiness {
  readonly ready: boolean;
  readonly dataCenter: string;
  readonly checks: {
    readonly store: CheckResult;
    readonly streamingEndpoint: CheckResult;
    readonly segment: CheckResult;
  };
}

/** Checks have to be over well before probes give up after 5 s. */
const CHECK_TIMEOUT_MS = 2_500;
const KEEP_MS = 2_000;
/** Reasons that an answer names; more would help nobody. */
const REASONS_NAMED = 3;

/** Finds out whether this data center can really serve; many probes share one answer. */
export class ReadinessCheck {
  private current:
    { readonly at: number; readonly result: Promise<Readiness>; over: boolean } | undefined;
  private readonly segments: SegmentCheck;

  constructor(
    private readonly deps: Pick<OriginDeps, "published" | "blobs" | "dataCenter">,
    library: PresentationLibrary,
    private readonly log: Pick<FastifyBaseLogger, "warn">,
  ) {
    this.segments = new SegmentCheck(deps, library);
  }

  /** The answer of a check that began at most two seconds ago, or has not ended yet. */
  async run(): Promise<Readiness> {
    const now = performance.now();
    if (!this.current || (this.current.over && now - this.current.at > KEEP_MS)) {
      const current = { at: now, result: this.check(), over: false };
      void current.result.finally(() => {
        current.over = true;
      });
      this.current = current;
    }
    return this.current.result;
  }

  private async check(): Promise<Readiness> {
    const [store, streamingEndpoint, segment] = await Promise.all([
      this.within(async (signal) => {
        await this.deps.blobs.ping(signal);
        return { ok: true, detail: "the store answers" };
      }),
      this.within(async (signal) => {
        const { running: ok } = await this.deps.published.endpoint(signal);
        return { ok, detail: ok ? "running" : "the streaming endpoint is stopped" };
      }),
      this.within((signal) => this.readOneSegment(signal)),
    ]);
    return {
      ready: store.ok && streamingEndpoint.ok && segment.ok,
      dataCenter: this.deps.dataCenter,
      checks: { store, streamingEndpoint, segment },
    };
  }

  /** One good asset is enough: a bad one is no reason to send every viewer elsewhere. */
  private async readOneSegment(signal: AbortSignal): Promise<CheckResult> {
    const { read, failures } = await this.segments.run(signal);
    if (read !== undefined) return { ok: true, detail: `read a segment of '${read}'` };
    if (failures.length === 0) return { ok: true, detail: "nothing is published yet" };
    const reasons = [...new Set(failures.map((error) => this.describe(error)))];
    const named = reasons.slice(0, REASONS_NAMED).join("; ");
    return {
      ok: false,
      detail: `no published asset can be read (${failures.length} tried): ${named}`,
    };
  }

  /** Runs a check to its end or its time-out, whichever comes first, even if it ignores the signal. */
  private async within(check: (signal: AbortSignal) => Promise<CheckResult>): Promise<CheckResult> {
    const late = { ok: false, detail: `no answer within ${CHECK_TIMEOUT_MS} ms` };
    using deadline = new LiveDeadline(CHECK_TIMEOUT_MS);
    const { signal } = deadline;
    const timedOut = new Promise<CheckResult>((resolve) => {
      signal.addEventListener("abort", () => {
        resolve(late);
      });
    });
    const checked = check(signal).catch((error: unknown) =>
      signal.aborted ? late : { ok: false, detail: this.describe(error) },
    );
    return await Promise.race([checked, timedOut]);
  }

  /** Anyone may ask for readiness, so only messages that were written for people go out. */
  private describe(error: unknown): string {
    if (error instanceof MediaError) return error.message;
    if (error instanceof Error && /^(Timeout|Abort)Error$/.test(error.name)) {
      return "the store did not answer in time";
    }
    this.log.warn({ err: error }, "readiness check failed");
    return "it failed; the log of this data center says how";
  }
}
