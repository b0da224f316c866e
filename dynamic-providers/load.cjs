"use strict";

// What every stub in the state calls: `require("./dynamic-providers/load.cjs")("access-policy")` gives
// the operations of that name. Plain JavaScript, because it has to run before TypeScript can be read.

const { existsSync, readdirSync } = require("node:fs");
const path = require("node:path");

const OPERATIONS = path.join(__dirname, "operations");

const loaded = new Map();
let requireTypeScript;

/** The operations behind a dynamic resource, ready to be called across the provider's boundary. */
module.exports = function load(name) {
  let operations = loaded.get(name);
  if (operations === undefined) {
    operations = read(name);
    loaded.set(name, operations);
  }
  return operations;
};

function read(name) {
  const file = path.join(OPERATIONS, `${name}.ts`);
  if (!/^[a-z-]+$/.test(name) || !existsSync(file)) {
    throw new Error(
      `No operations are called '${name}' in ${OPERATIONS} (there are ${names()}). The state was ` +
        "made by a newer or an older version of this project: check out that version, then run again.",
    );
  }
  requireTypeScript ??= typeScriptLoader();
  const { operations } = requireTypeScript(file, __filename);
  if (operations === undefined) throw new Error(`${file} does not export 'operations'`);
  const { atProviderBoundary } = requireTypeScript(
    path.join(OPERATIONS, "provider-boundary.ts"),
    __filename,
  );
  return atProviderBoundary(operations);
}

/** Reads TypeScript in a namespace of its own, so that no other loader of the process is disturbed. */
function typeScriptLoader() {
  try {
    return require("tsx/cjs/api").register({ namespace: "twinstream" }).require;
  } catch (cause) {
    throw new Error(
      `The packages of ${path.dirname(__dirname)} are not installed (${cause.message.split("\n")[0]}): ` +
        "run `npm ci` there, then run again.",
    );
  }
}

function names() {
  const files = readdirSync(OPERATIONS).filter((file) => file.endsWith(".ts"));
  return files.map((file) => file.slice(0, -3)).join(", ");
}
