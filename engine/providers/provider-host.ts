import type { OutputLine } from "../children/lines";
import { EngineError } from "../errors";
import { BuiltinProvider, type EngineKnowledge } from "./builtin-provider";
import { GrpcProvider } from "./grpc-provider";
import type { Provider } from "./provider";
import { attachProvider, startProvider } from "./provider-connection";

/** The package of dynamic resources. */
export const DYNAMIC_PACKAGE = "pulumi-nodejs";
/** The package that the engine itself provides. */
const BUILTIN_PACKAGE = "pulumi";

/** What starting providers needs. */
export interface ProviderHostDeps {
  /** The project's directory. */
  root: string;
  /** Where the program lies; a dynamic provider's code is loaded from there. */
  programDirectory: string;
  environment: NodeJS.ProcessEnv;
  /** gRPC ports of providers that run already, by package. */
  debugProviders: ReadonlyMap<string, number>;
  engine: EngineKnowledge;
  /** Takes what providers print. */
  log: (line: OutputLine) => void;
}

/** Starts providers, or finds those that run, and ends what it has started. */
export class ProviderHost {
  private readonly open: Provider[] = [];
  private closed = false;

  constructor(private readonly deps: ProviderHostDeps) {}

  /**
   * A provider of a package, not configured yet.
   *
   * @throws EngineError when the package is one that this engine has no provider of.
   */
  async start(packageName: string, engineAddress: string): Promise<Provider> {
    const provider = await this.find(packageName, engineAddress);
    this.open.push(provider);
    if (this.closed) provider.close();
    return provider;
  }

  close(): void {
    this.closed = true;
    for (const provider of this.open) provider.close();
  }

  private async find(packageName: string, engineAddress: string): Promise<Provider> {
    const port = this.deps.debugProviders.get(packageName);
    if (port !== undefined) {
      const provider = new GrpcProvider(await attachProvider(packageName, port));
      await provider.attach(engineAddress);
      return provider;
    }
    if (packageName === BUILTIN_PACKAGE) return new BuiltinProvider(this.deps.engine);
    if (packageName === DYNAMIC_PACKAGE) return this.startDynamic(engineAddress);
    throw new EngineError(
      "unsupported",
      `there is no provider of package "${packageName}": the embedded engine runs dynamic resources, ` +
        "and attaches to running providers that PULUMI_DEBUG_PROVIDERS names (package:port). " +
        "A stack that needs a provider plugin needs the official Pulumi CLI.",
    );
  }

  private async startDynamic(engineAddress: string): Promise<Provider> {
    const { root, programDirectory, environment, log } = this.deps;
    const main = require.resolve("@pulumi/pulumi/cmd/dynamic-provider", { paths: [root] });
    const program = {
      args: [main, engineAddress],
      preload: ["lazy-sdk.cjs", "label-output.cjs"],
      cwd: programDirectory,
      env: environment,
    };
    const connection = await startProvider(DYNAMIC_PACKAGE, program, log);
    return new GrpcProvider(connection);
  }
}
