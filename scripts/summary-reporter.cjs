"use strict";

const { reporters } = require("mocha");

/** mocha's own `spec` report, closed by one line: "N passed, N failed, N skipped". */
class SummaryReporter extends reporters.Spec {
  epilogue() {
    super.epilogue();
    const { passes, failures, pending } = this.stats;
    process.stdout.write(`${passes} passed, ${failures} failed, ${pending} skipped\n`);
  }
}

module.exports = SummaryReporter;
