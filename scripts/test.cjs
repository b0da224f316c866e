"use strict";

// node scripts/test.cjs [MOCHA ARGUMENT ...]: installs what is missing, then runs mocha; all tests unless told which.
const { spawn } = require("node:child_process");
const { ensureInstalled, root } = require("./ensure-installed.cjs");

ensureInstalled();
const mocha = require.resolve("mocha/bin/mocha.js", { paths: [root] });
const args = process.argv.slice(2);
const child = spawn(
  process.execPath,
  [mocha, ...args, ...(args.some((arg) => arg.includes("test/")) ? [] : ["test/**/*.test.ts"])],
  { cwd: root, stdio: "inherit" },
);
process.on("SIGINT", () => {});
child.on("close", (code, signal) => {
  process.exitCode = code ?? (signal ? 1 : 0);
});
