import type { Command } from "commander";
import { plainValue } from "../display/value-text";
import { EngineError } from "../errors";
import { STACK_TYPE } from "../urn";
import type { PropertyMap, PropertyValue } from "../values/property-value";
import { StackAccess } from "./stack-access";
import { print, printAside } from "./terminal";
import { type GlobalOptions, Workspace } from "./workspace";

interface OutputOptions {
  json?: boolean;
  showSecrets?: boolean;
}

/** Adds `stack output`. */
export function addStackOutput(stack: Command, global: () => GlobalOptions): void {
  stack
    .command("output [name]")
    .description("Show the stack's outputs, or one of them")
    .option("-j, --json", "as JSON")
    .option("--show-secrets", "secrets in clear")
    .action(async (name: string | undefined, options: OutputOptions) => {
      const access = await StackAccess.open(Workspace.open(global()));
      const { resources } = access.readState(printAside);
      const outputs = resources.find(({ type }) => type === STACK_TYPE)?.outputs ?? {};
      const shown = plainValue(outputs, options.showSecrets === true) as PropertyMap;
      if (name === undefined) printAll(shown, options.json === true);
      else printOne(shown, name, options.json === true);
    });
}

function printOne(outputs: PropertyMap, name: string, isJson: boolean): void {
  const value = outputs[name];
  if (value === undefined) {
    throw new EngineError("not-found", `the stack has no output '${name}'`);
  }
  print(isJson ? JSON.stringify(value, undefined, 2) : plainText(value));
}

function printAll(outputs: PropertyMap, isJson: boolean): void {
  if (isJson) {
    print(JSON.stringify(outputs, undefined, 2));
    return;
  }
  const names = Object.keys(outputs).sort();
  print(`Current stack outputs (${names.length}):`);
  if (names.length === 0) return;
  const width = Math.max("OUTPUT".length, ...names.map((name) => name.length));
  print(`    ${"OUTPUT".padEnd(width)}  VALUE`);
  for (const name of names) {
    print(`    ${name.padEnd(width)}  ${plainText(outputs[name] ?? null)}`);
  }
}

function plainText(value: PropertyValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
