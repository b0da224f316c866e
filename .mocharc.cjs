"use strict";

// Type checks are `npm run check`'s; the tests only translate.
process.env.TS_NODE_TRANSPILE_ONLY = "true";

module.exports = {
  extension: ["ts"],
  require: ["ts-node/register/transpile-only"],
  timeout: 30_000,
  // What a test leaves open must not keep a run that has its result from ending.
  exit: true,
  reporter: "./scripts/summary-reporter.cjs",
};
