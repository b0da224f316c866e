"use strict";

// node scripts/run.cjs FILE.ts [ARGUMENT ...]: installs what is missing, then runs a program of the project.
const { spawn } = require("node:child_process");
const path = require("node:path");
const { ensureInstalled, root } = require("./ensure-installed.cjs");

ensureInstalled();
const [program, ...args] = process.argv.slice(2);
const child = spawn(process.execPath, ["-r", "tsx/cjs", path.join(root, program), ...args], {
  cwd: root,
  stdio: "inherit",
});

// Ctrl-C reaches the whole group by itself: stay until the program has put things away.
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    if (signal === "SIGTERM") child.kill(signal);
  });
}
child.on("error", (error) => {
  console.error(`${program} could not be started: ${error.message}`);
  process.exitCode = 1;
});
child.on("close", (code, signal) => {
  process.exitCode = code ?? (signal ? 1 : 0);
});
