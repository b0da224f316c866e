import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import type { Step, StepOp } from "../../../engine/deployment/events";
import { outputLines } from "../../../engine/display/output-lines";
import { planDetails, planTable } from "../../../engine/display/plan-table";
import { valueText } from "../../../engine/display/value-text";
import { type PropertyMap, secretOf, UNKNOWN } from "../../../engine/values/property-value";

const STACK = "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev";

function step(op: StepOp, name: string, [olds, news]: [PropertyMap?, PropertyMap?] = []): Step {
  const isStack = name === "p-dev";
  const common = {
    urn: isStack ? STACK : `urn:pulumi:dev::p::t:t:T::${name}`,
    custom: !isStack,
    type: isStack ? "pulumi:pulumi:Stack" : "t:t:T",
    ...(isStack ? {} : { parent: STACK, id: `id-${name}` }),
  };
  const state = { ...common, inputs: news ?? {} };
  return { op, state, ...(olds === undefined ? {} : { old: { ...common, inputs: olds } }) };
}

describe("a plan on screen", () => {
  const steps = [
    step("same", "p-dev"),
    step("same", "quiet"),
    step("create", "made"),
    step("update", "changed", [
      { a: 1, b: [1], gone: 1, k: secretOf("x") },
      { a: 2, b: [2], k: secretOf("y") },
    ]),
  ];

  it("is a tree of what changes, and of what that lies under", () => {
    assert.deepEqual(planTable(steps, { showSames: false, allSteps: false }), [
      "     Type                 Name     Plan    Info",
      "     pulumi:pulumi:Stack  p-dev",
      " +   ├─ t:t:T             made     create",
      " ~   └─ t:t:T             changed  update  [diff: -gone~a,b,k]",
    ]);
    assert.equal(planTable(steps, { showSames: true, allSteps: false }).length, 5);
  });

  it("shows in detail old and new values, with secrets masked", () => {
    const lines = planDetails(steps).join("\n");

    assert.match(lines, /^ {6}~ a {3}: 1 => 2\n {6}~ b {3}: \[\n {10}~ \[0\]: 1 => 2\n {8}\]$/m);
    assert.match(lines, /^ {6}- gone: 1\n {6}~ k {3}: \[secret\] => \[secret\]$/m);
  });
});

describe("outputs on screen", () => {
  it("carry the sign of their change, masked and unknown ones named", () => {
    const olds = { a: "x", b: secretOf("s"), c: 1 };
    const news = { a: "y", b: secretOf("s"), d: { e: [UNKNOWN] } };

    assert.deepEqual(outputLines(olds, news, { allItems: false }).join("\n").split("\n"), [
      '  ~ a: "x" => "y"',
      "    b: [secret]",
      "  - c: 1",
      "  + d: {",
      "        e: [",
      "            [0]: [unknown]",
      "        ]",
      "    }",
    ]);
  });

  it("leave out what the SDK keeps for itself", () => {
    assert.equal(valueText({ __provider: "code", a: {} }), "{\n    a: {}\n}");
  });
});
