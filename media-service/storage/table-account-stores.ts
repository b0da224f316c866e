import { randomUUID } from "node:crypto";
import {
  AzureNamedKeyCredential,
  TableClient,
  type TableServiceClientOptions,
} from "@azure/data-tables";
import type { Job } from "../domain/job";
import type { Task } from "../domain/task";
import type { AccountStores, JobStore } from "../ports/account-stores";
import { statusOf, storeError } from "./azure-errors";
import * as definitions from "./entity-definitions";
import { TABLES } from "./names";
import type { StorageAccess } from "./storage-access";
import { TableEntityStore } from "./table-entity-store";

/** Opens the account's tables, making those that are missing. */
export async function openTables(access: StorageAccess): Promise<AccountStores> {
  const tables = await openAll(access);
  const tasks = new TableEntityStore(tables.jobs, "Jobs", definitions.TASKS);
  return {
    assets: new TableEntityStore(tables.assets, "Assets", definitions.ASSETS),
    files: new TableEntityStore(tables.files, "Files", definitions.FILES),
    accessPolicies: new TableEntityStore(
      tables.accessPolicies,
      "AccessPolicies",
      definitions.ACCESS_POLICIES,
    ),
    locators: new TableEntityStore(tables.locators, "Locators", definitions.LOCATORS),
    jobs: new TableJobStore(tables.jobs, tasks),
    tasks,
    streamingEndpoints: new TableEntityStore(
      tables.streamingEndpoints,
      "StreamingEndpoints",
      definitions.STREAMING_ENDPOINTS,
    ),
    operations: new TableEntityStore(tables.operations, "Operations", definitions.OPERATIONS),
  };
}

class TableJobStore extends TableEntityStore<Job, "name" | "pending"> implements JobStore {
  constructor(
    table: TableClient,
    private readonly tasks: TableEntityStore<Task, "job">,
  ) {
    super(table, "Jobs", definitions.JOBS);
  }

  async insertWithTasks(job: Job, tasks: readonly Task[]): Promise<void> {
    const writeId = randomUUID();
    await this.commitInsert([job], writeId, async () => {
      const [jobs, others] = await Promise.all([
        this.prepareInsert([job], writeId),
        this.tasks.prepareInsert(tasks, writeId),
      ]);
      return {
        actions: [...jobs.actions, ...others.actions],
        emptied: [...jobs.emptied, ...others.emptied],
      };
    });
  }
}

async function openAll(access: StorageAccess): Promise<Record<keyof typeof TABLES, TableClient>> {
  const open = async (name: string): Promise<TableClient> => {
    const credential = new AzureNamedKeyCredential(access.accountName, access.accountKey);
    const client = new TableClient(access.tableEndpoint, name, credential, clientOptions(access));
    try {
      await client.createTable();
    } catch (cause) {
      if (statusOf(cause) !== 409) throw storeError(cause, `Table ${name}`);
    }
    return client;
  };
  const names = Object.entries(TABLES);
  const clients = await Promise.all(names.map(([, name]) => open(name)));
  return Object.fromEntries(names.map(([key], i) => [key, clients[i]])) as Record<
    keyof typeof TABLES,
    TableClient
  >;
}

function clientOptions({ tableEndpoint }: StorageAccess): TableServiceClientOptions {
  return {
    allowInsecureConnection: tableEndpoint.startsWith("http:"),
    retryOptions: { maxRetries: 4, retryDelayInMs: 100, maxRetryDelayInMs: 1600 },
  };
}
