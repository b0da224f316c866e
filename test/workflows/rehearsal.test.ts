import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { parse } from "yaml";
import { isDue, type StepContext } from "../../scripts/rehearsal/workflows.cjs";

describe("The rehearsal of a workflow", () => {
  const context = (changes: Partial<StepContext> = {}): StepContext => ({
    inputs: { cloud: "local" },
    steps: {
      running: { outcome: "success", outputs: { image: "image@sha256:1" } },
      deploy: { outcome: "failure", outputs: {} },
    },
    ...changes,
  });
  const putBack = conditionOf("Put back");

  for (const { step, when, condition, failed, isPlayed } of [
    { step: "any step", when: "nothing has failed", isPlayed: true },
    { step: "any step", when: "another has failed", failed: ["Deploy"], isPlayed: false },
    {
      step: "a step of this cloud",
      when: "nothing has failed",
      condition: "inputs.cloud == 'local'",
      isPlayed: true,
    },
    {
      step: "a step of this cloud",
      when: "another has failed",
      condition: "inputs.cloud == 'local'",
      failed: ["Deploy"],
      isPlayed: false,
    },
    {
      step: "a step of another cloud",
      when: "nothing has failed",
      condition: "inputs.cloud == 'azure'",
      isPlayed: false,
    },
    { step: "what mends", when: "nothing has failed", condition: putBack, isPlayed: false },
    {
      step: "what mends",
      when: "the deployment has failed",
      condition: putBack,
      failed: ["Deploy"],
      isPlayed: true,
    },
  ]) {
    it(`${isPlayed ? "plays" : "leaves out"} ${step} when ${when}`, () => {
      assert.equal(isDue(condition, context(failed && { failed })), isPlayed);
    });
  }

  for (const { why, steps } of [
    { why: "nothing was deployed", steps: { deploy: { outcome: "skipped", outputs: {} } } },
    { why: "nothing ran before", steps: { running: { outcome: "success", outputs: {} } } },
  ]) {
    it(`puts nothing back where ${why}`, () => {
      const known = context({ failed: ["Preview"] });
      assert.equal(isDue(putBack, { ...known, steps: { ...known.steps, ...steps } }), false);
    });
  }

  for (const condition of ["always()", "github.actor.name == 'x'", "inputs.cloud"]) {
    it(`does not guess what "${condition}" means`, () => {
      assert.throws(() => isDue(condition, context()), /the rehearsal does not know/);
    });
  }
});

/** What a step of a deployment says of when it runs. */
function conditionOf(name: string): string {
  const text = readFileSync(".github/workflows/deploy-stack.yml", "utf8");
  const { jobs } = parse(text) as { jobs: { deploy: { steps: { name?: string; if?: string }[] } } };
  const condition = jobs.deploy.steps.find((step) => step.name === name)?.if;
  assert(condition, `the step ${name} is not there, or says nothing of when it runs`);
  return condition;
}
