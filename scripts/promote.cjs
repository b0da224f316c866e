"use strict";

// node scripts/promote.cjs [--settings FOLDER] [--home FOLDER]: plays the steps of .github/workflows/deploy.yml on this
// machine, each stack in a local cloud of its own, and stops where the workflow would.
const { spawnSync } = require("node:child_process");
const crypto = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { setTimeout: delay } = require("node:timers/promises");
const { parseArgs } = require("node:util");
const { ensureInstalled, root } = require("./ensure-installed.cjs");

/** What a job is given that is not in a workflow: this machine stands in for all of it. */
const HERE = { cloud: "local" };

function workflow(file) {
  const { parse } = require("yaml");
  return parse(fs.readFileSync(path.join(root, file), "utf8"));
}

/** Jobs that deploy a stack, each after those that it needs. */
function stages() {
  const { jobs } = workflow(".github/workflows/deploy.yml");
  const ordered = [];
  const add = (name) => {
    if (ordered.includes(name)) return;
    for (const needed of [jobs[name].needs ?? []].flat()) add(needed);
    ordered.push(name);
  };
  for (const name of Object.keys(jobs)) add(name);
  return ordered.filter((name) => jobs[name].uses).map((name) => ({ ...jobs[name], name }));
}

/** The build: this machine has no registry, so the digest is that of everything the image is made from. */
function buildImage() {
  const sent = fs.readFileSync(path.join(root, ".dockerignore"), "utf8").split("\n");
  const hash = crypto.createHash("sha256");
  const add = (file) => {
    const full = path.join(root, file);
    if (fs.statSync(full).isDirectory()) {
      for (const name of fs.readdirSync(full).sort()) add(path.posix.join(file, name));
    } else hash.update(`${file}\0`).update(fs.readFileSync(full));
  };
  for (const file of ["Dockerfile", ...sent.filter((line) => line.startsWith("!"))]) {
    add(file.replace("!", ""));
  }
  return `localhost/twinstream/media-service@sha256:${hash.digest("hex")}`;
}

/** A value of a workflow, with what it is given; what only GitHub knows is empty. */
function valueOf(text, inputs) {
  return String(text).replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression) => {
    const [, input] = /^inputs\.(\w+)$/.exec(expression) ?? [];
    return inputs[input] ?? "";
  });
}

/** Whether a step is for this machine; what needs an action of GitHub's is not. */
function isPlayed({ run, if: condition }) {
  if (run === undefined || run === "npm ci") return false;
  const [, cloud] = /^inputs\.cloud == '(\w+)'$/.exec(condition ?? "") ?? [];
  return condition === undefined || cloud === HERE.cloud;
}

/** Plays one stage; returns the step that failed. */
function play({ name, uses, with: given }, { home, settings, image }) {
  const inputs = { ...given, ...HERE, image };
  const [job] = Object.values(workflow(uses).jobs);
  const declared = Object.entries(job.env).map(([key, value]) => [key, valueOf(value, inputs)]);
  const env = {
    // What GitHub leaves empty is as if it were not there.
    ...Object.fromEntries(declared.filter(([, value]) => value !== "")),
    ...process.env,
    TWINSTREAM_HOME: path.join(home, name),
    GITHUB_STEP_SUMMARY: path.join(home, `${name}.md`),
    ...(settings ? { SETTINGS: settings } : {}),
  };
  for (const step of job.steps.filter(isPlayed)) {
    console.log(`\n==> ${name}: ${step.name}`);
    const { status } = spawnSync("bash", ["-e", "-c", valueOf(step.run, inputs)], {
      cwd: root,
      env,
      stdio: ["ignore", "inherit", "inherit"],
    });
    if (status !== 0) return step.name;
  }
  return undefined;
}

/** Ends the local cloud of a stage, if it has one. */
async function stopCloud(home) {
  const file = path.join(home, "local-cloud.pid");
  if (!fs.existsSync(file)) return;
  const pid = Number(fs.readFileSync(file, "utf8"));
  for (let signal = "SIGTERM"; ; signal = 0) {
    try {
      process.kill(pid, signal);
    } catch {
      return; // it has gone
    }
    await delay(100);
  }
}

async function main() {
  const { values } = parseArgs({
    options: { settings: { type: "string" }, home: { type: "string" } },
  });
  const home = values.home ?? fs.mkdtempSync(path.join(os.tmpdir(), "twinstream-promotion-"));
  const image = buildImage();
  console.log(`build: ${image}`);
  const results = [];
  for (const stage of stages()) {
    const before = results.some(({ failed }) => failed);
    if (before) {
      results.push({ name: stage.name, text: "not reached" });
      continue;
    }
    const failed = play(stage, { home, settings: values.settings, image });
    await stopCloud(path.join(home, stage.name));
    const text = failed ? `stopped at ${failed}` : "deployed and drilled";
    results.push({ name: stage.name, failed, text });
  }
  console.log("");
  for (const { name, text } of results) console.log(`${name.padEnd(8)} ${text}`);
  if (values.home === undefined) fs.rmSync(home, { recursive: true, force: true });
  return results.some(({ failed }) => failed) ? 1 : 0;
}

ensureInstalled();
main().then((status) => {
  process.exitCode = status;
});
