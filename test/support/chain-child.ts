import { type ChainOptions, runChain, type StepName } from "./chain";

/** A step in which the process dies: if nobody kills it before, then before the state is written. */
export interface Death {
  readonly step: StepName;
  /** So many answers of media services accounts after the step's beginning. */
  readonly afterAnswers?: number;
}

/** Runs the chain in a process that a test can kill, or that kills itself between two requests. */
async function main(): Promise<void> {
  const options = JSON.parse(process.env["CHAIN_OPTIONS"] ?? "") as ChainOptions;
  const death = JSON.parse(process.env["CHAIN_DEATH"] ?? "null") as Death | null;
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
      if (event === "begin" && step === death?.step) answersLeft = death.afterAnswers ?? Infinity;
      if (event === "made" && step === death?.step) process.kill(process.pid, "SIGKILL");
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
