"use strict";

const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { setTimeout: delay } = require("node:timers/promises");
const { root } = require("../ensure-installed.cjs");
const { filledIn, isDue } = require("./workflows.cjs");

/** What a job is given that is not in a workflow: this machine stands in for all of it. */
const HERE = { cloud: "local" };

/** What a program ends with that Ctrl-C has ended. */
const INTERRUPTED = 130;

/** Whether a step is for this machine: what needs an action of GitHub's is not, and the packages are there. */
function isPlayable({ run }) {
  return run !== undefined && run !== "npm ci";
}

/** What a step has said by `name=value` lines. */
function outputsIn(file) {
  const lines = fs.existsSync(file) ? fs.readFileSync(file, "utf8").split("\n") : [];
  return Object.fromEntries(
    lines.flatMap((line) => [/^(\w+)=(.*)$/.exec(line)?.slice(1)].filter(Boolean)),
  );
}

/** The environment of all steps of a stage; the caller's own wins. */
function environmentOf({ name, job }, { home, images, settings, drill }, context) {
  const declared = Object.entries(job.env).map(([key, value]) => [key, filledIn(value, context)]);
  return {
    // What GitHub leaves empty is as if it were not there.
    ...Object.fromEntries(declared.filter(([, value]) => value !== "")),
    ...process.env,
    ...(drill === undefined ? {} : { DRILL_ARGUMENTS: drill }),
    TWINSTREAM_HOME: path.join(home, name),
    TWINSTREAM_IMAGES: images,
    GITHUB_STEP_SUMMARY: path.join(home, `${name}.md`),
    ...(settings ? { SETTINGS: settings } : {}),
  };
}

/** Runs one step, and notes how it ended and what it said. */
function playStep(step, { name, environment, outputFile }, context) {
  const note = (outcome) => {
    if (step.id) context.steps[step.id] = { outcome, outputs: outputsIn(outputFile) };
  };
  if (!isDue(step.if, context)) return note("skipped");
  console.log(`\n==> ${name}: ${step.name}`);
  const own = Object.entries(step.env ?? {}).map(([key, value]) => [key, filledIn(value, context)]);
  fs.rmSync(outputFile, { force: true });
  const { status, signal } = spawnSync("bash", ["-e", "-c", filledIn(step.run, context)], {
    cwd: root,
    env: { ...environment, ...Object.fromEntries(own), GITHUB_OUTPUT: outputFile },
    stdio: ["ignore", "inherit", "inherit"],
  });
  note(status === 0 ? "success" : "failure");
  // What runs after a failure mends it, or is a failure of its own.
  if (status !== 0) context.failed = [...(context.failed ?? []), step.name];
  else if (context.failed) context.mended.push(step.name);
  if (signal !== null || status === INTERRUPTED) context.interrupted = true;
}

/** Plays one stage; answers the steps that failed, and those that ran because of it. */
async function playStage(stage, { image, ...where }) {
  const { name } = stage;
  const context = { inputs: { ...stage.inputs, ...HERE, image }, steps: {}, mended: [] };
  const environment = environmentOf(stage, where, context);
  const outputFile = path.join(where.home, `${name}.output`);
  try {
    for (const step of stage.job.steps.filter(isPlayable)) {
      // Nothing is mended after Ctrl-C, as in a workflow that is cancelled.
      if (!context.interrupted) playStep(step, { name, environment, outputFile }, context);
    }
  } finally {
    await stopCloud(environment.TWINSTREAM_HOME);
  }
  return { failed: context.failed ?? [], mended: context.mended };
}

/** Ends the local cloud of a stage, if it has one. */
async function stopCloud(home) {
  const file = path.join(home, "local-cloud.pid");
  if (!fs.existsSync(file)) return;
  const pid = Number(fs.readFileSync(file, "utf8"));
  fs.rmSync(file);
  for (let signal = "SIGTERM"; ; signal = 0) {
    try {
      process.kill(pid, signal);
    } catch {
      return; // it has gone
    }
    await delay(100);
  }
}

module.exports = { playStage };
