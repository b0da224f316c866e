import { InvalidInputError } from "./errors";
import type { Task } from "./task";

/**
 * Tasks in an order in which each comes after those whose outputs it reads; otherwise as they are.
 *
 * @throws InvalidInputError when tasks wait for each other.
 */
export function inRunOrder<T extends Pick<Task, "inputAssetIds" | "outputs">>(
  tasks: readonly T[],
): T[] {
  const waiting = [...tasks];
  const ordered: T[] = [];
  while (waiting.length > 0) {
    const missing = new Set(waiting.flatMap((task) => task.outputs.map(({ assetId }) => assetId)));
    const next = waiting.findIndex((task) => !task.inputAssetIds.some((id) => missing.has(id)));
    const [task] = next === -1 ? [] : waiting.splice(next, 1);
    if (task === undefined) throw new InvalidInputError("The job's tasks wait for each other");
    ordered.push(task);
  }
  return ordered;
}
