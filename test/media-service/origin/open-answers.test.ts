import { strict as assert } from "node:assert";
import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { describe, it } from "mocha";
import { OpenAnswers } from "../../../media-service/origin/open-answers";

/** An answer that nobody takes. */
class StuckAnswer extends EventEmitter {
  destroyed = false;

  destroy(): void {
    this.destroyed = true;
    this.emit("close");
  }
}

describe("answers under way", () => {
  function admit(open: OpenAnswers, body: object, sizeBytes: number): StuckAnswer | undefined {
    const answer = new StuckAnswer();
    const isAdmitted = open.admit(answer as unknown as ServerResponse, body, sizeBytes);
    return isAdmitted ? answer : undefined;
  }

  it("hold a body once for all who take it, until the last has it", () => {
    const open = new OpenAnswers(100);
    const body = {};
    const answers = Array.from({ length: 50 }, () => admit(open, body, 100));
    assert(answers.every((answer) => answer !== undefined));
    assert.equal(open.bytes, 100);

    for (const answer of answers.slice(1)) answer.emit("finish");
    assert.equal(open.bytes, 100);
    answers[0]?.emit("finish");
    answers[0]?.emit("close");
    assert.equal(open.bytes, 0);
  });

  it("are refused when memory is full of what has just begun", () => {
    const open = new OpenAnswers(100);
    const first = admit(open, {}, 60);

    assert.equal(admit(open, {}, 60), undefined);
    assert.equal(first?.destroyed, false);
    assert.equal(open.bytes, 60);
  });

  it("that take longest are cut off for new ones, as many as it takes", async () => {
    const open = new OpenAnswers(100);
    const slow = [admit(open, {}, 40), admit(open, {}, 40), admit(open, {}, 20)];
    await setTimeout(1_050);

    assert(admit(open, {}, 60));
    assert.deepEqual(
      slow.map((answer) => answer?.destroyed),
      [true, true, false],
    );
    assert.equal(open.bytes, 80);
  });

  it("may be one alone that is larger than the bound", () => {
    const open = new OpenAnswers(100);

    assert(admit(open, {}, 500));
    assert.equal(admit(open, {}, 1), undefined);
  });
});
