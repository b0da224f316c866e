import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import type { Step, StepOp } from "../../../engine/deployment/events";
import { outputLines } from "../../../engine/display/output-lines";
import { planTable } from "../../../engine/display/plan-table";
import { RunDisplay } from "../../../engine/display/run-display";

function step(op: StepOp, name: string, type = "t:t:Video"): Step {
  return { op, state: { urn: `urn:pulumi:dev::p::${type}::${name}`, custom: true, type } };
}

function steps(count: number, op: StepOp = "create", type?: string): Step[] {
  return Array.from({ length: count }, (_, index) => step(op, `v${index}`, type));
}

/** Runs steps one after the other and gives what was shown of them. */
function shownOf(all: readonly Step[], options: { allSteps?: boolean; failing?: string } = {}) {
  const lines: string[] = [];
  const { allSteps = false, failing = "" } = options;
  const write = (line: string): void => void lines.push(line);
  const base = { preview: false, diff: false, showSames: false, allSteps, write };
  const display = new RunDisplay(base);
  for (const each of all) {
    display.stepBegan(each);
    display.printed("half done", each.state.urn);
    const isFailing = each.state.urn.endsWith(`::${failing}`);
    display.stepEnded(each, { durationMs: 1, ...(isFailing && { error: "no room" }) });
  }
  return lines;
}

describe("a run with thousands of steps", () => {
  it("shows each step of a small run, from its beginning to its end", () => {
    assert.deepEqual(shownOf(steps(1)), [
      " +  t:t:Video v0 creating",
      "    v0: half done",
      " +  t:t:Video v0 created (0.00s)",
    ]);
  });

  it("shows counts instead of the steps that come after the first hundred", () => {
    const lines = shownOf(steps(8_000));

    assert.ok(lines.length < 310, `${lines.length} lines for 8,000 steps`);
    assert.ok(lines.includes("    100 created, 1 under way"), lines.slice(-5).join("\n"));
    assert.ok(!lines.some((line) => line.includes("v5000")));
  });

  it("shows every failed step, however many came before", () => {
    const lines = shownOf(steps(8_000), { failing: "v7000" });

    assert.ok(lines.includes(" +  t:t:Video v7000 **creating failed** (0.00s)"));
  });

  it("shows all of them to who asks for it", () => {
    assert.equal(shownOf(steps(500), { allSteps: true }).length, 1_500);
  });
});

describe("a plan of thousands of steps", () => {
  const big = [...steps(1_000), step("update", "account", "t:t:Account")];

  it("gives those that are alike one row with their number, and the others one each", () => {
    assert.deepEqual(planTable(big, { showSames: false, allSteps: false }), [
      "     Type         Name                    Plan    Info",
      " ~   t:t:Account  account                 update",
      " +   t:t:Video    1000 x v0, v1, v2, ...  create",
    ]);
  });

  it("has a row for each when asked", () => {
    assert.equal(planTable(big, { showSames: false, allSteps: true }).length, 1_002);
  });

  it("keeps a row for each step of a plan that fits a screen", () => {
    assert.equal(planTable(steps(150), { showSames: false, allSteps: false }).length, 151);
  });

  it("tells replacements from creations of one type", () => {
    const both = [...steps(300), ...steps(300, "replace")];

    assert.equal(planTable(both, { showSames: false, allSteps: false }).length, 3);
  });
});

describe("an output with thousands of items", () => {
  const videos = Array.from({ length: 1_000 }, (_, index) => index);

  it("is shown by its first ones, and says how to see all", () => {
    const [text = ""] = outputLines({}, { videos }, { allItems: false });

    assert.equal(text.split("\n").length, 5);
    assert.match(text, /\] and 997 more: `stack output videos`$/);
  });

  it("is shown whole when asked", () => {
    const [text = ""] = outputLines({}, { videos }, { allItems: true });

    assert.equal(text.split("\n").length, 1_002);
  });
});
