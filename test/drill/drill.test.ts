import { strict as assert } from "node:assert";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { TakenAwayNote } from "../../drill/control/taken-away";
import { drill, type DrillParts } from "../../drill/drill";
import { parseOptions } from "../../drill/options";
import type { DrillReport } from "../../drill/report/drill-report";
import { writeReport } from "../../drill/report/write-report";
import { ToyStack } from "./toy-stack";

describe("a drill", function () {
  this.timeout(60_000);
  let stack: ToyStack;
  let folder: string;
  let note: TakenAwayNote;
  let said: string[];
  const controller = { current: new AbortController() };

  beforeEach(async () => {
    stack = await ToyStack.start();
    folder = mkdtempSync(join(tmpdir(), "twinstream-drill-"));
    note = new TakenAwayNote(folder, "dev");
    said = [];
    controller.current = new AbortController();
  });
  afterEach(async () => {
    await stack[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  function run(
    args: readonly string[] = [],
    changes: Partial<DrillParts> = {},
  ): Promise<DrillReport> {
    return drill({
      options: parseOptions(["--no-browser", "--failback", "20", ...args]),
      deployment: stack.deployment,
      control: stack,
      note,
      signal: controller.current.signal,
      say: (line) => said.push(line),
      confirm: () => Promise.reject(new Error("nobody was to be asked")),
      leastAwaySeconds: 10,
      ...changes,
    });
  }

  it("is passed when another data center takes over at once, and tells who served what", async () => {
    const report = await run();

    assert.equal(report.outcome, "passed", JSON.stringify(report.promises));
    assert.equal(report.away, "east");
    assert.deepEqual(stack.done, ["away east", 'back east {"undo":"this"}']);
    assert.equal(note.read(), undefined);
    assert.deepEqual(
      report.events.map(({ kind }) => kind),
      ["killed", "detected", "good", "restored", "ready", "failback"],
    );
    const [viewer] = report.viewers;
    assert(viewer);
    assert.equal(viewer.stallSeconds, 0);
    const served = viewer.segments.map(({ dataCenter }) => dataCenter);
    assert.deepEqual([served[0], served.includes("west"), served.at(-1)], ["east", true, "east"]);

    const file = writeReport(report, folder);
    const html = readFileSync(file, "utf8");
    assert.match(html, /Every promise was kept/);
    assert.doesNotMatch(html, /<script|<link|<img|src=|@import|url\(/);
    const kept = JSON.parse(
      readFileSync(join(dirname(file), "report.json"), "utf8"),
    ) as DrillReport;
    assert.deepEqual(kept, report);
    assert.equal(kept.schema, "twinstream-drill/1");
  });

  it("is failed when viewers stood still, and says for how long", async () => {
    stack.retry = false;
    const stopped = setTimeout(() => {
      stack.retry = true; // as probes would, after a while
    }, 18_000);
    const report = await run();
    clearTimeout(stopped);

    assert.equal(report.outcome, "failed");
    const [stall] = report.promises;
    assert.equal(stall?.kept, false);
    assert((stall.measured ?? 0) > 0.5, JSON.stringify(stall));
    assert.deepEqual([...stack.away], []);
  });

  it("takes nothing away when the other data center is bad already", async () => {
    stack.away.add("west");
    const report = await run();

    assert.equal(report.outcome, "refused");
    assert.deepEqual(stack.done, []);
    assert.match(
      report.checks.find(({ subject }) => subject === "west")?.detail ?? "",
      /readyz answered 503/,
    );
  });

  for (const { protocol, damagedPaths } of [
    { protocol: "hls", damagedPaths: /0\.m4s/ },
    { protocol: "smooth", damagedPaths: /Fragments\(video=7\)/ },
  ]) {
    it(`takes nothing away when the other data center serves other bytes in ${protocol}`, async () => {
      stack.damage.set("west", "other bytes");
      stack.damagedPaths = damagedPaths;
      const report = await run();

      assert.equal(report.outcome, "refused");
      assert.deepEqual(stack.done, []);
      const wrong = report.checks.filter(({ ok }) => !ok);
      assert.deepEqual(
        wrong.map(({ kind, subject }) => [kind, subject]),
        [["segments", `film ${protocol}`]],
      );
      const { source } = damagedPaths;
      assert.match(wrong[0]?.detail ?? "", new RegExp(`${source}: east [0-9a-f]+, west [0-9a-f]+`));
    });
  }

  it("promises only what viewers see when probes can't see the fault", async () => {
    stack.seenByProbes = false;
    // As slow as it gets, it still answers.
    const takeAway = (dataCenter: string): Promise<void> => {
      stack.done.push(`away ${dataCenter}`);
      return Promise.resolve();
    };
    const control = Object.assign(Object.create(stack) as ToyStack, { takeAway });
    const report = await run([], { control, leastAwaySeconds: 1 });

    assert.equal(report.outcome, "passed", JSON.stringify(report.promises));
    assert.deepEqual(
      report.promises.map(({ name }) => name),
      [
        "stall of paced reader through the edge",
        "first good answer of the edge",
        "the edge asks again what is back",
      ],
    );
    assert.match(report.notes.join("\n"), /Probes can't see that .*east goes on being asked/);
  });

  it("finds locators that end at different times", async () => {
    const { deployment } = stack;
    const [, west] = deployment.locators;
    if (west) west.expirationDateTime = "2099-01-01T00:00:00Z";
    const report = await run(["--check-only"], { deployment });

    assert.equal(report.outcome, "refused");
    assert.match(
      report.checks.find(({ kind }) => kind === "locator")?.detail ?? "",
      /end at different times/,
    );
  });

  it("compares a sample where one is asked for, and takes nothing away when only that is", async () => {
    const report = await run(["--check-only", "--sample", "3"]);

    assert.equal(report.outcome, "checked");
    assert.deepEqual(stack.done, []);
    assert.match(
      report.checks.find(({ kind }) => kind === "segments")?.detail ?? "",
      /^3 of 8 segments/,
    );
  });

  it("brings the data center back when it is interrupted", async () => {
    const running = run();
    while (stack.away.size === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(note.read()?.dataCenter, "east");
    controller.current.abort();
    const report = await running;

    assert.equal(report.outcome, "interrupted");
    assert.deepEqual([...stack.away], []);
    assert.equal(note.read(), undefined);
  });

  it("brings the data center back when taking it away fails half done", async () => {
    stack.failTakeAway = true;

    await assert.rejects(run(), /half done/);
    assert.deepEqual([...stack.away], []);
    assert.equal(note.read(), undefined);
  });

  it("keeps its note when bringing back fails, for the next drill to find", async () => {
    const bringBack = (): Promise<void> => Promise.reject(new Error("Azure is away"));
    const control = Object.assign(Object.create(stack) as ToyStack, { bringBack });
    controller.current = new AbortController();
    const running = run([], { control });
    const failed = assert.rejects(running, /Azure is away/);
    while (stack.away.size === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    controller.current.abort();
    await failed;

    assert.equal(note.read()?.dataCenter, "east");
  });

  it("asks before it takes a data center of Azure away, and takes no for an answer", async () => {
    const control = Object.assign(Object.create(stack) as ToyStack, { cloud: "azure" });
    const confirm = (): Promise<boolean> => Promise.resolve(false);

    await assert.rejects(run([], { control, confirm }), /nothing was taken away/);
    assert.deepEqual(stack.done, []);
  });

  it("knows the data centers by name", async () => {
    await assert.rejects(run(["--data-center", "north"]), /no data center "north"; .*east, west/);
  });
});
