"use strict";

const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const { root } = require("../ensure-installed.cjs");

/** What is sent to a build of the image: what .dockerignore lets through. */
function buildContext(source) {
  return fs
    .readFileSync(path.join(source, ".dockerignore"), "utf8")
    .split("\n")
    .flatMap((line) => (line.startsWith("!") ? [line.slice(1)] : []));
}

/** The digest of everything an image is made from, as 64 hexadecimal digits. */
function contentDigest(source, files) {
  const hash = crypto.createHash("sha256");
  const add = (file) => {
    const full = path.join(source, file);
    if (fs.statSync(full).isDirectory()) {
      for (const name of fs.readdirSync(full).sort()) add(path.posix.join(file, name));
    } else hash.update(`${file}\0`).update(fs.readFileSync(full)).update("\0");
  };
  for (const file of files) add(file);
  return hash.digest("hex");
}

/**
 * The build: this machine has no Docker and no registry, so an image is a folder of the files that it is made from,
 * named by their digest, which the local cloud runs. Its packages are those of this project.
 */
function buildImage(source, registry) {
  const files = buildContext(source);
  const digest = contentDigest(source, ["Dockerfile", ...files]);
  const folder = path.join(registry, digest);
  if (!fs.existsSync(folder)) {
    fs.mkdirSync(registry, { recursive: true });
    const unfinished = fs.mkdtempSync(path.join(registry, "build-"));
    for (const file of files) {
      fs.cpSync(path.join(source, file), path.join(unfinished, file), { recursive: true });
    }
    fs.symlinkSync(path.join(root, "node_modules"), path.join(unfinished, "node_modules"));
    fs.renameSync(unfinished, folder);
  }
  return `localhost/twinstream/media-service@sha256:${digest}`;
}

module.exports = { buildImage };
