import { execFile } from "node:child_process";
import { delimiter, join } from "node:path";
import { accessSync, constants } from "node:fs";
import { promisify } from "node:util";
import { DrillError } from "../drill-error";
import type { StateResource } from "./deployment";

/** Marks a secret in Pulumi's states. */
const secretSignature = "4dabf18193072939515e22adb298388d";

/**
 * The resources of a stack, secrets opened. They go from the deployer's standard output into memory and
 * nowhere else.
 *
 * @throws DrillError with what the deployer said.
 */
export async function exportStack(
  stack: string,
  { projectRoot, local }: { projectRoot: string; local: boolean },
): Promise<StateResource[]> {
  const [command, ...before] = deployer(projectRoot, local);
  const args = [...before, "stack", "export", "--show-secrets", "--stack", stack];
  try {
    const { stdout } = await promisify(execFile)(command, args, {
      cwd: projectRoot,
      maxBuffer: 1 << 30,
    });
    const state = JSON.parse(stdout.slice(stdout.indexOf("{"))) as {
      deployment: { resources?: StateResource[] } | null;
    };
    return (state.deployment?.resources ?? []).map((each) => opened(each) as StateResource);
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    const why = stderr?.trim() ?? "";
    throw new DrillError(
      `the state of stack ${stack} could not be read: ${why === "" ? (message.split("\n")[0] ?? "") : why}`,
    );
  }
}

/** The official CLI where it is, else the embedded engine; `npm run pulumi` for the local cloud. */
function deployer(projectRoot: string, local: boolean): [string, ...string[]] {
  const node = [process.execPath, "-r", require.resolve("tsx/cjs")] as const;
  if (local) return [...node, join(projectRoot, "local-cloud", "pulumi.ts")];
  const official = (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "" && !folder.endsWith(".bin"))
    .map((folder) => join(folder, process.platform === "win32" ? "pulumi.exe" : "pulumi"))
    .find(isExecutable);
  return official === undefined ? [...node, join(projectRoot, "engine", "cli.ts")] : [official];
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or no program: the next folder is looked at
  }
}

function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== "object" || value === null) return value;
  const entry = value as Record<string, unknown>;
  if (secretSignature in entry) {
    const { plaintext, value: inner } = entry;
    return typeof plaintext === "string" ? (JSON.parse(plaintext) as unknown) : opened(inner);
  }
  return Object.fromEntries(Object.entries(entry).map(([key, member]) => [key, opened(member)]));
}
