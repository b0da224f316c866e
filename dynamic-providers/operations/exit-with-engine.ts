/** How often a provider looks whether its engine still lives, in milliseconds. */
const WATCH_INTERVAL_MS = 1_000;

let watching = false;

/**
 * Ends this process when the engine that started it is gone: nobody could keep what it makes, and the
 * next run starts a provider of its own that takes the work up. Without this a provider whose output
 * has no reader would spin on the errors of its own error messages.
 */
export function exitWithEngine(): void {
  if (watching) return;
  watching = true;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(1);
      throw error;
    });
  }
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid !== engine) process.exit(1);
  }, WATCH_INTERVAL_MS).unref();
}
