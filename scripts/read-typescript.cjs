"use strict";

// How the program and the dynamic provider read the project's TypeScript: by tsx, which keeps what it has
// translated. Left to itself tsx looks at every module of every package as well, and has Node keep the
// source maps of all of them, which took a quarter of the program's start: here it reads TypeScript only.
const Module = require("node:module");

const { _extensions: extensions, _resolveFilename } = Module;
const { ".js": javaScript, ".ts": otherTypeScript } = extensions;
require("tsx/cjs");
let keeping = true; // tsx switches it on
const typeScript = loader(extensions[".ts"], true);
Module._resolveFilename = _resolveFilename;
extensions[".js"] = loader(javaScript, false);
use(otherTypeScript);

/** Has every TypeScript file of this process read so. */
exports.readTypeScript = () => {
  use(typeScript);
};

/** Has what `load` loads read so, and leaves other loaders of the process as they are. */
exports.withTypeScript = (load) => {
  const other = extensions[".ts"];
  use(typeScript);
  try {
    return load();
  } finally {
    use(other);
  }
};

function use(loadTypeScript) {
  if (loadTypeScript === undefined) delete extensions[".ts"];
  else extensions[".ts"] = loadTypeScript;
}

/** A loader with or without the source maps of what it loads; loads happen within one another. */
function loader(load, wanted) {
  return function (module, file) {
    const before = keeping;
    keepSourceMaps(wanted);
    try {
      load.call(this, module, file);
    } finally {
      keepSourceMaps(before);
    }
  };
}

function keepSourceMaps(wanted) {
  if (wanted !== keeping) process.setSourceMapsEnabled(wanted);
  keeping = wanted;
}
