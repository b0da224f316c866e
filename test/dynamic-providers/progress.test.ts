import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { createProgress, type ProgressOptions } from "../../dynamic-providers/operations/progress";

describe("createProgress", () => {
  function record(options: Pick<ProgressOptions, "unit" | "total">) {
    const lines: string[] = [];
    const clock = { ms: 0 };
    const progress = createProgress({
      ...options,
      label: "copy dev-a",
      write: (line) => lines.push(line),
      now: () => clock.ms,
    });
    return { lines, clock, progress };
  }

  it("tells percent, rate and time left in whole lines", () => {
    const { lines, clock, progress } = record({ unit: "bytes", total: 100_000_000 });
    progress.update(0);
    clock.ms = 4_000;
    progress.update(20_000_000);
    clock.ms = 20_000;
    progress.done();
    assert.deepEqual(lines, [
      "copy dev-a: 0%, 0.0 of 100.0 MB\n",
      "copy dev-a: 20%, 20.0 of 100.0 MB, 5.0 MB/s, 16 s left\n",
      "copy dev-a: done in 20 s, 100.0 MB, 5.0 MB/s\n",
    ]);
  });

  it("writes no more than a line every two seconds", () => {
    const { lines, clock, progress } = record({ unit: "percent", total: 100 });
    for (; clock.ms < 4_000; clock.ms += 100) progress.update(clock.ms / 100);
    assert.equal(lines.length, 2);
  });

  it("does not count what an earlier run did into the rate", () => {
    const { lines, clock, progress } = record({ unit: "bytes", total: 100_000_000 });
    progress.update(90_000_000);
    clock.ms = 5_000;
    progress.update(95_000_000);
    assert.equal(lines[1], "copy dev-a: 95%, 95.0 of 100.0 MB, 1.0 MB/s, 5 s left\n");
  });

  it("tells minutes and hours", () => {
    const { lines, clock, progress } = record({ unit: "percent", total: 100 });
    progress.update(0);
    clock.ms = 60_000;
    progress.update(10);
    clock.ms = 120_000;
    progress.update(11);
    clock.ms = 3_600_000;
    progress.update(12);
    assert.deepEqual(lines.slice(1), [
      "copy dev-a: 10%, 0.2 %/s, 9:00 min left\n",
      "copy dev-a: 11%, 0.1 %/s, 16:11 min left\n",
      "copy dev-a: 12%, 0.0 %/s, 7:20 h left\n",
    ]);
  });
});
