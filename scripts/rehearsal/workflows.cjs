"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { parse } = require("yaml");
const { root } = require("../ensure-installed.cjs");

function workflow(file) {
  return parse(fs.readFileSync(path.join(root, file), "utf8"));
}

/** Jobs of the deployment that deploy a stack, each after those that it needs, with the job that each plays. */
function stages() {
  const { jobs } = workflow(".github/workflows/deploy.yml");
  const ordered = [];
  const add = (name) => {
    if (ordered.includes(name)) return;
    for (const needed of [jobs[name].needs ?? []].flat()) add(needed);
    ordered.push(name);
  };
  for (const name of Object.keys(jobs)) add(name);
  return ordered
    .filter((name) => jobs[name].with?.stack)
    .map((name) => {
      const { uses, with: inputs } = jobs[name];
      const [job] = Object.values(workflow(uses).jobs);
      return { name, inputs, job };
    });
}

/** What an expression names: `inputs.x`, `steps.x.outcome`, `steps.x.outputs.y`; what only GitHub knows is empty. */
function lookUp(expression, { inputs, steps }) {
  const [, input] = /^inputs\.(\w+)$/.exec(expression) ?? [];
  if (input) return inputs[input] ?? "";
  const [, step, member, output] =
    /^steps\.(\w+)\.(outcome|outputs\.(\w+))$/.exec(expression) ?? [];
  if (step) return (output ? steps[step]?.outputs[output] : steps[step]?.[member]) ?? "";
  if (/^(vars|github)\.\w+$/.test(expression)) return "";
  throw new Error(`the rehearsal does not know what a workflow means by "${expression}"`);
}

/** A text of a workflow with its expressions filled in. */
function filledIn(text, context) {
  return String(text).replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression) =>
    lookUp(expression, context),
  );
}

/** Whether a step runs, after what has happened; one that says nothing about it runs until a step has failed. */
function isDue(condition, context) {
  const terms = condition === undefined ? [] : condition.split("&&").map((term) => term.trim());
  const operand = (text) => /^'(.*)'$/.exec(text)?.[1] ?? lookUp(text, context);
  const holds = (term) => {
    if (term === "failure()") return context.failed !== undefined;
    const [, left, operator, right] = /^(\S+) (==|!=) (\S+)$/.exec(term) ?? [];
    if (!left) throw new Error(`the rehearsal does not know the condition "${term}" of a workflow`);
    return (operand(left) === operand(right)) === (operator === "==");
  };
  const asksForFailure = terms.includes("failure()");
  return (asksForFailure || context.failed === undefined) && terms.every(holds);
}

module.exports = { stages, filledIn, isDue };
