import { readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { EngineError } from "./errors";

/** What the engine takes from its environment; the names are the official CLI's. */
export interface EngineConfig {
  /** PULUMI_BACKEND_URL. */
  backendUrl?: string;
  /** PULUMI_STACK. */
  stack?: string;
  /** PULUMI_HOME, default `~/.pulumi`. */
  pulumiHome: string;
  userHome: string;
  /** PULUMI_DEBUG_PROVIDERS: gRPC ports of running providers, by package. */
  debugProviders: Map<string, number>;
  /** The environment that the program and the providers run in. */
  childEnvironment: NodeJS.ProcessEnv;
  /**
   * PULUMI_CONFIG_PASSPHRASE, or the content of the file that PULUMI_CONFIG_PASSPHRASE_FILE names.
   *
   * @throws EngineError when neither is set.
   */
  readPassphrase: () => string;
}

/** Reads the environment. */
export function readEngineConfig(env: NodeJS.ProcessEnv = process.env): EngineConfig {
  const backendUrl = env["PULUMI_BACKEND_URL"];
  const stack = env["PULUMI_STACK"];
  const userHome = os.homedir();
  return {
    ...(backendUrl ? { backendUrl } : {}),
    ...(stack ? { stack } : {}),
    pulumiHome: env["PULUMI_HOME"] ?? path.join(userHome, ".pulumi"),
    userHome,
    debugProviders: parseDebugProviders(env["PULUMI_DEBUG_PROVIDERS"] ?? ""),
    childEnvironment: childEnvironment(env),
    readPassphrase: () => passphrase(env),
  };
}

/** `name:port,name:port`, as the official CLI reads it. */
function parseDebugProviders(text: string): Map<string, number> {
  const entries = text.split(",").filter((entry) => entry.trim() !== "");
  return new Map(
    entries.map((entry): [string, number] => {
      const [name = "", port = ""] = entry.trim().split(":");
      if (name !== "" && /^\d+$/.test(port)) return [name, Number(port)];
      throw new EngineError(
        "invalid-input",
        `PULUMI_DEBUG_PROVIDERS: "${entry}" is not of the form package:port`,
      );
    }),
  );
}

/** Types are checked elsewhere, so the program's runner need not; the passphrase is the engine's. */
function childEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const result = { ...env };
  result["PULUMI_NODEJS_TRANSPILE_ONLY"] ??= "true";
  delete result["PULUMI_CONFIG_PASSPHRASE"];
  delete result["PULUMI_CONFIG_PASSPHRASE_FILE"];
  return result;
}

function passphrase(env: NodeJS.ProcessEnv): string {
  const text = env["PULUMI_CONFIG_PASSPHRASE"];
  if (text !== undefined) return text;
  const file = env["PULUMI_CONFIG_PASSPHRASE_FILE"];
  if (file === undefined || file === "") {
    throw new EngineError(
      "invalid-input",
      "the stack's secrets need a passphrase: set PULUMI_CONFIG_PASSPHRASE or " +
        "PULUMI_CONFIG_PASSPHRASE_FILE",
    );
  }
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new EngineError("invalid-input", `PULUMI_CONFIG_PASSPHRASE_FILE: can't read ${file}`, {
      cause,
    });
  }
}
