"use strict";

// node scripts/test.cjs [MOCHA ARGUMENT ...]: installs what is missing, then runs mocha.
const { spawn } = require("node:child_process");
const { ensureInstalled, root } = require("./ensure-installed.cjs");

ensureInstalled();
const mocha = require.resolve("mocha/bin/mocha.js", { paths: [root] });
const child = spawn(process.execPath, [mocha, ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
process.on("SIGINT", () => {});
child.on("close", (code, signal) => {
  process.exitCode = code ?? (signal ? 1 : 0);
});
