import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { after, afterEach, before, describe, it } from "mocha";
import { type AccountSnapshot, snapshotAccount } from "../support/account-snapshot";
import { type Azurite, startAzurite } from "../support/azurite";
import { type ChainEvent, type ChainOptions, destroyChain, type StepName } from "../support/chain";
import type { Death } from "../support/chain-child";
import { startMediaService, type TestMediaService } from "../support/media-service";

const ROOT = path.resolve(__dirname, "../..");
const CLIP = path.join(ROOT, "test/fixtures/tiny-clip.mp4");
/** Makes the upload three blocks long. */
const PADDING_BYTES = 18_000_000;
/** In the order in which a run comes to them. */
const KILLED_STEPS = ["mezzanine", "encoding", "copy", "files", "locatorB"] as const;
const SEEDS = [1, 2, 3, 4, 5];
const EMPTY = { assets: [], policies: [], locators: [], jobs: [], blobs: {} };

/** When a run is killed: some time after a step's beginning, or after some of its requests. */
type Moment = Death & { readonly afterMs?: number };

/** How long each step takes, and how many requests to media services accounts. */
type Effort = Partial<Record<StepName, { readonly ms: number; readonly answers: number }>>;

interface ChainLine {
  readonly event: ChainEvent;
  readonly step: StepName;
  readonly answers: number;
}

interface RunReport {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The step that was under way at the end. */
  readonly lastBegun: StepName | undefined;
  readonly effort: Effort;
  readonly errors: string;
}

describe("the chain, killed with SIGKILL", function () {
  this.timeout(300_000);
  let folder: string;
  let stores: Azurite[];
  let services: TestMediaService[];
  let options: ChainOptions;
  let reference: AccountSnapshot[];
  let usual: Effort;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "twinstream-kill-"));
    stores = await Promise.all(
      ["killeast", "killwest"].map((accountName) => startAzurite({ accountName })),
    );
    services = await Promise.all(
      stores.map((storage) => startMediaService({ storage, accountName: storage.accountName })),
    );
    const [a, b] = services as [TestMediaService, TestMediaService];
    const file = path.join(folder, "tiny-clip.mp4");
    await writeFile(file, Buffer.concat([await readFile(CLIP), freeBox(PADDING_BYTES)]));
    const connection = ({ apiUrl, tokenUrl, accountName, accountKey }: TestMediaService) => ({
      apiUrl,
      tokenUrl,
      accountName,
      accountKey,
    });
    const stateFile = path.join(folder, "state.json");
    options = { a: connection(a), b: connection(b), name: "dev-tiny", file, stateFile };

    const report = await run(options);
    assert.equal(report.exitCode, 0, report.errors);
    usual = report.effort;
    reference = await snapshots();
    await destroyChain(options);
    assert.deepEqual(await snapshots(), [EMPTY, EMPTY]);
  });

  // One that failed must not make the next one fail.
  afterEach(() => destroyChain(options));

  after(async () => {
    await Promise.all([...services, ...stores].map((child) => child.kill()));
    await rm(folder, { recursive: true, force: true });
  });

  const snapshots = (): Promise<AccountSnapshot[]> =>
    Promise.all(
      stores.map((store, index) => snapshotAccount(index === 0 ? options.a : options.b, store)),
    );

  for (const seed of SEEDS) {
    it(`in every step in turn, ends in the same state after one more run (seed ${seed})`, async () => {
      const random = randomNumbers(seed);
      const moments = KILLED_STEPS.map((step) => momentIn(step, random, usual));
      for (const moment of moments) {
        const { signal, lastBegun, errors } = await run(options, moment);
        assert.equal(signal, "SIGKILL", `${JSON.stringify(moment)}: ${errors}`);
        assert.equal(lastBegun, moment.step);
      }
      const { exitCode, errors } = await run(options);
      assert.equal(exitCode, 0, errors);

      assert.deepEqual(await snapshots(), reference, JSON.stringify(moments));
      await destroyChain(options);
      assert.deepEqual(await snapshots(), [EMPTY, EMPTY]);
    });
  }
});

/** Runs the chain in a process of its own, and kills it at a moment. */
async function run(options: ChainOptions, moment?: Moment): Promise<RunReport> {
  const child = spawn(
    process.execPath,
    ["-r", "tsx/cjs", path.join(ROOT, "test/support/chain-child.ts")],
    {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        CHAIN_OPTIONS: JSON.stringify(options),
        CHAIN_DEATH: JSON.stringify(moment ?? null),
      },
    },
  );
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const begun: Partial<Record<StepName, number>> = {};
  const effort: Effort = {};
  let lastBegun: StepName | undefined;
  createInterface(child.stdout).on("line", (line) => {
    if (!line.startsWith("@")) return;
    const { event, step, answers } = JSON.parse(line.slice(1)) as ChainLine;
    if (event === "end") {
      effort[step] = { ms: performance.now() - (begun[step] ?? 0), answers };
      return;
    }
    if (event === "made") return;
    lastBegun = step;
    begun[step] = performance.now();
    if (moment?.afterMs !== undefined && step === moment.step) {
      setTimeout(() => child.kill("SIGKILL"), moment.afterMs);
    }
  });
  const [exitCode, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { exitCode, signal, lastBegun, effort, errors };
}

/** Every other moment lies between two requests, where a killed run leaves the most. */
function momentIn(step: StepName, random: () => number, usual: Effort): Moment {
  const { ms = 0, answers = 1 } = usual[step] ?? {};
  if (random() < 0.5) return { step, afterAnswers: 1 + Math.floor(random() * answers) };
  return { step, afterMs: Math.floor(random() * ms) };
}

/** Mulberry32: the same numbers for the same seed, so that a failure can be repeated. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function freeBox(sizeBytes: number): Buffer {
  const box = Buffer.alloc(sizeBytes);
  box.writeUInt32BE(sizeBytes, 0);
  box.write("free", 4, "latin1");
  return box;
}
