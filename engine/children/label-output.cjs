"use strict";

// Preloaded into the dynamic provider: marks each line that a resource's code prints with that
// resource's URN, so that the engine can say whose it is while many run at once. The mark is
// "<RS>urn<US>" before the line; output outside of any call stays as it is.
const { AsyncLocalStorage } = require("node:async_hooks");
const Module = require("node:module");
const path = require("node:path");

const caller = new AsyncLocalStorage();
const partial = new Map(); // text after the last newline, by URN

const write = process.stdout.write.bind(process.stdout);
process.stdout.write = (chunk, encoding, done) => {
  const urn = caller.getStore();
  if (urn === undefined) return write(chunk, encoding, done);
  const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
  const lines = ((partial.get(urn) ?? "") + text).split("\n");
  partial.set(urn, lines.pop() ?? "");
  const marked = lines.map((line) => `\u001e${urn}\u001f${line}\n`).join("");
  return write(marked, typeof encoding === "function" ? encoding : done);
};

/** Prints what a call left without a newline. */
function flush(urn) {
  const rest = partial.get(urn);
  partial.delete(urn);
  if (rest) write(`\u001e${urn}\u001f${rest}\n`);
}

/** The service with each handler run on behalf of the resource that the request names. */
function labelled(service) {
  return new Proxy(service, {
    get(target, name) {
      const handler = target[name];
      if (typeof handler !== "function") return handler;
      return (call, done) => {
        const urn = call.request?.getUrn?.();
        if (!urn) return handler.call(target, call, done);
        const ended = (...results) => {
          flush(urn);
          done(...results);
        };
        return caller.run(urn, () => handler.call(target, call, ended));
      };
    },
  });
}

// The provider's own copy of grpc-js, which its main module is about to load.
const provider = process.argv[1];
const { Server } = Module.createRequire(path.resolve(provider, "index.js"))("@grpc/grpc-js");
const addService = Server.prototype.addService;
Server.prototype.addService = function (definition, service) {
  return addService.call(this, definition, labelled(service));
};
