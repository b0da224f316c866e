import { mkdir, writeFile } from "node:fs/promises";
import * as path from "node:path";
import type { Asset, Job, Task } from "../media-services-client/entities";
import { writeLine } from "../progress";
import { PROJECT_ROOT } from "../project-paths";
import { jobStateName } from "./job-state-names";

/** A job, as its log tells it. */
export interface JobReport {
  readonly job: Job;
  readonly tasks: readonly Task[];
  readonly outputs: readonly Asset[];
  readonly accountLabel: string;
}

/** Keeps what happened to jobs in text files, beside the state and never part of a difference. */
export class JobLogs {
  constructor(private readonly directory = path.join(PROJECT_ROOT, "logs")) {}

  /** Writes `JobDetails-{id}.txt`. */
  details(report: JobReport): Promise<void> {
    return this.write("JobDetails", report);
  }

  /** Writes `JobStop-{id}.txt`, for a job that ended without a result. */
  stop(report: JobReport): Promise<void> {
    return this.write("JobStop", report);
  }

  /** A disk that is full must not cost an encoding that went well: it is only said. */
  private async write(kind: string, report: JobReport): Promise<void> {
    const file = path.join(this.directory, `${kind}-${report.job.id.replaceAll(":", "_")}.txt`);
    try {
      await mkdir(this.directory, { recursive: true });
      await writeFile(file, `${lines(report).join("\n")}\n`);
    } catch (error) {
      writeLine(`warning: ${file} was not written: ${(error as Error).message}`);
    }
  }
}

function lines({ job, tasks, outputs, accountLabel }: JobReport): string[] {
  return [
    `Job ID: ${job.id}`,
    `Name: ${job.name}`,
    `Account: ${accountLabel}`,
    `State: ${jobStateName(job.state)}`,
    `Created: ${isoOr(job.created, "unknown")}`,
    `Started: ${isoOr(job.startTime, "not yet")}`,
    `Ended: ${isoOr(job.endTime, "not yet")}`,
    `Running time: ${(job.runningDurationMs / 1_000).toFixed(1)} s`,
    ...outputs.map(({ id, name }) => `Output asset: ${id} '${name}'`),
    ...tasks.flatMap(taskLines),
  ];
}

function taskLines(task: Task): string[] {
  return [
    `Task ID: ${task.id}`,
    `  Progress: ${task.progress} %`,
    ...(task.perfMessage === "" ? [] : [`  ${task.perfMessage}`]),
    ...task.errorDetails.map(({ code, message }) => `  Error ${code}: ${message}`),
  ];
}

function isoOr(date: Date | undefined, otherwise: string): string {
  return date?.toISOString() ?? otherwise;
}
