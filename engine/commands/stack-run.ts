import { Deployment, type DeploymentPlan } from "../deployment/deployment";
import { RunDisplay } from "../display/run-display";
import { Ledger } from "../state/ledger";
import type { StackState } from "../state/stack-state";
import { STACK_TYPE } from "../urn";
import type { PropertyMap } from "../values/property-value";
import type { StackAccess } from "./stack-access";
import { print, printAside } from "./terminal";

/** How one run over a stack is done and shown. */
export interface StackRunOptions {
  preview: boolean;
  plan: DeploymentPlan;
  parallel: number;
  diff: boolean;
  showSames: boolean;
  allSteps: boolean;
  /** The output is for a program: show only errors, and those aside. */
  quiet: boolean;
  clearPendingCreates: boolean;
}

/** What came of a run. */
export interface StackRunResult {
  succeeded: boolean;
  display: RunDisplay;
  durationMs: number;
}

/** Does one run over a stack; the caller holds the lock unless it is a preview. */
export async function runStack(
  access: StackAccess,
  options: StackRunOptions,
): Promise<StackRunResult> {
  const { workspace, name } = access;
  const { preview, plan, parallel } = options;
  const started = Date.now();
  const display = new RunDisplay({ ...options, write: options.quiet ? printAside : print });
  const state = access.readState((text) => {
    display.diagnostic({ severity: "warning", text });
  });
  if (options.clearPendingCreates) state.interrupted = [];
  if (!preview) state.write(state.resources, state.interrupted);

  const before = stackOutputs(state);
  const deployment = new Deployment({
    project: workspace.project,
    stack: name.stack,
    config: access.readConfig(),
    ledger: new Ledger(state, { readOnly: preview, journalFile: access.journalFile }),
    events: display,
    preview,
    parallel,
    environment: workspace.config.childEnvironment,
    debugProviders: workspace.config.debugProviders,
    stackOutputs: (stack) => workspace.stackOutputs(stack),
  });
  const stopListening = onInterrupt(deployment);
  try {
    const { succeeded, outputs } = await deployment.run(plan);
    if (!options.quiet) display.end(before, outputs);
    return { succeeded, display, durationMs: Date.now() - started };
  } finally {
    stopListening();
  }
}

function stackOutputs({ resources }: StackState): PropertyMap {
  return resources.find(({ type }) => type === STACK_TYPE)?.outputs ?? {};
}

/** Exit code of a program that Ctrl-C ended, as shells have it. */
const INTERRUPTED = 130;

/** Ctrl-C once waits for the steps under way; twice ends the engine and its children. */
function onInterrupt(deployment: Deployment): () => void {
  let asked = false;
  const handle = (): void => {
    if (asked) {
      deployment.kill();
      process.exit(INTERRUPTED); // the exit handler gives the lock back; the journal says the rest
    }
    asked = true;
    printAside("cancelling: waiting for the steps under way (Ctrl-C again to stop at once)");
    deployment.cancel("the run was cancelled");
  };
  process.on("SIGINT", handle);
  process.on("SIGTERM", handle);
  return () => {
    process.off("SIGINT", handle);
    process.off("SIGTERM", handle);
  };
}
