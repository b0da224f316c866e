"use strict";

const fs = require("node:fs");
const { reporters } = require("mocha");

/**
 * mocha's own `spec` report, closed by one line: "N passed, N failed, N skipped". Adds the numbers and the titles of
 * what failed to the file that `TWINSTREAM_TEST_COUNTS` names, for who runs several parts.
 */
class SummaryReporter extends reporters.Spec {
  epilogue() {
    super.epilogue();
    const { passes: passed, failures: failed, pending: skipped } = this.stats;
    process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
    const file = process.env.TWINSTREAM_TEST_COUNTS;
    if (!file) return;
    const failures = this.failures.map((test) => `${test.fullTitle()}: ${test.err?.message ?? ""}`);
    fs.appendFileSync(file, `${JSON.stringify({ passed, failed, skipped, failures })}\n`);
  }
}

module.exports = SummaryReporter;
