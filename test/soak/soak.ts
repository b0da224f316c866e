import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { chromiumPath, launchBrowser } from "../support/browser";
import { runScenario, type ViewerResult } from "../support/failover-run";
import { type Scenario, scenarios } from "../support/failover-scenarios";
import { LocalCloud } from "../support/local-cloud";
import { PlayerPage } from "../support/player";
import { type SoakRun, type Variant, variants } from "./soak-run";
import { soakTable } from "./soak-table";

const root = join(__dirname, "..", "..");
const RUNS_FILE = join(root, "logs", "soak.jsonl");
const DOCUMENT = join(root, "docs", "failover.md");
const BEGIN = "<!-- soak table -->";
const END = "<!-- end of soak table -->";

/**
 * `npm run soak [-- --fresh] [-- --write]`: every scenario five times to the end of the video, and once
 * each with the edge's retry off and with content steering off, too. What was run already is kept, so that a soak goes on where it was stopped;
 * `--fresh` begins again, `--write` puts the table into docs/failover.md.
 */
async function main(options: ReadonlySet<string>): Promise<number> {
  const unknown = [...options].filter((option) => option !== "--fresh" && option !== "--write");
  if (unknown.length > 0) {
    console.error(`There is no option ${unknown.join(", ")}; there are --fresh and --write.`);
    return 2;
  }
  if (options.has("--fresh")) rmSync(RUNS_FILE, { force: true });
  const known = readRuns();
  const missing = wantedRuns().filter((wanted) => !known.some((run) => isSame(run, wanted)));
  console.log(`${known.length} runs are known, ${missing.length} are to come.`);
  if (missing.length > 0) await soak(missing);

  const runs = readRuns();
  const table = soakTable(scenarios, runs);
  console.log(`\n${table}`);
  if (options.has("--write")) writeTable(table);
  const missed = runs.filter(
    ({ variant, results }) => variant === "all" && !results.every(isUnnoticed),
  );
  if (missed.length > 0) console.log(`\n${missed.length} runs were noticed by a viewer.`);
  const untold = wantedRuns().length - runs.length;
  if (untold > 0) console.log(`\n${untold} runs did not come to an end; run the soak again.`);
  return missed.length === 0 && untold === 0 ? 0 : 1;
}

interface WantedRun {
  readonly scenario: Scenario;
  readonly variant: Variant;
  readonly round: number;
}

/** Everything once before anything twice, so that a soak that is stopped early shows a whole table. */
function wantedRuns(): WantedRun[] {
  const names = Object.keys(variants) as Variant[];
  const rounds = Math.max(...names.map((variant) => variants[variant].rounds));
  return Array.from({ length: rounds }, (_, index) => index + 1).flatMap((round) =>
    names
      .filter((variant) => variants[variant].rounds >= round)
      .flatMap((variant) => scenarios.map((scenario) => ({ scenario, variant, round }))),
  );
}

async function soak(missing: readonly WantedRun[]): Promise<void> {
  const path = chromiumPath();
  if (path === undefined) {
    throw new Error("There is no Chromium on this machine; CHROMIUM_PATH names one.");
  }
  const cloud = await LocalCloud.create();
  const browser = await launchBrowser(path);
  const page = await PlayerPage.start(browser);
  try {
    await cloud.start();
    const outputs = await cloud.outputs();
    for (const { scenario, variant, round } of missing) {
      const options = { ...variants[variant], watch: "to the end" } as const;
      try {
        const results = await runScenario(scenario, { cloud, outputs, page }, options);
        keep({ scenario: scenario.name, variant, round, results });
      } catch (error) {
        // The other runs are worth having all the same; the next soak tries this one again.
        console.error(`${scenario.name}, ${variant} ${round}: ${String(error)}`);
      }
    }
  } finally {
    await browser.close();
    await page[Symbol.asyncDispose]();
    await cloud[Symbol.asyncDispose]();
  }
}

function keep(run: SoakRun): void {
  mkdirSync(dirname(RUNS_FILE), { recursive: true });
  appendFileSync(RUNS_FILE, `${JSON.stringify(run)}\n`);
  const told = run.results.map(
    ({ player, stallSeconds, errors }) =>
      `${player} ${stallSeconds.toFixed(1)} s${errors.length > 0 ? ` (${errors.join("; ")})` : ""}`,
  );
  console.log(`${run.scenario}, ${run.variant} ${run.round}: stalled ${told.join(", ")}`);
}

function readRuns(): SoakRun[] {
  if (!existsSync(RUNS_FILE)) return [];
  return readFileSync(RUNS_FILE, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as SoakRun);
}

function isSame(run: SoakRun, wanted: WantedRun): boolean {
  return (
    run.scenario === wanted.scenario.name &&
    run.variant === wanted.variant &&
    run.round === wanted.round
  );
}

function isUnnoticed({ stallSeconds, clockStoodSeconds, waiting, errors }: ViewerResult): boolean {
  return stallSeconds === 0 && clockStoodSeconds === 0 && waiting === 0 && errors.length === 0;
}

function writeTable(table: string): void {
  const text = readFileSync(DOCUMENT, "utf8");
  const [before, rest] = text.split(BEGIN);
  const [, after] = (rest ?? "").split(END);
  if (before === undefined || after === undefined) {
    throw new Error(`${DOCUMENT} has no place for the table: '${BEGIN}' and '${END}'`);
  }
  writeFileSync(DOCUMENT, `${before}${BEGIN}\n\n${table}\n\n${END}${after}`);
  console.log(`\nWritten to ${DOCUMENT}; 'npm run format' puts its columns in line.`);
}

main(new Set(process.argv.slice(2))).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
