import { createInterface } from "node:readline/promises";
import { EngineError } from "../errors";

/** Writes a line for people or programs that read the output. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Writes a line that is not part of the output. */
export function printAside(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Whether someone is there to be asked. */
function isInteractive(nonInteractive: boolean | undefined): boolean {
  return nonInteractive !== true && process.stdin.isTTY && process.stdout.isTTY;
}

/** @throws EngineError when nobody can be asked and --yes was not given. */
export function requireYes(options: { yes?: boolean; nonInteractive?: boolean }): void {
  if (options.yes === true || isInteractive(options.nonInteractive)) return;
  throw new EngineError(
    "invalid-input",
    "--yes or --skip-preview must be passed in to proceed when running in non-interactive mode",
  );
}

/** Asks until one of the answers is given; the first letter is enough. */
export async function ask(question: string, answers: readonly string[]): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    for (;;) {
      const text = (await terminal.question(`${question} [${answers.join("/")}] `)).trim();
      const answer = answers.find((each) => text !== "" && each.startsWith(text.toLowerCase()));
      if (answer !== undefined) return answer;
    }
  } finally {
    terminal.close();
  }
}

/** All of the standard input. */
export async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
