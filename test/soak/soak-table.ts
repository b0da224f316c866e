import type { ViewerResult } from "../support/failover-run";
import type { Scenario } from "../support/failover-scenarios";
import type { PlayerName } from "../support/player";
import type { SoakRun, Variant } from "./soak-run";

const PLAYERS: readonly PlayerName[] = ["hls", "dash", "shaka"];

/**
 * What the runs of a soak showed, as a table in Markdown: for each scenario the worst stall and the
 * slowest switch of each player, and the stalls with fewer lines of defence.
 */
export function soakTable(
  scenarios: readonly Pick<Scenario, "name" | "title">[],
  runs: readonly SoakRun[],
): string {
  const heads = [
    "What happens",
    "Runs",
    "Longest stall (hls.js, dash.js, shaka)",
    "Slowest switch",
    "Stall without the edge's retry",
    "Stall without content steering, too",
  ];
  const rows = scenarios.map(({ name, title }) => {
    const own = runs.filter(({ scenario }) => scenario === name);
    const ofVariant = (wanted: Variant): SoakRun[] =>
      own.filter(({ variant }) => variant === wanted);
    const kept = ofVariant("all");
    return [
      title,
      String(kept.length),
      PLAYERS.map((player) => worstStall(resultsOf(kept, player))).join(", "),
      PLAYERS.map((player) => slowestSwitch(resultsOf(kept, player))).join(", "),
      ...(["players", "probes"] as const).map((variant) =>
        PLAYERS.map((player) => worstStall(resultsOf(ofVariant(variant), player))).join(", "),
      ),
    ];
  });
  return [heads, heads.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function resultsOf(runs: readonly SoakRun[], player: PlayerName): ViewerResult[] {
  return runs.flatMap(({ results }) => results.filter((result) => result.player === player));
}

function worstStall(results: readonly ViewerResult[]): string {
  if (results.length === 0) return "–";
  const seconds = Math.max(...results.map(({ stallSeconds }) => stallSeconds));
  const gaveUp = results.some(({ ended }) => !ended);
  return `${seconds.toFixed(1)} s${gaveUp ? " (gave up)" : ""}`;
}

function slowestSwitch(results: readonly ViewerResult[]): string {
  const seconds = results.flatMap(({ switchSeconds }) => switchSeconds ?? []);
  return seconds.length === 0 ? "–" : `${Math.max(...seconds).toFixed(1)} s`;
}
