import { spawn } from "node:child_process";
import path from "node:path";
import { encoderEnvironment } from "../encoder-environment";

/** Ends an encoder when this process dies, also by `kill -9`; dispose when the encoder has ended. */
export function guardAgainstOrphan(pid: number): Disposable {
  const guard = spawn(
    process.execPath,
    [path.join(__dirname, "kill-when-orphaned.cjs"), String(pid)],
    {
      stdio: ["pipe", "ignore", "ignore"],
      env: encoderEnvironment(),
      windowsHide: true,
    },
  );
  // Without a guard the encode still works; only an orphan would live on until it is done.
  guard.once("error", () => undefined);
  guard.stdin.once("error", () => undefined);
  guard.unref();
  return {
    [Symbol.dispose]: () => {
      guard.kill("SIGKILL");
    },
  };
}
