import { setMaxListeners } from "node:events";

/** A signal of its own that is aborted with its parent; dispose it, or the parent holds it for ever. */
export interface AbortScope extends Disposable {
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
}

/** Opens a scope under a signal, or a first one. */
export function abortScope(parent?: AbortSignal): AbortScope {
  const controller = new AbortController();
  // Every range listens for as long as it runs; the default of 10 would warn about a leak.
  setMaxListeners(0, controller.signal);
  const onParentAbort = (): void => {
    controller.abort(parent?.reason);
  };
  if (parent?.aborted === true) onParentAbort();
  parent?.addEventListener("abort", onParentAbort, { once: true });
  return {
    signal: controller.signal,
    abort: (reason) => {
      controller.abort(reason);
    },
    [Symbol.dispose]: () => {
      parent?.removeEventListener("abort", onParentAbort);
    },
  };
}

/**
 * Runs tasks side by side; the first that fails aborts the scope, so that the rest end early. Returns only
 * when all have ended: nothing goes on behind the caller's back.
 *
 * @throws what failed first.
 */
export async function runTogether(
  scope: AbortScope,
  tasks: readonly (() => Promise<unknown>)[],
): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  await Promise.all(
    tasks.map(async (task) => {
      try {
        scope.signal.throwIfAborted();
        await task();
      } catch (error) {
        failure ??= { error };
        scope.abort(error);
      }
    }),
  );
  if (failure !== undefined) throw failure.error;
}
