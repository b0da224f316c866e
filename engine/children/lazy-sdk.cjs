"use strict";

// Preloaded into the program and the dynamic provider: parts of the SDK that it loads at its start and
// that hardly any program calls are loaded when they are called. They are most of its modules, with the
// TypeScript compiler and npm's resolver of packages among them.
const inspector = require("node:inspector");
const Module = require("node:module");
const path = require("node:path");

const SDK = "/@pulumi/pulumi/";
/** What stands in for a module until it is called, by the module of the SDK that asks for it. */
const LATER = {
  "index.js": { "./automation": members, "./provider": members },
  "runtime/index.js": {
    "./closure/serializeClosure": functions("serializeFunction", "serializeFunctionAsync"),
    "./closure/codePaths": functions("computeCodePaths"),
  },
  "cmd/run/index.js": { "../../runtime/closure/v8Hooks": noHooks },
  "runtime/closure/v8.js": { "./v8Hooks": lateHooks },
  "cmd/run/run.js": { "./tracing": tracing },
};

const load = Module._load;
Module._load = function (request, parent, isMain) {
  const later = request.startsWith(".") ? LATER[nameInSdk(parent?.filename)]?.[request] : undefined;
  if (later === undefined) return load.call(this, request, parent, isMain);
  return later(() => load.call(Module, request, parent, false), parent);
};

function nameInSdk(file = "") {
  const normal = file.replaceAll("\\", "/");
  const at = normal.lastIndexOf(SDK);
  return at < 0 ? undefined : normal.slice(at + SDK.length);
}

/** For what is handed on as a whole. */
function members(real) {
  return new Proxy(
    {},
    {
      get: (_, name) => (name === "__esModule" ? true : real()[name]),
      has: (_, name) => name in real(),
    },
  );
}

/** For functions that are taken out at once. */
function functions(...names) {
  return (real) =>
    Object.fromEntries(names.map((name) => [name, (...args) => real()[name](...args)]));
}

/** A debugger that notes each script that is loaded, in case that a function is turned into text. */
function noHooks() {
  return { isInitializedAsync: () => Promise.resolve() };
}

/** The same once a function is: of a debugger that begins to listen, V8 tells what was loaded before. */
function lateHooks(real) {
  const urls = new Map();
  const session = new inspector.Session();
  session.connect();
  session.on("Debugger.scriptParsed", ({ params }) => urls.set(params.scriptId, params.url));
  session.post("Debugger.enable");
  return { ...real(), getScriptUrl: (id) => urls.get(id) };
}

/** Spans lead nowhere until tracing is asked for. */
function tracing(real, { filename }) {
  const { trace } = Module.createRequire(path.resolve(filename))("@opentelemetry/api");
  let started;
  return {
    start(url) {
      started = real();
      started.start(url);
    },
    stop: () => started?.stop(),
    newSpan: (name) => started?.newSpan(name) ?? trace.getTracer("nodejs-runtime").startSpan(name),
  };
}
