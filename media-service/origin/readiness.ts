import type { FastifyBaseLogger } from "fastify";
import { MediaError } from "../domain/errors";
import type { PublishedAsset } from "../ports/published-assets";
import type { OriginDeps } from "./origin-deps";
import type { PresentationLibrary } from "./presentation-library";
import { findServerManifest } from "./server-manifests";

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
/** So many published assets are tried before the data center counts as unable to serve. */
const ASSETS_TRIED = 10;

/** Finds out whether this data center can really serve; many probes share one answer. */
export class ReadinessCheck {
  private current: { readonly at: number; readonly result: Promise<Readiness> } | undefined;

  constructor(
    private readonly deps: Pick<OriginDeps, "published" | "blobs" | "dataCenter">,
    private readonly library: PresentationLibrary,
    private readonly log: Pick<FastifyBaseLogger, "warn">,
  ) {}

  /** The answer, at most two seconds old. */
  async run(): Promise<Readiness> {
    const now = performance.now();
    if (!this.current || now - this.current.at > KEEP_MS) {
      this.current = { at: now, result: this.check() };
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
        const ok = await this.deps.published.endpointRunning(signal);
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
    const published = await this.deps.published.list(ASSETS_TRIED, signal);
    const failures: string[] = [];
    for (const asset of published) {
      try {
        const read = await this.readSegmentOf(asset, signal);
        if (read !== undefined) return { ok: true, detail: read };
      } catch (error) {
        if (signal.aborted) throw error;
        failures.push(this.describe(error));
      }
    }
    return failures.length === 0
      ? { ok: true, detail: "nothing is published yet" }
      : { ok: false, detail: `no published asset can be read: ${failures.join("; ")}` };
  }

  /** Undefined when the asset holds nothing to stream. */
  private async readSegmentOf(
    { container }: PublishedAsset,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const manifest = await findServerManifest(this.deps.blobs, container, signal);
    if (manifest === undefined) return undefined;
    const opened = await this.library.open({ container, blob: manifest });
    const quality = opened.presentation.streams[0]?.qualities.at(-1);
    const segment = quality?.track.segments[0];
    if (!quality || !segment) return undefined;
    await this.deps.blobs.readRange(
      { container, blob: quality.src },
      { offset: segment.offset, sizeBytes: segment.sizeBytes, signal },
    );
    return `read a segment of '${manifest}'`;
  }

  /** Runs a check to its end or its time-out, whichever comes first, even if it ignores the signal. */
  private async within(check: (signal: AbortSignal) => Promise<CheckResult>): Promise<CheckResult> {
    const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS);
    const late = { ok: false, detail: `no answer within ${CHECK_TIMEOUT_MS} ms` };
    const timedOut = new Promise<CheckResult>((resolve) => {
      signal.addEventListener("abort", () => {
        resolve(late);
      });
    });
    const checked = check(signal).catch((error: unknown) =>
      signal.aborted ? late : { ok: false, detail: this.describe(error) },
    );
    return Promise.race([checked, timedOut]);
  }

  /** Anyone may ask for readiness, so only messages that were written for people go out. */
  private describe(error: unknown): string {
    if (error instanceof MediaError) return error.message;
    this.log.warn({ err: error }, "readiness check failed");
    return "it failed; the log of this data center says how";
  }
}
