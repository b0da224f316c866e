import { createInterface } from "node:readline/promises";

/**
 * Asks a question that only a typed `yes` answers with true.
 *
 * @throws Error when nobody can be asked, naming the option that spares the question.
 */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new Error("nobody can be asked here: add --yes to do it without asking");
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(`${question} (yes/no) `)).trim().toLowerCase() === "yes";
  } finally {
    terminal.close();
  }
}
