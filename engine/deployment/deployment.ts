import type { OutputLine } from "../children/lines";
import { EngineError } from "../errors";
import { addEngineService } from "../monitor/engine-service";
import { LocalGrpcServer } from "../monitor/grpc-server";
import { ResourceMonitor } from "../monitor/resource-monitor";
import { ProviderHost } from "../providers/provider-host";
import type { Ledger } from "../state/ledger";
import { STACK_TYPE } from "../urn";
import type { PropertyMap } from "../values/property-value";
import type { ConfigValues } from "../workspace/config-values";
import type { Project } from "../workspace/project";
import { CustomResources } from "./custom-resources";
import { Deletions } from "./deletions";
import type { EngineEvents } from "./events";
import { startProgram } from "./program";
import { ProviderRegistry } from "./provider-registry";
import { refreshResources } from "./refresh";
import { ResourceBook } from "./resource-book";
import type { RunContext } from "./run-context";
import { RunStatus } from "./run-status";
import { StepRunner } from "./step-runner";

/** What a run needs. */
export interface DeploymentDeps {
  project: Project;
  stack: string;
  config: ConfigValues;
  ledger: Ledger;
  events: EngineEvents;
  /** Tell what would be done, and do nothing. */
  preview: boolean;
  /** Steps at once. */
  parallel: number;
  environment: NodeJS.ProcessEnv;
  debugProviders: ReadonlyMap<string, number>;
  /** The outputs of another stack of the same backend. */
  stackOutputs: (name: string) => Promise<PropertyMap>;
}

/** What a run does. */
export interface DeploymentPlan {
  /** Look first at what is really there. */
  refresh: boolean;
  /** Run the program and bring the stack to what it wants, or delete everything. */
  then: "update" | "destroy" | "nothing";
}

/** How a run ended. */
export interface DeploymentResult {
  succeeded: boolean;
  /** The stack's outputs. */
  outputs: PropertyMap;
}

/** One run over a stack. */
export class Deployment {
  private readonly status: RunStatus;
  private readonly context: RunContext;
  private readonly server = new LocalGrpcServer();
  private readonly host: ProviderHost;

  constructor(private readonly deps: DeploymentDeps) {
    const { project, stack, config, ledger, events, preview, parallel } = deps;
    this.status = new RunStatus(events);
    const book = new ResourceBook(ledger);
    const steps = new StepRunner(parallel, this.status, events);
    const { status } = this;
    this.context = {
      project: project.name,
      ...{ stack, preview, config, ledger, book, steps, status, events },
    };
    this.host = new ProviderHost({
      root: project.root,
      programDirectory: project.programDirectory,
      environment: this.environment(),
      debugProviders: deps.debugProviders,
      engine: {
        stackOutputs: deps.stackOutputs,
        resource: (urn) => {
          const state = book.get(urn);
          return state && { urn, id: state.id ?? "", state: state.outputs ?? {} };
        },
      },
      log: (line) => {
        this.printed(line);
      },
    });
  }

  /** Runs to the end; what went wrong has been told by events. */
  async run(plan: DeploymentPlan): Promise<DeploymentResult> {
    addEngineService(this.server, { events: this.deps.events, status: this.status });
    const address = await this.server.listen();
    const providers = new ProviderRegistry(this.context, this.host, address);
    try {
      await this.carryOut(plan, providers, address);
    } catch (error) {
      this.status.fail(error);
    } finally {
      await this.context.steps.idle();
      this.host.close();
      this.server.close();
      await this.deps.ledger.close();
    }
    return { succeeded: !this.status.failed, outputs: this.outputs() };
  }

  /** Ends the run early: no step begins any more, and those under way are waited for. */
  cancel(reason: string): void {
    this.status.fail(new EngineError("cancelled", reason));
  }

  /** Ends all children at once. */
  kill(): void {
    this.host.close();
  }

  private async carryOut(
    plan: DeploymentPlan,
    providers: ProviderRegistry,
    address: string,
  ): Promise<void> {
    const { ledger } = this.deps;
    const deletions = new Deletions(this.context, providers);
    if (plan.refresh) await refreshResources(this.context, providers);
    if (this.status.failed) return;
    if (plan.then === "destroy") await deletions.deleteAll(ledger.unsettled());
    if (plan.then === "update") {
      await this.runProgram(new ProgramParts(providers, deletions, address));
    }
  }

  /** Runs the program; what it did not ask for is deleted before it may end. */
  private async runProgram({ providers, deletions, address }: ProgramParts): Promise<void> {
    const { context, status } = this;
    providers.warmUp();
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let signal: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (signal = resolve));
    const monitor = new ResourceMonitor({
      context,
      providers,
      customResources: new CustomResources(context, providers, deletions),
      parallel: this.deps.parallel,
      programFinished: () => {
        signal();
        return released;
      },
    });
    monitor.serve(this.server);
    const program = startProgram({
      ...this.deps,
      engineAddress: address,
      environment: this.environment(),
      log: (line) => {
        this.printed(line);
      },
    });
    status.onStop(() => {
      program.stop();
    });
    const early = await Promise.race([finished.then(() => 0), program.ended]);
    if (early === 0 && !status.failed) await deletions.deleteAll(this.deps.ledger.unsettled());
    release();
    const code = await program.ended;
    monitor.close();
    if (code !== 0 && !status.failed) {
      status.fail(new EngineError("invalid-input", `the program ended with exit code ${code}`));
    }
  }

  private outputs(): PropertyMap {
    const stack = this.deps.ledger.resources().find(({ type }) => type === STACK_TYPE);
    return stack?.outputs ?? {};
  }

  private printed({ text, urn }: OutputLine): void {
    this.deps.events.printed(text, urn);
  }

  private environment(): NodeJS.ProcessEnv {
    const { project, stack, config, environment } = this.deps;
    return {
      ...environment,
      PULUMI_PROJECT: project.name,
      PULUMI_NODEJS_PROJECT: project.name,
      PULUMI_STACK: stack,
      PULUMI_NODEJS_STACK: stack,
      PULUMI_CONFIG: JSON.stringify(config.values),
    };
  }
}

/** What running the program needs besides the run's own parts. */
class ProgramParts {
  constructor(
    readonly providers: ProviderRegistry,
    readonly deletions: Deletions,
    readonly address: string,
  ) {}
}
