import { ConflictError } from "../domain/errors";
import type { Job } from "../domain/job";
import { jobHasEnded, JobState, taskHasEnded, TaskState } from "../domain/job-state";
import type { Task } from "../domain/task";
import { type AccountDeps, required } from "./account-deps";

/** What a change makes of a job and its tasks; without `state` nothing is changed. */
export interface JobChange {
  readonly state?: number;
  /** How a task that has not ended is changed besides following the job. */
  readonly task?: (task: Task) => Partial<Task>;
}

const MAX_ATTEMPTS = 30;

/**
 * Changes a job's state and brings its tasks to what that means for them, in one write. Decides
 * anew when somebody else was faster.
 *
 * @throws NotFoundError when there is no such job.
 */
export async function changeJob(
  { stores, clock }: Pick<AccountDeps, "stores" | "clock">,
  id: string,
  decide: (job: Job) => JobChange,
): Promise<Job> {
  for (let attempt = 1; ; attempt++) {
    const stored = await required(stores.jobs, id);
    const change = decide(stored.value);
    if (change.state === undefined) return stored.value;
    const now = clock.now();
    const job = inState(stored.value, change.state, now);
    const tasks = await stores.tasks.find("job", id);
    const replacements = tasks
      .filter(({ value }) => !taskHasEnded(value.state))
      .map((task) => {
        const changed = { ...task.value, ...change.task?.(task.value) };
        return { stored: task, value: following(changed, job.state, now) };
      });
    try {
      await stores.jobs.replaceWithTasks({ stored, value: job }, replacements);
      return job;
    } catch (cause) {
      if (!(cause instanceof ConflictError) || attempt >= MAX_ATTEMPTS) throw cause;
    }
  }
}

function inState(job: Job, state: number, now: Date): Job {
  const hasEnded = jobHasEnded(state);
  const startTime = job.startTime ?? (state === JobState.processing ? now : null);
  return {
    ...job,
    state,
    lastModified: now,
    startTime,
    endTime: hasEnded ? now : null,
    runningMilliseconds: hasEnded ? now.getTime() - (startTime ?? now).getTime() : 0,
    // Whoever changes a job's state has got it by its message, or ends it.
    pending: job.pending && state === JobState.queued,
  };
}

function following(task: Task, jobState: number, now: Date): Task {
  if (taskHasEnded(task.state)) return task;
  if (jobState === JobState.processing && task.state === TaskState.none) {
    return withEvent({ ...task, state: TaskState.active }, { code: "Scheduled", now });
  }
  if (jobState === JobState.canceling && task.state !== TaskState.canceling) {
    return withEvent({ ...task, state: TaskState.canceling }, { code: "Canceling", now });
  }
  const isOver = jobState === JobState.canceled || jobState === JobState.error;
  return isOver ? endedTask(task, { state: TaskState.canceled, now }) : task;
}

/** A task that has come to an end. */
export function endedTask(
  task: Task,
  { state, message, now }: { state: number; message?: string; now: Date },
): Task {
  const codes: Readonly<Record<number, string>> = {
    [TaskState.completed]: "Finished",
    [TaskState.error]: "Error",
    [TaskState.canceled]: "Canceled",
  };
  const ended = {
    ...task,
    state,
    endTime: now,
    runningMilliseconds: now.getTime() - (task.startTime ?? now).getTime(),
  };
  return withEvent(ended, { code: codes[state] ?? "", message: message ?? null, now });
}

/** A task with a line more in its history. */
export function withEvent(
  task: Task,
  { code, message, now }: { code: string; message?: string | null; now: Date },
): Task {
  const event = { code, message: message ?? null, timeStamp: now.toISOString() };
  return { ...task, historicalEvents: [...task.historicalEvents, event] };
}
