"use strict";

// What every stub in the state calls: `require("./dynamic-providers/load.cjs")("access-policy")` gives
// the operations of that name. Plain JavaScript, because it has to run before TypeScript can be read.

const { existsSync, readdirSync } = require("node:fs");
const path = require("node:path");

const OPERATIONS = path.join(__dirname, "operations");

const loaded = new Map();

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
  const { operations, atProviderBoundary } = withTypeScript(() => ({
    ...require(path.join(OPERATIONS, "provider-boundary.ts")),
    ...require(file),
  }));
  if (operations === undefined) throw new Error(`${file} does not export 'operations'`);
  return atProviderBoundary(operations);
}

function withTypeScript(load) {
  try {
    require("tsx/package.json");
  } catch (cause) {
    throw new Error(
      `The packages of ${path.dirname(__dirname)} are not installed (${cause.message.split("\n")[0]}): ` +
        "run `npm ci` there, then run again.",
    );
  }
  return require("../scripts/read-typescript.cjs").withTypeScript(load);
}

function names() {
  const files = readdirSync(OPERATIONS).filter((file) => file.endsWith(".ts"));
  return files.map((file) => file.slice(0, -3)).join(", ");
}
