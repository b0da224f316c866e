import { setTimeout as sleep } from "node:timers/promises";
import { AnswerWatch, isGood } from "./answer-watch";
import type { DataCenterControl, ProbeView } from "./control/data-center-control";
import type { TakenAwayNote } from "./control/taken-away";
import type { Deployment } from "./deployment/deployment";
import { DrillError } from "./drill-error";
import type { DrillEvent, ViewerReport } from "./report/drill-report";
import type { Stopwatch } from "./stopwatch";
import type { Viewer } from "./viewers/viewer";

/** What an outage is made of. */
export interface OutageParts {
  stack: string;
  deployment: Deployment;
  control: DataCenterControl;
  note: TakenAwayNote;
  /** The data center that is taken away. */
  away: string;
  viewers: readonly Viewer[];
  stopwatch: Stopwatch;
  /** Seconds after which a failback counts as not come. */
  failbackSeconds: number;
  /** Longer than any viewer's buffer: whoever could not go on would stand still by then. */
  leastAwaySeconds: number;
  /** Ends the drill early; the data center is brought back all the same. */
  signal: AbortSignal;
  say: (line: string) => void;
}

/** What was seen of it. */
export interface OutageReport {
  events: DrillEvent[];
  viewers: ViewerReport[];
}

const stepMs = 200;
const purgeMs = 500;
/** How much later than declared a detection is still waited for. */
const patienceSeconds = 20;
const settleSeconds = 5;

/** Takes a data center away, watches, and brings it back, whatever happens in between. */
export class Outage {
  private readonly events: DrillEvent[] = [];
  private readonly watches: Map<"edge" | "trafficManager", AnswerWatch>;
  private away = false;

  constructor(private readonly parts: OutageParts) {
    const { edge, trafficManager } = parts.deployment.publicHosts;
    const { stopwatch } = parts;
    this.watches = new Map([["edge", new AnswerWatch(edge, stopwatch)]]);
    if (trafficManager !== undefined) {
      this.watches.set("trafficManager", new AnswerWatch(trafficManager, stopwatch));
    }
  }

  async run(): Promise<OutageReport> {
    const { control, viewers, signal } = this.parts;
    // Without it, what one viewer loaded would be there for the next, and no data center be needed.
    const purge = setInterval(() => {
      control.emptyCache?.().catch(() => undefined);
    }, purgeMs);
    let reports: ViewerReport[] = [];
    try {
      await Promise.race([Promise.all(viewers.map(({ settled }) => settled)), aborted(signal)]);
      await this.wait(2);
      await this.takeAway();
      await this.watchLoss();
      await this.bringBack();
      await this.watchFailback();
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      try {
        // First of all, and also when everything else fails.
        if (this.away) await this.bringBack();
      } finally {
        clearInterval(purge);
        for (const watch of this.watches.values()) watch[Symbol.dispose]();
        // Also when the drill fails: nobody goes on watching.
        reports = await Promise.all(viewers.map((viewer) => viewer.stop()));
      }
    }
    return { events: this.events.sort((a, b) => a.at - b.at), viewers: reports };
  }

  private async takeAway(): Promise<void> {
    const { control, note, stack, away } = this.parts;
    const undo = await control.prepare(away);
    const { cloud } = control;
    const at = new Date().toISOString();
    this.parts.signal.throwIfAborted();
    note.write({ stack, cloud, dataCenter: away, undo, pid: process.pid, at });
    this.away = true;
    await control.takeAway(away);
    this.note("killed", "drill", `${away}: ${control.how}`);
  }

  private async bringBack(): Promise<void> {
    const { control, note, away } = this.parts;
    const taken = note.read();
    await control.bringBack(away, taken?.undo ?? {});
    note.remove();
    this.away = false;
    this.note("restored", "drill", `${away} is brought back`);
  }

  /** Until everybody has noticed and is served again, or should have been long ago. */
  private async watchLoss(): Promise<void> {
    const { deployment, stopwatch, away, leastAwaySeconds, control } = this.parts;
    const killed = stopwatch.now();
    const { edge, trafficManager = 0 } = deployment.detection;
    const latest = killed + Math.max(edge, trafficManager) + patienceSeconds;
    for (;;) {
      await this.wait(stepMs / 1000);
      for (const [by, watch] of this.watches) {
        const left = watch.first(killed, (each) => each.dataCenter !== away || !isGood(each));
        if (left) this.noteOnce("detected", by, left.at, "the first answer that is not from it");
        const good = watch.first(
          killed,
          // A data center that probes go on trusting may well be the one that answers.
          (each) => isGood(each) && (each.dataCenter !== away || !control.seenByProbes),
        );
        if (good) this.noteOnce("good", by, good.at, `${good.dataCenter ?? "another"} answers`);
      }
      await this.noteProbes();
      const now = stopwatch.now();
      if (now > latest) return;
      if (now - killed > leastAwaySeconds && this.sawLoss()) return;
    }
  }

  private async noteProbes(): Promise<void> {
    const { control, away } = this.parts;
    const view: ProbeView = (await control.probes?.(away).catch(() => ({}))) ?? {};
    const now = this.parts.stopwatch.now();
    if (view.edge === "bad")
      this.noteOnce("detected", "edge probes", now, "its origin is unhealthy");
    if (view.trafficManager === "bad") {
      this.noteOnce("detected", "trafficManager probes", now, "its endpoint is degraded");
    }
  }

  private sawLoss(): boolean {
    const { control } = this.parts;
    const seen = (kind: DrillEvent["kind"], by: string): boolean =>
      this.events.some((event) => event.kind === kind && event.by === by);
    return (
      [...this.watches.keys()].every((by) => seen("good", by)) &&
      (control.probes === undefined || !control.seenByProbes || seen("detected", "edge probes"))
    );
  }

  private async watchFailback(): Promise<void> {
    const { deployment, stopwatch, away, failbackSeconds } = this.parts;
    const restored = stopwatch.now();
    const baseUrl = deployment.dataCenters.find(({ name }) => name === away)?.baseUrl ?? "";
    using own = new AnswerWatch(baseUrl, stopwatch);
    for (;;) {
      await this.wait(stepMs / 1000);
      const ready = own.first(restored, isGood);
      if (ready) this.noteOnce("ready", "drill", ready.at, `${away} says that it can serve`);
      for (const [by, watch] of this.watches) {
        const back = watch.first(restored, (each) => isGood(each) && each.dataCenter === away);
        if (back) this.noteOnce("failback", by, back.at, `${away} is asked again`);
      }
      const all = this.events.filter(({ kind }) => kind === "failback").length;
      if (ready && all === this.watches.size) break;
      if (stopwatch.now() - restored > failbackSeconds) break;
    }
    await this.wait(settleSeconds);
  }

  private note(kind: DrillEvent["kind"], by: DrillEvent["by"], detail: string): void {
    this.noteOnce(kind, by, this.parts.stopwatch.now(), detail);
  }

  private noteOnce(
    kind: DrillEvent["kind"],
    by: DrillEvent["by"],
    ...[at, detail]: [number, string]
  ): void {
    if (this.events.some((event) => event.kind === kind && event.by === by)) return;
    this.events.push({ at, kind, by, detail });
    this.parts.say(`${at.toFixed(1).padStart(7)} s  ${kind} (${by}): ${detail}`);
  }

  private async wait(seconds: number): Promise<void> {
    await sleep(seconds * 1000, undefined, { signal: this.parts.signal });
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => {
      reject(new DrillError("the drill was interrupted"));
    };
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
  });
}
