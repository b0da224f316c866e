import { setTimeout as delay } from "node:timers/promises";
import type { MediaServicesClient } from "../media-services-client/client";
import { type Job, JOB_STATES, jobs, type Task, tasks } from "../media-services-client/entities";
import { isNotFound, MediaServicesError } from "../media-services-client/media-services-error";
import { createProgress, type Progress, writeLine } from "../progress";
import type { JobLogs, JobReport } from "./job-logs";
import { jobStateName } from "./job-state-names";
import { hasEnded, outputAssetsOf } from "./remove-encoding";

const FIRST_POLL_MS = 250;
const LONGEST_POLL_MS = 2_000;
/** Without any change for so long, nobody works on the job. */
const STALL_TIMEOUT_MS = 60 * 60_000;
/** The service may restart while it encodes. */
const SILENCE_TIMEOUT_MS = 5 * 60_000;

interface Observation {
  readonly job: Job;
  readonly tasks: readonly Task[];
}

/**
 * Follows a job to its end with lines of progress, and keeps its log.
 *
 * @throws Error when it ends otherwise than finished, or nothing happens any more.
 */
export async function followJob(
  client: MediaServicesClient,
  { id }: Job,
  { label, logs }: { readonly label: string; readonly logs: JobLogs },
): Promise<void> {
  const watch = new JobWatch(label);
  for (let waitMs = FIRST_POLL_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_POLL_MS)) {
    const seen = await watch.tolerateSilence(() => observe(client, id));
    if (seen !== undefined) {
      const first = watch.note(seen);
      if (first || hasEnded(seen.job)) await logs.details(await report(client, seen));
      if (hasEnded(seen.job)) {
        await conclude(client, seen, { label, logs });
        watch.finish();
        return;
      }
    }
    watch.assertAlive(client, id);
    await delay(waitMs);
  }
}

async function observe(client: MediaServicesClient, id: string): Promise<Observation> {
  const job = await client.get(jobs, id);
  if (job === undefined) {
    throw new Error(
      `Job '${id}' was deleted from ${client.label} while it ran. Run again: a new one is made.`,
    );
  }
  return { job, tasks: await client.related({ set: jobs, id, navigation: "Tasks" }, tasks) };
}

async function report(client: MediaServicesClient, seen: Observation): Promise<JobReport> {
  const outputs = await outputAssetsOf(client, seen.job.id);
  return { ...seen, outputs, accountLabel: client.label };
}

async function conclude(
  client: MediaServicesClient,
  seen: Observation,
  { label, logs }: { label: string; logs: JobLogs },
): Promise<void> {
  if (seen.job.state === JOB_STATES.finished) return;
  await logs.stop(await report(client, seen));
  const details = seen.tasks.flatMap(({ errorDetails }) => errorDetails);
  const reasons = details.map(({ code, message }) => `${code}: ${message}`).join("; ");
  throw new Error(
    `${label}: job '${seen.job.id}' in ${client.label} ended in ${jobStateName(seen.job.state)}${reasons === "" ? ", without a reason" : `, ${reasons}`}. Its log is logs/JobStop-${seen.job.id.replaceAll(":", "_")}.txt; the next run removes it and encodes anew.`,
  );
}

/** What has been seen of a job, and when something last changed. */
class JobWatch {
  private progress: Progress | undefined;
  private last = "";
  private changedAt = Date.now();
  private heardAt = Date.now();
  private state: number | undefined;

  constructor(private readonly label: string) {}

  /** Says what is new; answers whether it is the first sight of the job. */
  note({ job, tasks: steps }: Observation): boolean {
    const first = this.state === undefined;
    const percent = steps.length === 0 ? 0 : sum(steps.map((task) => task.progress)) / steps.length;
    const now = `${job.state} ${percent}`;
    if (now !== this.last) this.changedAt = Date.now();
    this.last = now;
    if (job.state !== this.state && job.state !== JOB_STATES.finished) {
      writeLine(`${this.label}: ${jobStateName(job.state)}`);
    }
    this.state = job.state;
    if (job.state === JOB_STATES.processing) {
      this.progress ??= createProgress({ label: this.label, unit: "percent", total: 100 });
      this.progress.update(percent);
    }
    return first;
  }

  finish(): void {
    this.progress?.done();
  }

  /** An account that does not answer for a while is asked again: the job goes on without us. */
  async tolerateSilence<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await ask();
      this.heardAt = Date.now();
      return answer;
    } catch (error) {
      if (!isPassing(error) || Date.now() - this.heardAt > SILENCE_TIMEOUT_MS) throw error;
      writeLine(`${this.label}: the account does not answer, asking again`);
      return undefined;
    }
  }

  assertAlive(client: MediaServicesClient, id: string): void {
    if (Date.now() - this.changedAt < STALL_TIMEOUT_MS) return;
    throw new Error(
      `${this.label}: nothing has happened to job '${id}' in ${client.label} for ${(STALL_TIMEOUT_MS / 60_000).toString()} minutes. See whether a worker runs; the next run goes on following the job.`,
    );
  }
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof MediaServicesError) || isNotFound(error)) return false;
  return error.kind === "unreachable" || error.kind === "busy" || error.kind === "failed";
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
