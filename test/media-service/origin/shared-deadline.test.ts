import { strict as assert } from "node:assert";
import { once } from "node:events";
import { describe, it } from "mocha";
import { SharedDeadline } from "../../../media-service/origin/shared-deadline";

describe("a deadline that reads share", () => {
  it("is one signal for many who ask at the same time, which warns of none of them", async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on("warning", listen);
    const deadline = new SharedDeadline(60_000);
    const { signal } = deadline;
    for (let read = 0; read < 100; read++) {
      assert.equal(deadline.signal, signal);
      deadline.signal.addEventListener("abort", () => read);
    }
    await new Promise(setImmediate);
    process.off("warning", listen);

    assert.deepEqual(warnings, []);
  });

  it("comes no sooner than it should, for the last who shares it as for the first", async () => {
    const deadline = new SharedDeadline(50);
    const { signal } = deadline;
    await new Promise((done) => setTimeout(done, 100));
    const begun = performance.now();
    const last = deadline.signal;
    await once(last, "abort");

    assert(performance.now() - begun >= 49);
    assert.notEqual(deadline.signal.aborted, true);
    assert(signal.aborted);
  });
});
