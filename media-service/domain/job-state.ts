import { InvalidInputError } from "./errors";

/** Values of a job's State. */
export const JobState = {
  queued: 0,
  scheduled: 1,
  processing: 2,
  finished: 3,
  error: 4,
  canceled: 5,
  canceling: 6,
} as const;

/** Values of a task's State. */
export const TaskState = {
  none: 0,
  active: 1,
  running: 2,
  completed: 3,
  error: 4,
  canceled: 5,
  canceling: 6,
} as const;

const JOB_ENDS: readonly number[] = [JobState.finished, JobState.error, JobState.canceled];
const TASK_ENDS: readonly number[] = [TaskState.completed, TaskState.error, TaskState.canceled];
const JOB_NAMES = [
  "Queued",
  "Scheduled",
  "Processing",
  "Finished",
  "Error",
  "Canceled",
  "Canceling",
];

/** Whether a job in this state will never change its state again. */
export function jobHasEnded(state: number): boolean {
  return JOB_ENDS.includes(state);
}

/** Whether a task in this state will never change its state again. */
export function taskHasEnded(state: number): boolean {
  return TASK_ENDS.includes(state);
}

/** A job state's name for messages. */
export function jobStateName(state: number): string {
  return JOB_NAMES[state] ?? state.toString();
}

/**
 * The state of a job after a client asked to cancel it.
 *
 * @throws InvalidInputError when the job is being canceled or has ended.
 */
export function stateAfterCancel(state: number): number {
  if (state === JobState.canceling || jobHasEnded(state)) {
    throw new InvalidInputError(`The job is ${jobStateName(state)} and can't be canceled any more`);
  }
  return JobState.canceling;
}
