import { strict as assert } from "node:assert";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { PassphraseCrypter } from "../../../engine/secrets/passphrase-crypter";
import { SecretSealer } from "../../../engine/secrets/secret-sealer";
import { readCheckpoint } from "../../../engine/state/checkpoint-file";
import { Ledger } from "../../../engine/state/ledger";
import { startOf } from "../../../engine/state/process-identity";
import type { ResourceState } from "../../../engine/state/resource-state";
import { cancelLocks, StackLock } from "../../../engine/state/stack-lock";
import { StackState } from "../../../engine/state/stack-state";
import { secretOf } from "../../../engine/values/property-value";

const resource = (name: string): ResourceState => ({
  urn: `urn:pulumi:dev::p::t:t:T::${name}`,
  custom: true,
  id: name,
  type: "t:t:T",
  inputs: { name, key: secretOf(`secret of ${name}`) },
});

describe("a stack's state", function () {
  this.timeout(60_000);
  let sealer: SecretSealer;
  let directory: string;
  let warnings: string[];
  const ledgers: Ledger[] = [];

  before(async () => {
    sealer = new SecretSealer(await PassphraseCrypter.create("x"));
  });
  beforeEach(() => {
    directory = mkdtempSync(path.join(os.tmpdir(), "engine-state-"));
    warnings = [];
  });
  afterEach(async () => {
    for (const ledger of ledgers.splice(0)) await ledger.close();
    rmSync(directory, { recursive: true });
  });

  const files = (): { checkpointFile: string; journalFile: string } => ({
    checkpointFile: path.join(directory, "dev.json"),
    journalFile: path.join(directory, "dev.jsonl"),
  });
  const open = (): StackState => {
    const warn = (text: string): number => warnings.push(text);
    const deps = { ...files(), stack: "organization/p/dev", opener: sealer, sealer, warn };
    return new StackState(deps, readCheckpoint(files().checkpointFile));
  };
  const ledgerOf = (state: StackState): Ledger => {
    const ledger = new Ledger(state, { readOnly: false, journalFile: files().journalFile });
    ledgers.push(ledger);
    return ledger;
  };
  const begin = (names: string[]): StackState => {
    open().write(names.map(resource), []);
    return open();
  };
  const namesOf = (states: readonly ResourceState[]): (string | undefined)[] =>
    states.map(({ id }) => id);

  it("is written as one JSON text, whatever its resources hold", () => {
    const write = (states: ResourceState[]): void => {
      open().write(states, []);
    };
    const awkward = resource('a "\\n" and \n in a name');
    write([
      awkward,
      resource("b"),
      { ...resource("c"), inputs: { list: [[], {}, null, "\n    "] } },
    ]);
    const text = readFileSync(files().checkpointFile, "utf8");

    assert.equal(text, `${JSON.stringify(JSON.parse(text), undefined, 4)}\n`);
    assert.deepEqual(namesOf(open().resources), [awkward.id, "b", "c"]);
    write([]);
    const empty = readFileSync(files().checkpointFile, "utf8");
    assert.equal(empty, `${JSON.stringify(JSON.parse(empty), undefined, 4)}\n`);
  });

  it("is not written when resources were found as they were, in another order", async () => {
    const state = begin(["a", "b", "c"]);
    const before = readFileSync(files().checkpointFile, "utf8");
    const ledger = new Ledger(state, { readOnly: false, journalFile: files().journalFile });
    for (const old of [...ledger.base].reverse()) ledger.carry(old, { ...old });
    await ledger.close();

    assert.equal(readFileSync(files().checkpointFile, "utf8"), before);
  });

  it("is after kill -9 what the journal says, wherever it ends", async () => {
    const step = fc.constantFrom("carry", "change", "replace", "drop", "add", "mark");
    const steps = fc.array(step, { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        rmSync(files().journalFile, { force: true });
        const ledger = ledgerOf(begin(["a", "b", "c", "d"]));
        let made = 0;
        for (const what of list) {
          const old = ledger.unsettled()[0];
          const fresh = resource(`new${(made += 1)}`);
          const operation = await ledger.begin(fresh, "creating");
          if (what === "add" || old === undefined) ledger.put(fresh);
          else if (what === "carry") ledger.carry(old, { ...old });
          else if (what === "change") ledger.carry(old, { ...old, protect: true });
          else if (what === "replace") ledger.put(fresh, old);
          else if (what === "drop") ledger.drop(old);
          else ledger.changed(Object.assign(old, { delete: true }));
          await ledger.end(operation);
        }

        const folded = open(); // as after a crash: nothing was closed

        assert.deepEqual(folded.resources, ledger.resources());
        assert.deepEqual(folded.interrupted, []);
        await Promise.all(ledgers.splice(0).map((each) => each.close()));
      }),
      { numRuns: 40 },
    );
  });

  it("remembers a creation that had begun, and takes no notice of a torn line", async () => {
    const ledger = ledgerOf(begin(["a"]));
    await ledger.begin(resource("b"), "creating");
    appendFileSync(files().journalFile, '{"kind":"put","key":7,"sta');

    const folded = open();

    assert.deepEqual(namesOf(folded.resources), ["a"]);
    assert.deepEqual(
      folded.interrupted.map(({ resource: { id }, type }) => [id, type]),
      [["b", "creating"]],
    );
    assert.match(warnings.join(), /interrupted while creating .*::b/);
    folded.write(folded.resources, folded.interrupted);
    const next = ledgerOf(open());
    next.resolveInterrupted(resource("b").urn);
    assert.deepEqual(next.operations(), []);
  });

  it("puts aside a journal that continues another checkpoint", async () => {
    const ledger = ledgerOf(begin(["a"]));
    await ledger.begin(resource("b"), "creating");
    const text = readFileSync(files().checkpointFile, "utf8");
    writeFileSync(files().checkpointFile, text.replace("dev", "dev "));

    const state = open();

    assert.deepEqual(state.interrupted, []);
    assert.match(warnings.join(), /is kept in .*\.stale and not used/);
    assert.ok(!existsSync(files().journalFile));
  });

  it("writes nothing when nothing changed, and never a secret in clear", async () => {
    const ledger = ledgerOf(begin(["a", "b"]));
    const before = readFileSync(files().checkpointFile, "utf8");
    for (const old of ledger.unsettled()) ledger.carry(old, { ...old });
    await ledger.close();

    assert.equal(readFileSync(files().checkpointFile, "utf8"), before);
    assert.ok(!existsSync(files().journalFile));
    const noted = ledgerOf(open());
    await noted.end(await noted.begin(resource("c"), "creating"));
    assert.ok(!before.includes("secret of"));
    assert.ok(!readFileSync(files().journalFile, "utf8").includes("secret of"));
  });

  it("is refused when it uses what only the official CLI knows", () => {
    const text = JSON.stringify({ version: 3, features: ["views"], checkpoint: { stack: "s" } });
    writeFileSync(files().checkpointFile, text);

    assert.throws(open, { code: "unsupported", message: /uses views.*official Pulumi CLI/ });
  });
});

