import type { TableClient, TableServiceClientOptions } from "@azure/data-tables";
import type { AccountStores } from "../ports/account-stores";
import type { Clock } from "../ports/clock";
import { statusOf, storeError } from "./azure-errors";
import * as definitions from "./entity-definitions";
import { TASK_TEMPLATES } from "./job-template-definitions";
import { TABLES } from "./names";
import * as protection from "./protection-definitions";
import type { StorageAccess } from "./storage-access";
import { tableClient } from "./store-credentials";
import { TableEntityStore } from "./table-entity-store";
import { NoticeRows } from "./notice-rows";
import { TableJobStore } from "./table-job-store";
import { TableJobTemplateStore } from "./table-job-template-store";
import { TableTaskStore } from "./table-task-store";
import { tryTimeout } from "./try-timeout";

type Tables = Record<keyof typeof TABLES, TableClient>;

/** A page of a table takes the longest, and may take 30 s by the store's own rules. */
const TRY_TIMEOUT_MS = 35_000;

/** Opens the account's tables, making those that are missing. */
export async function openTables(
  access: StorageAccess,
  clock: Clock,
  { tryTimeoutMs = TRY_TIMEOUT_MS } = {},
): Promise<AccountStores> {
  const tables = await openAll(access, clientOptions(access, tryTimeoutMs));
  const notices = new NoticeRows(tables.jobs, "Jobs", clock);
  const taskTemplates = new TableEntityStore(tables.jobTemplates, "Templates", TASK_TEMPLATES);
  const tasks = new TableTaskStore(tables.jobs, "Jobs", notices);
  return {
    assets: new TableEntityStore(tables.assets, "Assets", definitions.ASSETS),
    files: new TableEntityStore(tables.files, "Files", definitions.FILES),
    accessPolicies: new TableEntityStore(
      tables.accessPolicies,
      "AccessPolicies",
      definitions.ACCESS_POLICIES,
    ),
    locators: new TableEntityStore(tables.locators, "Locators", definitions.LOCATORS),
    deletedLocators: new TableEntityStore(
      tables.locators,
      "DeletedLocators",
      definitions.DELETED_LOCATORS,
    ),
    jobs: new TableJobStore(tables.jobs, "Jobs", { tasks, notices }),
    tasks,
    notices: notices.store,
    jobTemplates: new TableJobTemplateStore(tables.jobTemplates, "Templates", taskTemplates),
    taskTemplates,
    notificationEndPoints: new TableEntityStore(
      tables.notificationEndPoints,
      "EndPoints",
      definitions.NOTIFICATION_END_POINTS,
    ),
    streamingEndpoints: new TableEntityStore(
      tables.streamingEndpoints,
      "StreamingEndpoints",
      definitions.STREAMING_ENDPOINTS,
    ),
    operations: new TableEntityStore(tables.operations, "Operations", definitions.OPERATIONS),
    ...protectionStores(tables),
    changesets: new TableEntityStore(tables.account, "Changesets", definitions.CHANGESETS),
    reservedUnits: new TableEntityStore(tables.account, "Account", definitions.RESERVED_UNITS),
  };
}

function protectionStores(
  tables: Tables,
): Pick<
  AccountStores,
  | "contentKeys"
  | "deliveryPolicies"
  | "authorizationPolicies"
  | "policyOptions"
  | "links"
  | "protectionKeys"
> {
  return {
    contentKeys: new TableEntityStore(tables.contentKeys, "Keys", protection.CONTENT_KEYS),
    deliveryPolicies: new TableEntityStore(
      tables.deliveryPolicies,
      "Policies",
      protection.DELIVERY_POLICIES,
    ),
    authorizationPolicies: new TableEntityStore(
      tables.authorizationPolicies,
      "Policies",
      protection.AUTHORIZATION_POLICIES,
    ),
    policyOptions: new TableEntityStore(tables.policyOptions, "Options", protection.POLICY_OPTIONS),
    links: new TableEntityStore(tables.links, "Links", protection.LINKS),
    protectionKeys: new TableEntityStore(tables.account, "Account", protection.PROTECTION_KEYS),
  };
}

async function openAll(access: StorageAccess, options: TableServiceClientOptions): Promise<Tables> {
  const open = async (name: string): Promise<TableClient> => {
    const client = tableClient(access, name, options);
    try {
      await client.createTable();
    } catch (cause) {
      if (statusOf(cause) !== 409) throw storeError(cause, `Table ${name}`);
    }
    return client;
  };
  const names = Object.entries(TABLES);
  const clients = await Promise.all(names.map(([, name]) => open(name)));
  return Object.fromEntries(names.map(([key], i) => [key, clients[i]])) as Tables;
}

function clientOptions(
  { tableEndpoint }: StorageAccess,
  tryTimeoutMs: number,
): TableServiceClientOptions {
  return {
    additionalPolicies: [tryTimeout(tryTimeoutMs)],
    allowInsecureConnection: tableEndpoint.startsWith("http:"),
    retryOptions: { maxRetries: 4, retryDelayInMs: 100, maxRetryDelayInMs: 1600 },
  };
}
