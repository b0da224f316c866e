"use strict";

// node scripts/test.cjs [MOCHA ARGUMENT ...]: installs what is missing, then runs mocha; all tests unless told which.
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { ensureInstalled, root } = require("./ensure-installed.cjs");

/** Tests that measure what people would see, or start whole clouds: one after the other, with the machine to themselves. */
const ALONE = [
  "test/end-to-end/**/*.test.ts",
  "test/**/*players.test.ts",
  "test/player/*.test.ts",
  ...["delivery", "identity-cloud", "stand-in"].map(
    (name) => `test/local-cloud/stand-in/${name}.test.ts`,
  ),
];
const FILES_AT_ONCE = Math.min(2, os.availableParallelism());

/** Runs mocha; resolves with its exit code once it has ended. */
function mocha(args, countsFile) {
  const program = require.resolve("mocha/bin/mocha.js", { paths: [root] });
  const env = { ...process.env, TWINSTREAM_TEST_COUNTS: countsFile };
  const child = spawn(process.execPath, [program, ...args], { cwd: root, stdio: "inherit", env });
  return new Promise((resolve) => {
    child.on("close", (code, signal) => resolve(code ?? (signal ? 1 : 0)));
  });
}

/** Runs everything, in two parts, and adds up what they counted; what is beside shares no stores or ports between files. */
async function all(args) {
  const countsFile = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "twinstream-")), "counts");
  const ignored = ALONE.flatMap((pattern) => ["--ignore", pattern]);
  const beside = ["--parallel", "--jobs", String(FILES_AT_ONCE), ...ignored, "test/**/*.test.ts"];
  let status = await mocha([...beside, ...args], countsFile);
  status = (await mocha([...ALONE, ...args], countsFile)) || status;
  const counts = fs.readFileSync(countsFile, "utf8").trim().split("\n").map(JSON.parse);
  fs.rmSync(path.dirname(countsFile), { recursive: true });
  const sum = (name) => counts.reduce((total, each) => total + each[name], 0);
  // Once more at the end: what failed in the first part has long scrolled away.
  for (const failure of counts.flatMap(({ failures }) => failures))
    console.log(`failed: ${failure}`);
  console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
  return status;
}

ensureInstalled();
process.on("SIGINT", () => {});
const args = process.argv.slice(2);
const chosen = args.some((arg) => arg.includes("test/"));
(chosen ? mocha(args, "") : all(args)).then((status) => {
  process.exitCode = status;
});