describe("a stack's lock", () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), "engine-lock-"));
  after(() => {
    rmSync(directory, { recursive: true });
  });
  const write = (content: object): void => {
    writeFileSync(path.join(directory, "other.json"), JSON.stringify(content));
  };
  const own = { username: "u", hostname: os.hostname(), timestamp: "2026-01-01T00:00:00Z" };
  const take = (): { lock: StackLock; warnings: string[] } => {
    const warnings: string[] = [];
    return { lock: StackLock.take(directory, (text) => warnings.push(text)), warnings };
  };

  it("is refused while a process that runs holds it", () => {
    write({ ...own, pid: process.pid, started: startOf(process.pid) });

    assert.throws(take, { code: "locked", message: new RegExp(`pid ${process.pid}`) });
  });

  it("is refused while another machine holds it", () => {
    write({ ...own, hostname: "elsewhere", pid: 1 });

    assert.throws(take, { code: "locked" });
  });

  it("is taken over, with a warning, from a process id that was given out again", function () {
    if (startOf(process.pid) === undefined) this.skip(); // this system does not say when it started
    write({ ...own, pid: process.pid, started: "another start" });

    const { lock, warnings } = take();

    assert.match(warnings.join(), /did not end properly/);
    lock.release();
    assert.deepEqual(cancelLocks(directory), []);
  });
});
