import type { Task } from "../domain/task";
import type { AccountDeps } from "./account-deps";

/** A job's tasks in the order in which they were given. */
export async function tasksOf(
  { stores }: Pick<AccountDeps, "stores">,
  jobId: string,
): Promise<Task[]> {
  const found = await stores.tasks.find("job", jobId);
  return found.map(({ value }) => value).sort((a, b) => a.position - b.position);
}
