"use strict";

// Preloaded into the engine's children. File descriptor 3 is a pipe from the engine that nothing is
// ever written to: when it closes the engine is gone, however it went, and this process follows.
const { Socket } = require("node:net");

const GONE = 1;
const leave = () => process.exit(GONE);

const lifeline = new Socket({ fd: 3, readable: true, writable: false });
lifeline.on("close", leave).on("error", leave).resume();
lifeline.unref();

// A write to the closed output of a dead engine raises an error whose report is a write as well.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error) => {
    if (error.code === "EPIPE") leave();
  });
}

// Ctrl-C reaches every process of a terminal; the engine decides what it means.
process.on("SIGINT", () => undefined);
