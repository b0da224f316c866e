import { InvalidInputError, NotFoundError } from "../domain/errors";
import type { Job } from "../domain/job";
import { jobHasEnded, JobState, taskHasEnded, TaskState } from "../domain/job-state";
import { MEDIA_PROCESSORS } from "../domain/media-processors";
import { inRunOrder } from "../domain/run-order";
import type { Task } from "../domain/task";
import type { BlobAddress } from "../ports/blob-store";
import type { JobRun, JobRuns, TaskErrorCode, TaskRun } from "../ports/job-runs";
import type { AccountDeps } from "./account-deps";
import { createFileInfos } from "./asset-files";
import { changeJob, endedTask, withEvent } from "./change-job";
import { deleteOutputs, endAsCanceled, tasksThatGoOn } from "./end-job";
import { makeOutputAssets } from "./job-readiness";
import { clearConfiguration, isProtected } from "./protected-configuration";
import { tasksOf } from "./tasks-of";
import { updateEntity } from "./update-entity";

/** The life of jobs as their workers see it, kept in the account's tables. */
export class StoredJobRuns implements JobRuns {
  constructor(private readonly deps: AccountDeps) {}

  async start(jobId: string, attempt?: number): Promise<JobRun | undefined> {
    const found = await this.find(jobId);
    if (found === undefined || jobHasEnded(found.state)) return undefined;
    // A job is queued twice when a process ended between sending its message and noting that.
    if (attempt === 1 && found.state === JobState.processing) return undefined;
    if (found.state === JobState.canceling) {
      await this.canceled(jobId);
      return undefined;
    }
    await makeOutputAssets(this.deps, found);
    const { job, isFirst } = await this.takeUp(jobId);
    if (job.state !== JobState.processing) return this.start(jobId, attempt);
    // Somebody else took it up at the same moment.
    if (attempt === 1 && !isFirst) return undefined;
    return { jobId: job.id, jobName: job.name ?? "", tasks: await this.tasksToRun(jobId) };
  }

  private async tasksToRun(jobId: string): Promise<TaskRun[]> {
    const runs: TaskRun[] = [];
    for (const task of inRunOrder(await tasksOf(this.deps, jobId))) {
      if (!taskHasEnded(task.state)) runs.push(await this.taskRun(task));
    }
    return runs;
  }

  private async takeUp(jobId: string): Promise<{ job: Job; isFirst: boolean }> {
    const waits = { is: false };
    const job = await changeJob(this.deps, jobId, ({ state }) => {
      waits.is = state === JobState.queued || state === JobState.scheduled;
      return waits.is ? { state: JobState.processing } : {};
    });
    return { job, isFirst: waits.is };
  }

  async taskStarted(_jobId: string, taskId: string): Promise<void> {
    await this.updateTask(taskId, (task, now) =>
      withEvent(
        { ...task, state: TaskState.running, startTime: now, progress: 0 },
        { code: "Processing", now },
      ),
    );
  }

  async progress(jobId: string, taskId: string, percent: number): Promise<"continue" | "cancel"> {
    const job = await this.find(jobId);
    if (job?.state !== JobState.processing) return "cancel";
    const progress = Math.min(100, Math.max(0, percent));
    await this.updateTask(taskId, (task) =>
      task.progress === progress ? task : { ...task, progress },
    );
    return "continue";
  }

  async moreUrgentThan(jobId: string): Promise<string | undefined> {
    const job = await this.find(jobId);
    if (job?.state !== JobState.queued) return undefined;
    const [first] = (await this.deps.stores.jobs.find("urgent", "true"))
      .map(({ value }) => value)
      .filter(({ priority }) => priority > job.priority)
      .sort((a, b) => b.priority - a.priority || a.created.getTime() - b.created.getTime());
    return first?.id;
  }

  async taskCompleted(_jobId: string, taskId: string, perfMessage?: string): Promise<void> {
    const stored = await this.deps.stores.tasks.get(taskId);
    for (const { assetId } of stored?.value.outputs ?? []) {
      await createFileInfos(this.deps, assetId);
    }
    await this.updateTask(taskId, (task, now) =>
      endedTask(
        { ...task, progress: 100, perfMessage: perfMessage ?? null },
        { state: TaskState.completed, now },
      ),
    );
  }

