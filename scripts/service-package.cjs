"use strict";

// node scripts/service-package.cjs DIRECTORY: writes the package.json and the package-lock.json of the media service
// alone, for `npm ci` in its image: the packages that its source names, in the versions of the project's lock file.
const fs = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..");
/** Runs the source as it is. */
const RUNNER = "tsx";
const NAMED = /(?:\bfrom\s|\brequire(?:\.resolve)?\(|\bimport\()\s*"([^."][^"]*)"/g;

/** Source files of the service. */
function sources(folder) {
  return fs
    .readdirSync(folder, { recursive: true })
    .filter((name) => /\.(ts|cjs)$/.test(name))
    .map((name) => path.join(folder, name));
}

/** Packages that the service's source names, without Node's own. */
function namedPackages() {
  const names = new Set([RUNNER]);
  for (const file of sources(path.join(root, "media-service"))) {
    for (const [, specifier] of fs.readFileSync(file, "utf8").matchAll(NAMED)) {
      if (specifier.startsWith("node:")) continue;
      names.add(
        specifier
          .split("/")
          .slice(0, specifier.startsWith("@") ? 2 : 1)
          .join("/"),
      );
    }
  }
  return [...names].sort();
}

/** Where Node finds a package from the place of another: beside it, else further up. */
function place(packages, from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    const found = `${at === "" ? "" : `${at}/`}node_modules/${name}`;
    if (packages[found]) return found;
    if (at === "") return undefined;
  }
}

/** Places of everything that packages need, with themselves. */
function closure(packages, names) {
  const places = new Set();
  const visit = (from, name, required) => {
    const found = place(packages, from, name);
    if (found === undefined) {
      if (required) throw new Error(`package-lock.json has no ${name}; run npm install.`);
      return;
    }
    if (places.has(found)) return;
    places.add(found);
    const { dependencies, optionalDependencies, peerDependencies } = packages[found];
    for (const one of Object.keys(dependencies ?? {})) visit(found, one, true);
    for (const one of Object.keys({ ...optionalDependencies, ...peerDependencies })) {
      visit(found, one, false);
    }
  };
  for (const name of names) visit("", name, true);
  return [...places].sort();
}

/** The two files' contents. */
function servicePackage() {
  const project = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
  const { packages } = JSON.parse(fs.readFileSync(path.join(root, "package-lock.json"), "utf8"));
  const names = namedPackages();
  const dependencies = Object.fromEntries(
    names.map((name) => {
      const version = project.dependencies[name];
      if (version) return [name, version];
      throw new Error(`${name} is used by media-service and not among the project's dependencies.`);
    }),
  );
  const manifest = {
    name: "twinstream-media-service",
    version: project.version,
    license: project.license,
    private: true,
    type: project.type,
    dependencies,
  };
  const kept = closure(packages, names).map((at) => {
    // What is for development in the whole project is not so here.
    const { dev: _dev, devOptional: _devOptional, ...entry } = packages[at];
    return [at, entry];
  });
  const { name, version, license } = manifest;
  const lock = {
    ...{ name, version, lockfileVersion: 3, requires: true },
    packages: { "": { name, version, license, dependencies }, ...Object.fromEntries(kept) },
  };
  return { manifest, lock };
}

if (require.main === module) {
  const [, , directory] = process.argv;
  if (!directory) {
    console.error("usage: node scripts/service-package.cjs DIRECTORY");
    process.exit(2);
  }
  const { manifest, lock } = servicePackage();
  fs.mkdirSync(directory, { recursive: true });
  const write = (name, value) =>
    fs.writeFileSync(path.join(directory, name), `${JSON.stringify(value, null, 2)}\n`);
  write("package.json", manifest);
  write("package-lock.json", lock);
}

module.exports = { servicePackage };
