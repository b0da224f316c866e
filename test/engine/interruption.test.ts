import { strict as assert } from "node:assert";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { isRunning } from "../../engine/state/process-identity";
import { until } from "../local-cloud/until";
import { ScratchStack } from "./support/scratch-stack";

const UP = ["up", "--yes", "--skip-preview"];

describe("the embedded engine after an interruption", function () {
  this.timeout(300_000);
  let stack: ScratchStack;

  beforeEach(async () => {
    stack = new ScratchStack();
    await stack.must("stack", "init", "dev");
  });
  afterEach(() => {
    stack.dispose();
  });

  const letGo = (name: string): void => {
    writeFileSync(path.join(stack.cloud, name), "");
  };

  it("goes on after its own kill -9: lock taken over, child ended, creation tried again", async () => {
    stack.configure([
      { name: "first" },
      { name: "slow", from: "first", props: { waitFor: "go" } },
      { name: "last", from: "slow" },
    ]);
    const killed = stack.start(UP);
    await until(
      "the slow thing is being created",
      () => stack.calls().includes("create slow"),
      60_000,
    );
    killed.child.kill("SIGKILL");
    await killed.ended;
    const provider = Number(readFileSync(path.join(stack.cloud, "provider-pid"), "utf8"));
    await until("the provider has ended too", () => !isRunning(provider), 10_000);
    assert.ok(existsSync(stack.journalFile), "the journal says what was done");
    assert.equal(readdirSync(stack.lockDirectory).length, 1);
    letGo("go");

    const again = await stack.must(...UP);

    assert.match(again, /an earlier run did not end properly; its lock is taken over/);
    assert.match(again, /an earlier run was interrupted while creating .*::slow\./);
    assert.match(again, /\+ 2 created$/m);
    assert.deepEqual(stack.things(), ["first", "last", "slow"]);
    assert.equal(stack.calls().filter((call) => call === "create first").length, 1);
    assert.equal(stack.deployment().pending_operations, undefined);
    assert.ok(!existsSync(stack.journalFile));
    assert.deepEqual(readdirSync(stack.lockDirectory), []);
  });

  it("ends in the same state as an undisturbed run, wherever it was killed", async () => {
    const names = ["a", "b", "c", "d", "e", "f"];
    const chain = names.map((name, index) => ({
      name,
      props: { pauseMs: 30 },
      ...(index % 2 === 0 ? {} : { from: names[index - 1] }),
    }));
    stack.configure(chain);
    for (const calls of [1, 3, 5]) {
      const run = stack.start(UP);
      await until(`${calls} calls were made`, () => stack.calls().length >= calls, 60_000);
      run.child.kill("SIGKILL");
      await run.ended;
    }

    await stack.must(...UP);

    const text = stack.checkpointText();
    await stack.must(...UP, "--expect-no-changes");
    assert.equal(stack.checkpointText(), text);
    assert.deepEqual(stack.things(), names);
    assert.deepEqual([...stack.resourceNames()].sort(), [...names, "default", "things-dev"].sort());
    assert.equal(stack.deployment().pending_operations, undefined);
  });

  it("tells of a provider that was killed during a step, and goes on at the next run", async () => {
    stack.configure([{ name: "victim", props: { dieWhile: "afterCreate" } }]);

    const failed = await stack.run(...UP);

    assert.equal(failed.code, 1);
    assert.match(
      failed.stdout,
      /error: the provider process of pulumi-nodejs \(pid \d+\) ended by SIGKILL/,
    );
    assert.deepEqual(
      stack
        .deployment()
        .pending_operations?.map((operation) => (operation as { type: string }).type),
      ["creating"],
    );
    const again = await stack.must(...UP);
    assert.match(again, /\+ 1 created$/m);
    assert.deepEqual(stack.calls(), ["create victim", "create victim", "adopted victim"]);
    assert.equal(stack.deployment().pending_operations, undefined);
  });

  it("waits at Ctrl-C for the step under way, notes it, and begins no other", async () => {
    stack.configure([
      { name: "slow", props: { waitFor: "go" } },
      { name: "next", from: "slow" },
    ]);
    const run = stack.start(UP);
    await until(
      "the slow thing is being created",
      () => stack.calls().includes("create slow"),
      60_000,
    );
    run.child.kill("SIGINT");
    await until(
      "the engine says that it waits",
      () => run.output().includes("waiting for the steps"),
      60_000,
    );
    letGo("go");

    const { code, stdout } = await run.ended;

    assert.equal(code, 1);
    assert.match(stdout, /slow created/);
    assert.deepEqual(stack.things(), ["slow"]);
    assert.ok(stack.resourceNames().includes("slow"));
    assert.deepEqual(readdirSync(stack.lockDirectory), []);
  });

  it("keeps a resource that came into being half, and updates it at the next run", async () => {
    stack.configure([{ name: "half", props: { halfMade: true } }]);

    const failed = await stack.run(...UP);

    assert.equal(failed.code, 1);
    assert.match(failed.stdout, /error: made but not ready: the light is still red/);
    assert.deepEqual(stack.resource("half")["initErrors"], ["the light is still red"]);
    await stack.must(...UP);
    assert.deepEqual(stack.calls(), ["create half", "update half"]);
    assert.equal(stack.resource("half")["initErrors"], undefined);
  });
});