  async finish(jobId: string): Promise<void> {
    const tasks = await tasksOf(this.deps, jobId);
    const end = tasks.some(({ state }) => state === TaskState.error)
      ? JobState.error
      : JobState.finished;
    await this.change(jobId, (job) => ({
      state: job.state === JobState.canceling ? JobState.canceled : end,
    }));
  }

  async fail(
    jobId: string,
    taskId: string,
    detail: { code: TaskErrorCode; message: string },
  ): Promise<void> {
    const job = await this.find(jobId);
    if (job === undefined || jobHasEnded(job.state)) return;
    const going = tasksThatGoOn(await tasksOf(this.deps, jobId), taskId);
    await deleteOutputs(this.deps, job, going);
    const now = this.deps.clock.now();
    const failed = (task: Task): Task =>
      endedTask(
        { ...task, errorDetails: [detail] },
        { state: TaskState.error, message: detail.message, now },
      );
    await this.change(jobId, ({ state }) => ({
      // With tasks left, only they change.
      state: going.size > 0 && state === JobState.processing ? state : JobState.error,
      task: (task) => {
        if (task.id === taskId) return failed(task);
        return going.has(task.id) ? {} : endedTask(task, { state: TaskState.canceled, now });
      },
    }));
  }

  canceled(jobId: string): Promise<void> {
    return endAsCanceled(this.deps, jobId);
  }

  // A message may name a job that is gone, or be none of ours.
  private async find(jobId: string): Promise<Job | undefined> {
    try {
      return (await this.deps.stores.jobs.get(jobId))?.value;
    } catch (cause) {
      if (cause instanceof InvalidInputError) return undefined;
      throw cause;
    }
  }

  private async change(jobId: string, decide: Parameters<typeof changeJob>[2]): Promise<void> {
    try {
      await changeJob(this.deps, jobId, (job) => (jobHasEnded(job.state) ? {} : decide(job)));
    } catch (cause) {
      if (!(cause instanceof NotFoundError)) throw cause;
    }
  }

  // What a task had to say after its end does not count any more.
  private async updateTask(taskId: string, change: (task: Task, now: Date) => Task): Promise<void> {
    const now = this.deps.clock.now();
    try {
      await updateEntity(this.deps.stores.tasks, taskId, (task) =>
        taskHasEnded(task.state) ? task : change(task, now),
      );
    } catch (cause) {
      if (!(cause instanceof NotFoundError)) throw cause;
    }
  }

  private async taskRun(task: Task): Promise<TaskRun> {
    const [output] = task.outputs;
    const asset = await this.deps.stores.assets.get(output?.assetId ?? "");
    const processor = MEDIA_PROCESSORS.find(
      ({ id }) => id.toLowerCase() === task.mediaProcessorId.toLowerCase(),
    );
    return {
      taskId: task.id,
      ...(await this.configurationOf(task)),
      processorName: processor?.name ?? "",
      input: await this.inputOf(task),
      outputContainer: asset?.value.container ?? "",
    };
  }

  // Decrypted now, for the moment of the run; whoever has deleted the key since ends the task.
  private async configurationOf(
    task: Task,
  ): Promise<Pick<TaskRun, "configuration" | "isProtected" | "configurationProblem">> {
    const marks = isProtected(task) ? { isProtected: true } : {};
    try {
      return { configuration: await clearConfiguration(this.deps, task), ...marks };
    } catch (cause) {
      if (!(cause instanceof InvalidInputError || cause instanceof NotFoundError)) throw cause;
      return { configuration: "", configurationProblem: cause.message, ...marks };
    }
  }

  private async inputOf({ inputAssetIds: [assetId = ""] }: Task): Promise<BlobAddress | undefined> {
    const asset = await this.deps.stores.assets.get(assetId);
    const files = await this.deps.stores.files.find("parent", assetId);
    const manifests = files.filter(({ value }) => /\.ism$/i.test(value.name));
    const file = files.find(({ value }) => value.isPrimary) ?? onlyOne(files) ?? onlyOne(manifests);
    if (asset === undefined || file === undefined) return undefined;
    return { container: asset.value.container, blob: file.value.name };
  }
}

function onlyOne<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined;
}
