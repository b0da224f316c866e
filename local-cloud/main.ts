import type { ChildProcess } from "node:child_process";
import { resolve } from "node:path";
import { Command } from "commander";
import { deployStack } from "./command/deploy";
import { outputLines, readStackOutputs } from "./command/stack-outputs";
import { StatusView } from "./command/status-view";
import { readCloudConfig } from "./config";
import { LocalCloud } from "./local-cloud";
import { loopback } from "./storage/port-book";

interface StartOptions {
  deploy: boolean;
  stack: string;
  edgeRetry: boolean;
  configFile?: string;
}

/** A wish to stop, from Ctrl-C or a signal, that everything under way can look at. */
class StopRequest {
  readonly asked: Promise<void>;
  /** The deployment under way; it gets the signals that only this process gets. */
  deployment: ChildProcess | undefined;

  private isAsked = false;

  constructor() {
    this.asked = new Promise((resolveAsked) => {
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
        process.on(signal, () => {
          this.onSignal(signal);
          resolveAsked();
        });
      }
    });
  }

  wasAsked(): boolean {
    return this.isAsked;
  }

  private onSignal(signal: NodeJS.Signals): void {
    if (this.isAsked) return;
    this.isAsked = true;
    console.log("\nstopping; the data stays for the next start");
    // Ctrl-C reaches the whole foreground; a signal sent to this process alone doesn't.
    if (signal !== "SIGINT" || !process.stdin.isTTY) this.deployment?.kill("SIGINT");
  }
}

async function main(): Promise<void> {
  const options = new Command("npm start --")
    .description("Starts Azure for one machine, deploys the program to it, and stays.")
    .option("--no-deploy", "only start what was declared before")
    .option("--stack <name>", "the stack to deploy", "dev")
    .option("--config-file <file>", "settings to use instead of Pulumi.<stack>.yaml")
    .option("--no-edge-retry", "let the edge ask one origin a request, as Front Door may")
    .parse()
    .opts<StartOptions>();
  const startedAt = performance.now();
  const stop = new StopRequest();
  const config = readCloudConfig();
  console.log(`starting the local cloud in ${config.home}`);
  await using cloud = await LocalCloud.open(config, { edgeRetry: options.edgeRetry });
  let say = (text: string): void => {
    console.log(text);
  };
  cloud.events.on("notice", (text) => {
    say(`note: ${text}`);
  });
  for (const text of cloud.earlyNotices) say(`note: ${text}`);
  if (options.deploy && !(await deploy(cloud, options, stop))) return;
  await printOutputs(cloud, options);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`ready after ${seconds} s; Ctrl-C stops everything and keeps the data\n`);
  using view = new StatusView(cloud);
  say = (text) => {
    view.say(text);
  };
  await stop.asked;
}

/** Answers whether the stack is deployed, and there is a reason to go on. */
async function deploy(
  cloud: LocalCloud,
  options: StartOptions,
  stop: StopRequest,
): Promise<boolean> {
  if (stop.wasAsked()) return false;
  const code = await deployStack({
    config: cloud.config,
    stack: options.stack,
    cloud,
    ...(options.configFile !== undefined && { settingsFile: resolve(options.configFile) }),
    onStart: (child) => {
      stop.deployment = child;
    },
  });
  stop.deployment = undefined;
  if (stop.wasAsked()) return false;
  if (code === 0) return true;
  console.error(`stack ${options.stack} was not deployed; see above, and run npm start again`);
  process.exitCode = 1;
  return false;
}

async function printOutputs(
  cloud: LocalCloud,
  { deploy: deployed, stack }: StartOptions,
): Promise<void> {
  if (!deployed) return;
  const outputs = await readStackOutputs(cloud.config, stack);
  for (const line of outputLines(outputs)) console.log(line);
  const { port, names = [] } = cloud.dns ?? {};
  for (const name of names) console.log(`dns  dig @${loopback} -p ${String(port)} ${name}`);
  if (names.length > 0) console.log("");
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
