import { strict as assert } from "node:assert";
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import pino from "pino";
import { type ProcessSpec, restartDelayMs } from "../../../local-cloud/processes/process-spec";
import { ProcessFile } from "../../../local-cloud/processes/strays";
import { Supervisor } from "../../../local-cloud/processes/supervisor";
import { until } from "../until";

describe("the supervisor of the local cloud's processes", () => {
  let directory: string;
  let supervisor: Supervisor;
  let file: ProcessFile;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "twinstream-processes-"));
    file = new ProcessFile(join(directory, "processes.json"));
    supervisor = newSupervisor();
  });
  afterEach(async () => {
    await supervisor[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true, force: true });
  });

  const newSupervisor = (firstMs = 10): Supervisor =>
    new Supervisor({
      log: pino({ level: "silent" }),
      logsDirectory: directory,
      processFile: file,
      titlePrefix: "twinstream-test",
      backOff: { firstMs, maxMs: 4 * firstMs, resetAfterMs: 60_000 },
    });

  /** A child that says by a file that it is ready, and by another that it ended as asked. */
  const spec = (script: string, changes: Partial<ProcessSpec> = {}): ProcessSpec => {
    const ready = join(directory, "ready");
    return {
      name: "child",
      arguments: ["-e", `const fs = require("fs"); ${script}`],
      environment: {
        PATH: process.env["PATH"] ?? "",
        READY: ready,
        ENDED: join(directory, "ended"),
      },
      workingDirectory: directory,
      isReady: () => Promise.resolve(existsSync(ready)),
      ...changes,
    };
  };
  const staying = `setInterval(() => {}, 1000);
    process.once("SIGTERM", () => { fs.writeFileSync(process.env.ENDED, ""); process.exit(0); });
    fs.writeFileSync(process.env.READY, String(process.pid));`;
  const state = () => supervisor.status()[0];

  it("starts a child, waits until it is ready, and lets it end by itself", async () => {
    await supervisor.start(spec(staying));
    assert.equal(state()?.state, "running");
    assert.equal(file.read()[0]?.pid, state()?.pid);

    await supervisor.stop("child");

    assert(existsSync(join(directory, "ended")));
    assert.deepEqual(supervisor.status(), []);
    assert.deepEqual(file.read(), []);
  });

  it("kills a child that doesn't end in time", async () => {
    const stubborn = `process.on("SIGTERM", () => {}); setInterval(() => {}, 1000);
      fs.writeFileSync(process.env.READY, "");`;
    await supervisor.start(spec(stubborn, { stopWithinMs: 100 }));
    const pid = state()?.pid ?? 0;

    await supervisor.stop("child");

    assert.throws(() => process.kill(pid, 0));
  });

  it("shows the end of its log when a child ends before it is ready", async () => {
    const failing = spec(`console.error("no such setting: X"); process.exit(3);`);

    await assert.rejects(supervisor.start(failing), {
      name: "ProcessStartError",
      message: /^child exited with code 3; the end of .*child\.log:\nno such setting: X$/,
    });
    assert.deepEqual(supervisor.status(), []);
  });

  it("runs again what ran before when what takes its place doesn't come up", async () => {
    await supervisor.start(spec(staying));
    const before = state()?.pid;
    const worse = spec("process.exit(3);", { isReady: () => Promise.resolve(false) });

    await assert.rejects(supervisor.start(worse), /child exited with code 3/);

    assert.equal(state()?.state, "running");
    assert.notEqual(state()?.pid, before);
    assert(isAlive(state()?.pid ?? 0));
  });

  it("gives up on a child that never becomes ready", async () => {
    const silent = spec("setInterval(() => {}, 1000);", { readyWithinMs: 200 });

    await assert.rejects(supervisor.start(silent), /child did not become ready within 0.2 s/);
  });

  it("starts a child again that crashed, and counts", async () => {
    await supervisor.start(spec(staying));
    for (const crashes of [1, 2]) {
      const pid = state()?.pid ?? 0;
      process.kill(pid, "SIGKILL");
      await until("back", () => state()?.crashes === crashes && state()?.state === "running");
    }

    assert.equal(state()?.crashes, 2);
  });

  it("starts no second child when one is restored while its restart waits", async () => {
    await supervisor[Symbol.asyncDispose]();
    const backOffMs = 300;
    supervisor = newSupervisor(backOffMs);
    await supervisor.start(spec(staying));
    // The first crash is mended at once; only the next ones wait.
    process.kill(state()?.pid ?? 0, "SIGKILL");
    await until("running again", () => state()?.crashes === 1 && state()?.state === "running");
    process.kill(state()?.pid ?? 0, "SIGKILL");
    await until("waiting for its restart", () => state()?.crashes === 2);

    await supervisor.restore("child");
    const restored = state()?.pid;
    // What must not happen would happen when the back-off is over.
    await new Promise((resolvePromise) => setTimeout(resolvePromise, 2 * backOffMs));

    assert.equal(state()?.pid, restored);
    assert.equal(state()?.state, "running");
  });

  it("leaves a crashed child down where a test asks for that", async () => {
    supervisor.restartsEnabled = false;
    await supervisor.start(spec(staying));

    process.kill(state()?.pid ?? 0, "SIGKILL");

    await until("held", () => state()?.state === "held");
    assert.equal(state()?.pid, undefined);
  });

  it("keeps a killed child down until it is restored", async () => {
    await supervisor.start(spec(staying));

    await supervisor.kill("child");
    assert.equal(state()?.state, "held");
    await supervisor.restore("child");

    assert.equal(state()?.state, "running");
    assert.equal(state()?.crashes, 0);
  });

  it("freezes a child and lets it go on", async function () {
    if (process.platform === "win32") {
      console.log("      skipped: Windows can't stop a process");
      this.skip();
    }
    const counting = `${staying} let n = 0; setInterval(() => fs.writeFileSync(process.env.READY, String(n++)), 5);`;
    const count = (): string => readFileSync(join(directory, "ready"), "utf8");
    await supervisor.start(spec(counting));

    supervisor.pause("child");
    await until("frozen", async () => {
      const before = count();
      await new Promise((done) => setTimeout(done, 100));
      return before === count();
    });
    const frozen = count();
    supervisor.resume("child");

    await until("going on", () => count() !== frozen);
    assert.equal(state()?.state, "running");
  });

  it("has children that end when their parent is killed", async () => {
    const parent = fork(join(__dirname, "doomed-parent.ts"), [directory], {
      execArgv: ["-r", require.resolve("tsx/cjs")],
      cwd: resolve(__dirname, "../../.."),
    });
    const [pid] = (await once(parent, "message")) as [number];

    parent.kill("SIGKILL");

    await until("ended", () => !isAlive(pid));
    assert(existsSync(join(directory, "ended")), "the child should end as by SIGTERM");
  });

  it("ends strays of an earlier run by title, and nobody else", async () => {
    const [stray, other] = ["twinstream-test-p1-stray", "somebody-else"].map((title) =>
      spawn(process.execPath, [`--title=${title}`, "-e", "setInterval(() => {}, 1000)"]),
    );
    assert(stray?.pid !== undefined && other?.pid !== undefined);
    file.write([
      { pid: stray.pid, title: "twinstream-test-p1-stray" },
      { pid: other.pid, title: "twinstream-test-p1-gone" },
    ]);
    try {
      const ended = await supervisor.endStrays();

      assert.deepEqual(ended, ["twinstream-test-p1-stray"]);
      assert(isAlive(other.pid));
      assert(!isAlive(stray.pid) || stray.signalCode !== null);
    } finally {
      stray.kill("SIGKILL");
      other.kill("SIGKILL");
    }
  });

  for (const [crashes, delayMs] of [
    [1, 0],
    [2, 10_000],
    [3, 20_000],
    [4, 40_000],
    [20, 300_000],
  ] as const) {
    it(`waits ${delayMs / 1000} s before restart ${crashes} in a row`, () => {
      const backOff = { firstMs: 10_000, maxMs: 300_000, resetAfterMs: 600_000 };

      assert.equal(restartDelayMs(backOff, crashes), delayMs);
    });
  }
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
