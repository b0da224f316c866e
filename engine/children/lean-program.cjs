"use strict";

// Preloaded into the program: leaves out what the SDK does for each resource and each promise for
// nobody to read here. With a thousand videos that is most of the program's time and memory.
//  - A stack trace for each promise, in case it leaks. Leaks are still told, without it.
//  - The source position of each resource, which only the official engine shows.
//  - Messages for debugging, one call of the engine each, which the engine drops.
//  - The stack's list of its children, which keeps resources that the program has let go.
const Module = require("node:module");
const v8 = require("node:v8");

/** With so many of the stack's own children the program mostly waits: memory counts for more than time. */
const MANY_CHILDREN = 50;

const SDK = "@pulumi/pulumi/";
/** What is changed, by the module's path in the SDK. */
const CHANGES = {
  "runtime/debuggable.js": leanPromises,
  "runtime/stack.js": leanStack,
  "resource.js": leanPositions,
  "log/index.js": leanLog,
};

const pending = new Map(Object.entries(CHANGES));
const extension = Module._extensions[".js"];
Module._extensions[".js"] = function (module, file) {
  extension.call(this, module, file);
  const normal = file.replaceAll("\\", "/");
  const name = normal.slice(normal.lastIndexOf(SDK) + SDK.length);
  const change = normal.includes(`/${SDK}`) ? pending.get(name) : undefined;
  if (change === undefined) return;
  change(module.exports);
};

function leanPromises(debuggable) {
  if (debuggable.debugPromiseLeaks) return;
  const { debuggablePromise } = debuggable;
  debuggable.debuggablePromise = (promise, context) =>
    withoutStack(() => debuggablePromise(promise, context));
}

function withoutStack(work) {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function leanPositions({ Resource }) {
  Resource.stackTrace = () => [];
}

function leanLog(log) {
  log.debug = () => Promise.resolve();
}

function leanStack({ Stack }) {
  let children = 0;
  class NoChildren extends Set {
    add() {
      children += 1;
      // The heap may grow by a third before it is cleared, not to the fourfold.
      if (children === MANY_CHILDREN) v8.setFlagsFromString("--heap-growing-percent=33");
      return this;
    }
  }
  Stack.prototype.__childResources = new NoChildren();
}
