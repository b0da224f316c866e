import { strict as assert } from "node:assert";
import { afterEach, beforeEach, describe, it } from "mocha";
import pino from "pino";
import { QueueScalers, type ScaledProcess } from "../../../local-cloud/scaling/queue-scalers";
import { queueScaleRule } from "../../../local-cloud/stand-in/kinds/queue-scale-rule";
import { until } from "../until";

/** A process and its queue, as far as scaling sees them. */
class FakeProcess implements ScaledProcess {
  readonly name = "service:encode";
  readonly pollingMs = 5;
  cooldownMs = 50;
  length: number | Error = 0;
  allowed = true;
  running = false;
  starts = 0;
  looks = 0;

  queueLength(): Promise<number> {
    this.looks += 1;
    return this.length instanceof Error
      ? Promise.reject(this.length)
      : Promise.resolve(this.length);
  }
  isRunning(): boolean {
    return this.running;
  }
  mayStart(): boolean {
    return this.allowed;
  }
  start(): Promise<void> {
    this.starts += 1;
    this.running = true;
    return Promise.resolve();
  }
  stop(): Promise<void> {
    this.running = false;
    return Promise.resolve();
  }

  /** Waits until the queue was looked into some more times. */
  async moreLooks(count = 3): Promise<void> {
    const enough = this.looks + count;
    await until("looked", () => this.looks >= enough);
  }
}

describe("a process that a queue calls for", () => {
  let scalers: QueueScalers;
  let worker: FakeProcess;

  beforeEach(async () => {
    scalers = new QueueScalers(pino({ level: "silent" }));
    worker = new FakeProcess();
    await scalers.watch(worker);
  });
  afterEach(async () => {
    await scalers[Symbol.asyncDispose]();
  });

  it("does not run while the queue is empty", async () => {
    await worker.moreLooks();

    assert.equal(worker.starts, 0);
  });

  it("starts once for a message, and ends when the queue was empty for long enough", async () => {
    worker.length = 1;
    await until("started", () => worker.running);
    await worker.moreLooks(20);
    assert.deepEqual([worker.running, worker.starts], [true, 1]);

    const emptyAt = Date.now();
    worker.length = 0;
    await until("ended", () => !worker.running);
    assert(Date.now() - emptyAt >= worker.cooldownMs - worker.pollingMs * 2);
  });

  it("is not started while its data center is kept down, and is afterwards", async () => {
    worker.allowed = false;
    worker.length = 1;
    await worker.moreLooks();
    assert.equal(worker.starts, 0);

    worker.allowed = true;
    await until("started", () => worker.running);
  });

  it("goes on while the queue can't be asked", async () => {
    worker.length = 1;
    await until("started", () => worker.running);
    worker.length = new Error("the store is down");
    await new Promise((resolve) => setTimeout(resolve, worker.cooldownMs / 2));
    await worker.moreLooks(20);

    assert.equal(worker.running, true);
  });

  it("is left as it is once nobody watches it", async () => {
    await scalers.forget(worker.name);
    const { looks } = worker;
    worker.length = 1;
    await new Promise((resolve) => setTimeout(resolve, worker.pollingMs * 5));

    assert.deepEqual([worker.looks, worker.starts], [looks, 0]);
  });
});

describe("the rule that scales an app by a queue", () => {
  const azureQueue = { accountName: "store", queueName: "jobs", queueLength: 1, identity: "/id" };
  const app = (scale: object) => ({ template: { scale: scale as never } });

  it("is read with KEDA's own times where none are declared", () => {
    const rules = [
      { name: "requests", http: { metadata: { concurrentRequests: "1" } } },
      { name: "jobs", azureQueue },
    ];
    const rule = { accountName: "store", queueName: "jobs", identityId: "/id" };

    assert.deepEqual(queueScaleRule(app({ minReplicas: 0, rules })), {
      ...rule,
      pollingMs: 30_000,
      cooldownMs: 300_000,
    });
    assert.deepEqual(queueScaleRule(app({ rules, pollingInterval: 10, cooldownPeriod: 60 })), {
      ...rule,
      pollingMs: 10_000,
      cooldownMs: 60_000,
    });
  });

  it("is none where a copy always runs, or no queue is named", () => {
    const rules = [{ name: "jobs", azureQueue }];

    assert.equal(queueScaleRule(app({ minReplicas: 1, rules })), undefined);
    assert.equal(queueScaleRule(app({ minReplicas: 0, rules: [] })), undefined);
    assert.equal(queueScaleRule({}), undefined);
  });
});
