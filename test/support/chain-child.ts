import { type ChainOptions, runChain, type StepName } from "./chain";

/** A point in a step at which the process kills itself. */
export interface SelfKill {
  readonly step: StepName;
  /** So many answers of media services accounts after the step's beginning. */
  readonly afterAnswers: number;
}

/** Runs the chain in a process that a test can kill, or that kills itself between two requests. */
async function main(): Promise<void> {
  const options = JSON.parse(process.env["CHAIN_OPTIONS"] ?? "") as ChainOptions;
  const selfKill = JSON.parse(process.env["CHAIN_SELF_KILL"] ?? "null") as SelfKill | null;
  let answersLeft = Infinity;
  let answers = 0;
  const realFetch = globalThis.fetch;
  globalThis.fetch = async (...request) => {
    const answer = await realFetch(...request);
    answers += 1;
    answersLeft -= 1;
    if (answersLeft <= 0) process.kill(process.pid, "SIGKILL");
    return answer;
  };
  await runChain({
    ...options,
    observe: (event, step, action) => {
      if (event === "begin" && step === selfKill?.step) answersLeft = selfKill.afterAnswers;
      if (event === "begin") answers = 0;
      process.stdout.write(`@${JSON.stringify({ event, step, action, answers })}\n`);
    },
  });
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(1);
});
