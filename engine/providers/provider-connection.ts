import { setTimeout as pause } from "node:timers/promises";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { eachLine, type OutputLine } from "../children/lines";
import { type NodeProgram, spawnGuarded } from "../children/guarded-node";
import { EngineError } from "../errors";
import { GRPC_OPTIONS } from "./grpc-call";

/** How long a running provider has to answer, in ms. */
const ATTACH_TIMEOUT_MS = 10_000;

/** How long a process that has ended may take to be known as such, in ms. */
const EXIT_NOTICE_MS = 2_000;

/** A provider that answers gRPC calls: a child of the engine, or a process that ran before it. */
export interface ProviderConnection {
  readonly packageName: string;
  readonly client: ResourceProviderClient;
  /** How the provider's process ended, if it did just now or before. */
  ended(): Promise<string | undefined>;
  close(): void;
}

/** Connects to a provider that listens already, as PULUMI_DEBUG_PROVIDERS says. */
export async function attachProvider(
  packageName: string,
  port: number,
): Promise<ProviderConnection> {
  const client = newClient(port);
  await new Promise<void>((resolve, reject) => {
    client.waitForReady(Date.now() + ATTACH_TIMEOUT_MS, (cause) => {
      if (cause === undefined) {
        resolve();
        return;
      }
      client.close();
      reject(
        new EngineError(
          "provider",
          `the provider of ${packageName} does not answer on port ${port}, where ` +
            "PULUMI_DEBUG_PROVIDERS says it is: start it, or correct the variable",
          { cause },
        ),
      );
    });
  });
  const close = (): void => {
    client.close();
  };
  return { packageName, client, ended: () => Promise.resolve(undefined), close };
}

/** Starts a provider, which prints its port as the first line of its output. */
export async function startProvider(
  packageName: string,
  program: NodeProgram,
  log: (line: OutputLine) => void,
): Promise<ProviderConnection> {
  const child = spawnGuarded(program);
  let noteEnd: (text: string) => void = () => undefined;
  const end = new Promise<string>((resolve) => (noteEnd = resolve));
  eachLine(child.stderr, log);
  const port = await new Promise<number>((resolve, reject) => {
    let first = true;
    eachLine(child.stdout, (line) => {
      if (first) resolve(Number(line.text.trim()));
      else log(line);
      first = false;
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      const who = `the provider process of ${packageName} (pid ${String(child.pid)})`;
      const text = `${who} ended ${describeEnd(code, signal)}`;
      noteEnd(text);
      reject(new EngineError("provider", `${text} before it was ready`));
    });
  });
  const client = newClient(port);
  return {
    packageName,
    client,
    ended: () => Promise.race([end, giveUp()]),
    close: () => {
      client.close();
      child.kill();
    },
  };
}

/** A connection can break some ms before the system says that the process behind it has ended. */
function giveUp(): Promise<undefined> {
  return pause(EXIT_NOTICE_MS, undefined, { ref: false });
}

function describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `with exit code ${String(code)}` : `by ${signal}`;
}

function newClient(port: number): ResourceProviderClient {
  const address = `127.0.0.1:${port}`;
  return new ResourceProviderClient(address, grpc.credentials.createInsecure(), GRPC_OPTIONS);
}
