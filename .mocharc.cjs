"use strict";

process.env.TS_NODE_TRANSPILE_ONLY = "true";

module.exports = {
  extension: ["ts"],
  require: ["ts-node/register/transpile-only"],
  spec: ["test/**/*.test.ts"],
  timeout: 30_000,
  reporter: "./scripts/summary-reporter.cjs",
};
