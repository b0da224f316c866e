import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import type { ViewerResult } from "../support/failover-run";
import type { SoakRun, Variant } from "./soak-run";
import { soakTable } from "./soak-table";

function watched(player: "hls" | "dash" | "shaka", changes: Partial<ViewerResult>): ViewerResult {
  return {
    ...{ player, stallSeconds: 0, clockStoodSeconds: 0, waiting: 0, errors: [] },
    ...{ segmentsFromLeft: 0, failedSegments: 0, switchSeconds: null, ended: true },
    ...changes,
  };
}

function run(variant: Variant, round: number, changes: Partial<ViewerResult>): SoakRun {
  const results = (["hls", "dash", "shaka"] as const).map((player) => watched(player, changes));
  return { scenario: "power", variant, round, results };
}

describe("the table of a soak", () => {
  it("shows each scenario's worst run, and who gave up with fewer lines of defence", () => {
    const runs = [
      run("all", 1, { switchSeconds: 0.5 }),
      run("all", 2, { switchSeconds: 2.25, stallSeconds: 0.75 }),
      run("players", 1, { stallSeconds: 4 }),
      run("probes", 1, { stallSeconds: 12, ended: false }),
    ];

    const [, , row] = soakTable([{ name: "power", title: "it is lost" }], runs).split("\n");

    assert.equal(
      row,
      "| it is lost | 2 | 0.8 s, 0.8 s, 0.8 s | 2.3 s, 2.3 s, 2.3 s " +
        "| 4.0 s, 4.0 s, 4.0 s | 12.0 s (gave up), 12.0 s (gave up), 12.0 s (gave up) |",
    );
  });

  it("shows that a scenario was not run, or that nobody switched", () => {
    const [, , row] = soakTable([{ name: "slow", title: "it is slow" }], []).split("\n");

    assert.equal(row, "| it is slow | 0 | –, –, – | –, –, – | –, –, – | –, –, – |");
  });
});
