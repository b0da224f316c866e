import { existsSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { join, relative, resolve } from "node:path";
import { AzureControl } from "./control/azure-control";
import { azureLogin } from "./control/azure-login";
import type { DataCenterControl } from "./control/data-center-control";
import { LocalControl } from "./control/local-control";
import { TakenAwayNote } from "./control/taken-away";
import { type Deployment, readDeployment } from "./deployment/deployment";
import { exportStack } from "./deployment/export-stack";
import { drill } from "./drill";
import { DrillError } from "./drill-error";
import { type DrillOptions, parseOptions } from "./options";
import type { DrillReport } from "./report/drill-report";
import { writeReport } from "./report/write-report";

/** Almost twice the viewers' buffer of 8 s: whoever could not go on would stand still by then. */
const leastAwaySeconds = 14;
const projectRoot = resolve(__dirname, "..");

/** `npm run drill`: proves before an outage that the other data centers play. */
async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  const signal = stopSignal();
  const home = resolve(projectRoot, process.env["TWINSTREAM_HOME"] ?? ".twinstream");
  const local = isLocal(options, home);
  if (!local && options.fault !== "kill") {
    throw new DrillError(
      `--fault ${options.fault} is of the local cloud: a data center on Azure is disabled at its edge. Leave --fault out`,
    );
  }
  const localControl = local ? await LocalControl.find(home, options.fault) : undefined;
  const resources = await exportStack(options.stack, { projectRoot, local });
  const deployment = readDeployment(resources);
  const control = localControl ?? azureControl(deployment);
  const note = new TakenAwayNote(home, options.stack);
  await undoEarlier(note, control);
  const say = (line: string): void => {
    console.log(line);
  };
  const report = await drill({
    options,
    deployment,
    control,
    note,
    signal,
    say,
    confirm,
    leastAwaySeconds,
  });
  return finish(report, options);
}

function isLocal({ cloud, stack }: DrillOptions, home: string): boolean {
  if (cloud !== "auto") return cloud === "local";
  const state = join(home, "state", ".pulumi", "stacks", "twinstream", `${stack}.json`);
  return stack === "dev" || existsSync(state);
}

function azureControl(deployment: Deployment): DataCenterControl {
  const loopback = deployment.dataCenters.find(({ baseUrl }) =>
    /\/\/(127\.|localhost)/.test(baseUrl),
  );
  if (loopback !== undefined) {
    throw new DrillError(
      `${loopback.name} is at ${loopback.baseUrl}, on this machine: drill it with --cloud local`,
    );
  }
  return new AzureControl(deployment, azureLogin());
}

/** Brings back what a drill that was killed has left away. */
async function undoEarlier(note: TakenAwayNote, control: DataCenterControl): Promise<void> {
  const taken = note.read();
  if (taken === undefined) return;
  if (taken.pid !== process.pid && isAlive(taken.pid)) {
    throw new DrillError(`a drill of this stack is under way (pid ${taken.pid}): wait for its end`);
  }
  console.log(`an earlier drill left ${taken.dataCenter} away (${taken.at}): it is brought back`);
  await control.bringBack(taken.dataCenter, taken.undo);
  note.remove();
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Ctrl-C and its kin end the drill, not the process: what is away has to come back first. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) return;
      console.log("\nending the drill; what was taken away is brought back");
      controller.abort();
    });
  }
  return controller.signal;
}

async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new DrillError("nobody can be asked here: add --yes to do it without asking");
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(`${question} (yes/no) `)).trim().toLowerCase() === "yes";
  } finally {
    terminal.close();
  }
}

/** Prints what came of it, writes the report, and answers the exit code. */
function finish(report: DrillReport, { output }: DrillOptions): number {
  for (const { kept, name, limit, measured } of report.promises) {
    const found = measured === null ? "never" : `${measured} s`;
    console.log(`${kept ? "kept  " : "MISSED"}  ${name}: ${found} (at most ${limit} s)`);
  }
  const file = writeReport(report, resolve(projectRoot, output));
  console.log(`\n${report.outcome}; report: ${relative(process.cwd(), file)}`);
  if (report.outcome === "refused") {
    console.log(`${report.away} was not taken away, for not everything is well without that`);
  }
  if (report.outcome === "interrupted") return 130;
  return report.outcome === "passed" || report.outcome === "checked" ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const known = error instanceof DrillError;
    const text =
      known || !(error instanceof Error) ? String(error) : (error.stack ?? error.message);
    console.error(`error: ${text.replace(/^DrillError: /, "")}`);
    process.exit(1);
  },
);
