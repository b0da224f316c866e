import { setTimeout as sleep } from "node:timers/promises";

const SOONEST_MS = 20;
const LATEST_MS = 250;

/**
 * Asks again and again until the answer is yes, the rarer the longer it takes; fails with the sentence
 * after the time is up.
 */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  withinMs = 10_000,
): Promise<void> {
  const begun = Date.now();
  while (!(await isSo())) {
    const waitedMs = Date.now() - begun;
    if (waitedMs > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(Math.min(LATEST_MS, Math.max(SOONEST_MS, waitedMs / 100)));
  }
}
