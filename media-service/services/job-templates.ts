import { InvalidInputError } from "../domain/errors";
import { entityId, guidOf } from "../domain/ids";
import { type JobTemplate, parseJobTemplateBody, type TaskTemplate } from "../domain/job-template";
import { type AccountDeps, required } from "./account-deps";
import { checkTask, checkTaskTexts, MAX_TASKS_PER_JOB, type NewJob } from "./new-job";
import { clearConfiguration } from "./protected-configuration";

/** What a client says of a task of a new job template. */
export type NewTaskTemplate = Omit<
  TaskTemplate,
  "jobTemplateId" | "position" | "created" | "lastModified"
>;

/** What a client says of a new job template. */
export interface NewJobTemplate extends Omit<JobTemplate, "id" | "created" | "lastModified"> {
  readonly tasks: readonly NewTaskTemplate[];
}

const ACCOUNT_LEVEL = 1;
const MAX_NAME_LENGTH = 4000;

/**
 * Makes a job template with its task templates, all or none.
 *
 * @throws InvalidInputError naming what can't be.
 * @throws ConflictError when the id of a task template is taken.
 */
export async function createJobTemplate(
  deps: AccountDeps,
  wanted: NewJobTemplate,
): Promise<JobTemplate> {
  checkTemplate(wanted);
  const now = deps.clock.now();
  const times = { created: now, lastModified: now };
  const { tasks, ...fields } = wanted;
  const template = { ...fields, ...times, id: entityId("jtid", deps.newGuid()) };
  const taskTemplates = tasks.map((task, position): TaskTemplate => {
    const id = entityId("ttid", guidOf("ttid", task.id));
    return { ...task, ...times, id, position, jobTemplateId: template.id };
  });
  checkBody(template, taskTemplates);
  for (const task of taskTemplates) await clearConfiguration(deps, task);
  await deps.stores.jobTemplates.insertWithTasks(template, taskTemplates);
  return template;
}

/**
 * Deletes a job template with its task templates; jobs made of it stay.
 *
 * @throws NotFoundError when there is none.
 */
export async function deleteJobTemplate(deps: AccountDeps, id: string): Promise<void> {
  const { value } = await required(deps.stores.jobTemplates, id);
  for (const task of await taskTemplatesOf(deps, value.id)) {
    await deps.stores.taskTemplates.delete(task.id);
  }
  await deps.stores.jobTemplates.delete(value.id);
}

/** The task templates of a job template, in the order in which they were given. */
export async function taskTemplatesOf(
  { stores }: Pick<AccountDeps, "stores">,
  jobTemplateId: string,
): Promise<TaskTemplate[]> {
  const found = await stores.taskTemplates.find("jobTemplate", jobTemplateId);
  return found.map(({ value }) => value).sort((one, other) => one.position - other.position);
}

/**
 * A new job with the tasks of the template that it names; one that names none as it is.
 *
 * @throws InvalidInputError when it has tasks of its own, or not as many inputs as the template says.
 * @throws NotFoundError when there is no such template.
 */
export async function withTemplateTasks(deps: AccountDeps, wanted: NewJob): Promise<NewJob> {
  if (wanted.templateId === null) return wanted;
  if (wanted.tasks.length > 0) {
    throw new InvalidInputError("A job of a template has the template's tasks and no others");
  }
  const { value: template } = await required(deps.stores.jobTemplates, wanted.templateId);
  const { numberOfInputAssets: inputs, id: templateId } = template;
  if (inputs !== null && inputs !== wanted.inputAssetIds.length) {
    throw new InvalidInputError(
      `The template takes ${inputs} input assets, not ${wanted.inputAssetIds.length}`,
    );
  }
  const bodies = parseJobTemplateBody(template.body);
  const tasks = (await taskTemplatesOf(deps, template.id)).map((task) => ({
    name: task.name,
    configuration: task.configuration,
    mediaProcessorId: task.mediaProcessorId,
    options: task.options,
    encryption: task.encryption,
    notifications: [],
    priority: null,
    taskBody: bodies.get(task.id) ?? "",
  }));
  return { ...wanted, templateId, tasks };
}

function checkTemplate({ name, templateType, numberOfInputAssets, tasks }: NewJobTemplate): void {
  if ((name?.length ?? 0) > MAX_NAME_LENGTH) {
    throw new InvalidInputError(`Name may have at most ${MAX_NAME_LENGTH} characters`);
  }
  if (templateType !== ACCOUNT_LEVEL) {
    throw new InvalidInputError(
      `TemplateType must be ${ACCOUNT_LEVEL} (AccountLevel): the service has none of its own`,
    );
  }
  if (numberOfInputAssets !== null && numberOfInputAssets < 1) {
    throw new InvalidInputError("NumberofInputAssets must be 1 or more");
  }
  if (tasks.length === 0 || tasks.length > MAX_TASKS_PER_JOB) {
    throw new InvalidInputError(`A template must have 1 to ${MAX_TASKS_PER_JOB} tasks`);
  }
}

function checkBody({ body }: JobTemplate, tasks: readonly TaskTemplate[]): void {
  const bodies = parseJobTemplateBody(body);
  if (bodies.size !== tasks.length || !tasks.every(({ id }) => bodies.has(id))) {
    throw new InvalidInputError(
      "JobTemplateBody must have one taskBody for each of the TaskTemplates, with its taskTemplateId",
    );
  }
  for (const task of tasks) checkTask(task);
  checkTaskTexts(tasks.map((task) => ({ ...task, taskBody: bodies.get(task.id) ?? "" })));
}
