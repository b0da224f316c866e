"use strict";

// node scripts/promote.cjs [OPTION ...]: plays the steps of .github/workflows/deploy.yml on this machine, each stack in
// a local cloud of its own, and stops where the workflow would.
//   --home FOLDER       keeps what is deployed there, for the next build; default: a folder that is removed at the end
//   --source FOLDER     where the image's files are taken from; default: this project
//   --settings FOLDER   where Pulumi.STACK.yaml are taken from; default: this project
//   --from STAGE        leaves the stages before it as they are
//   --check-only A,B    drills of these stages compare, and take nothing away
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { parseArgs } = require("node:util");
const { ensureInstalled, root } = require("./ensure-installed.cjs");

const STRINGS = ["home", "source", "settings", "from", "check-only"];

/** The stages in their order, without those before the first one that is wanted. */
function chosenStages(from) {
  // Loaded late: a bare checkout has no packages before they are installed.
  const all = require("./rehearsal/workflows.cjs").stages();
  const first = from === undefined ? 0 : all.findIndex(({ name }) => name === from);
  if (first >= 0) return all.slice(first);
  throw new Error(
    `--from ${from} is no stage; there are: ${all.map(({ name }) => name).join(", ")}`,
  );
}

/** How a stage ended, in words. */
function inWords({ failed, mended }, drill) {
  if (failed.length === 0) {
    const compared = /--check-only/.test(drill ?? "");
    return compared ? "deployed and compared; nothing was taken away" : "deployed and drilled";
  }
  const [first, ...others] = failed;
  const then = [...mended.map((name) => `then ${name}`), ...others.map((name) => `${name} failed`)];
  return [`stopped at ${first}`, ...then].join(", ");
}

/** Plays stages until one fails; answers whether all went well. */
async function promote(options, home) {
  const stages = chosenStages(options.from);
  const images = path.join(home, "images");
  const image = require("./rehearsal/build.cjs").buildImage(options.source ?? root, images);
  console.log(`build: ${image}`);
  const comparedOnly = (options["check-only"] ?? "").split(",");
  const lines = [];
  let isStopped = false;
  for (const stage of stages) {
    if (isStopped) {
      lines.push(`${stage.name.padEnd(8)} not reached`);
      continue;
    }
    const asked = process.env.DRILL_ARGUMENTS ?? "";
    const drill = comparedOnly.includes(stage.name) ? `${asked} --check-only`.trim() : asked;
    const { playStage } = require("./rehearsal/play-stage.cjs");
    const played = await playStage(stage, {
      image,
      home,
      images,
      drill,
      settings: options.settings,
    });
    lines.push(`${stage.name.padEnd(8)} ${inWords(played, drill)}`);
    isStopped = played.failed.length > 0;
  }
  console.log(`\n${lines.join("\n")}`);
  return !isStopped;
}

async function main() {
  const options = Object.fromEntries(STRINGS.map((name) => [name, { type: "string" }]));
  const { values } = parseArgs({ options });
  const absolute = (name) => (values[name] === undefined ? undefined : path.resolve(values[name]));
  const given = { ...values, source: absolute("source"), settings: absolute("settings") };
  const home = absolute("home") ?? fs.mkdtempSync(path.join(os.tmpdir(), "twinstream-promotion-"));
  try {
    return (await promote(given, home)) ? 0 : 1;
  } finally {
    if (values.home === undefined) fs.rmSync(home, { recursive: true, force: true });
  }
}

ensureInstalled();
// Ctrl-C ends the step that runs; the local cloud behind it is stopped here.
process.on("SIGINT", () => {});
main().then(
  (status) => {
    process.exitCode = status;
  },
  (error) => {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  },
);
