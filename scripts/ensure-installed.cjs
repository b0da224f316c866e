"use strict";

// Runs before anything is installed: Node's own modules only.
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..");
const OLDEST = [20, 19];

/** Ends with a sentence where this Node.js is too old for the project. */
function checkNodeVersion() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  console.error(
    `Twinstream needs Node.js ${OLDEST.join(".")} or newer; this is ${process.versions.node}. Install a newer one and try again.`,
  );
  process.exit(1);
}

/** Whether what is installed is what the lock file says. */
function isInstalled() {
  const installed = path.join(root, "node_modules", ".package-lock.json");
  const wanted = path.join(root, "package-lock.json");
  if (!fs.existsSync(installed)) return false;
  return (
    fs.statSync(installed).mtimeMs >= fs.statSync(wanted).mtimeMs || sameLock(wanted, installed)
  );
}

/** A fresh checkout makes the lock file look newer than it is: compare what it says. */
function sameLock(wanted, installed) {
  const want = JSON.parse(fs.readFileSync(wanted, "utf8")).packages;
  const have = JSON.parse(fs.readFileSync(installed, "utf8")).packages;
  return Object.entries(want).every(
    ([name, { version, optional }]) => name === "" || optional || have[name]?.version === version,
  );
}

/** Installs the project's packages where they are missing or are not those of the lock file. */
function ensureInstalled() {
  checkNodeVersion();
  if (isInstalled()) return;
  console.log("Installing packages (about a minute, once) ...");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const { status, error } = spawnSync(npm, ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status === 0) return;
  console.error(
    `The packages could not be installed${error ? `: ${error.message}` : ""}. Run 'npm ci' and see what it says.`,
  );
  process.exit(1);
}

module.exports = { ensureInstalled, root };
