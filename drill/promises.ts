import type { Detection } from "./deployment/deployment";
import type { DrillOptions } from "./options";
import type { OutageReport } from "./outage";
import type { DrillEvent, PromiseReport } from "./report/drill-report";

/**
 * What is added to what the declared probes come to: the drill looks a few times a second, and an answer takes
 * its time. With a fault that costs every probe its whole time-out, the rest is used up.
 */
const lookSeconds = 1;

/** Holds what was seen against what was promised. */
export function judge(
  { events, viewers }: OutageReport,
  options: Pick<DrillOptions, "maxStall" | "firstGood" | "detection" | "failback">,
  declared: Detection & { seesProbes: boolean; seenByProbes: boolean },
): PromiseReport[] {
  const at = (kind: DrillEvent["kind"], by: DrillEvent["by"]): number | undefined =>
    events.find((event) => event.kind === kind && event.by === by)?.at;
  const killed = at("killed", "drill");
  const restored = at("restored", "drill");
  const after = (from: number | undefined, to: number | undefined): number | null =>
    from === undefined || to === undefined ? null : round(to - from);
  const detected = at("detected", declared.seesProbes ? "edge probes" : "edge");
  const promised = viewers.filter((viewer) => viewer.promised && sawOutage(viewer, killed ?? 0));
  const failbacks = events.filter(({ kind }) => kind === "failback");
  return [
    ...promised.map((viewer) =>
      promise(`stall of ${viewer.player} through the edge`, {
        limit: options.maxStall,
        // A player that gave up stands still for ever.
        measured: viewer.errors.length > 0 ? null : round(viewer.stallSeconds),
      }),
    ),
    promise("first good answer of the edge", {
      limit: options.firstGood,
      measured: after(killed, at("good", "edge")),
    }),
    ...(declared.seenByProbes
      ? [
          promise(declared.seesProbes ? "the edge's probes notice" : "the edge notices", {
            limit: options.detection ?? declared.edge + lookSeconds,
            measured: after(killed, detected),
          }),
        ]
      : []),
    ...(declared.seenByProbes && declared.trafficManager !== undefined
      ? [
          promise("first good answer of Traffic Manager (detection and TTL)", {
            limit: declared.trafficManager + lookSeconds,
            measured: after(killed, at("good", "trafficManager")),
          }),
        ]
      : []),
    promise("the edge asks again what is back", {
      limit: options.failback,
      measured: after(restored, failbacks.find(({ by }) => by === "edge")?.at),
    }),
  ];
}

/** One whose video was over before has proved nothing; one that gave up did not see the end. */
function sawOutage(
  { segments, errors, stallSeconds }: OutageReport["viewers"][number],
  killed: number,
): boolean {
  return errors.length > 0 || stallSeconds > 0 || segments.some(({ at }) => at > killed);
}

function promise(
  name: string,
  { limit, measured }: { limit: number; measured: number | null },
): PromiseReport {
  return { name, unit: "s", limit, measured, kept: measured !== null && measured <= limit };
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
