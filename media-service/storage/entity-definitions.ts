import type { AccessPolicy } from "../domain/access-policy";
import type { Asset } from "../domain/asset";
import { type AssetFile, filePlace } from "../domain/asset-file";
import type { ChangesetRecord } from "../domain/changeset-record";
import { ConflictError, QuotaExceededError } from "../domain/errors";
import { type Job, waitsBeforeOthers } from "../domain/job";
import { type DeletedLocator, type Locator, MAX_LOCATORS_PER_ASSET } from "../domain/locator";
import type { Notice, NotificationEndPoint } from "../domain/notification";
import type { ReservedUnits } from "../domain/reserved-units";
import {
  DEFAULT_ENDPOINT,
  MAX_STREAMING_ENDPOINTS,
  type Operation,
  type StreamingEndpoint,
} from "../domain/streaming-endpoint";
import type { Task } from "../domain/task";
import type { EntityDefinition } from "./table-entity-store";

/** Index by name. Entities without one are found by going through all: nobody looks for them. */
export const byName = { value: (entity: { name: string | null }) => entity.name ?? undefined };

/** Columns of what says when it was made and changed. */
export const dated = { created: "date", lastModified: "date" } as const;

/** How assets are kept. */
export const ASSETS: EntityDefinition<Asset, "name"> = {
  kind: "asset",
  idKind: "cid",
  columns: {
    name: "string",
    alternateId: "string",
    options: "int32",
    formatOption: "int32",
    state: "int32",
    ...dated,
    storageAccountName: "string",
    container: "string",
    containerReady: "boolean",
    deleting: "boolean",
    parentAssetIds: "json",
  },
  indexes: { name: byName },
};

/** How asset files are kept. */
export const FILES: EntityDefinition<AssetFile, "parent" | "name" | "place" | "primaryOf"> = {
  kind: "file",
  idKind: "cid",
  columns: {
    name: "string",
    parentAssetId: "string",
    sizeBytes: "int64",
    mimeType: "string",
    contentChecksum: "string",
    isPrimary: "boolean",
    isEncrypted: "boolean",
    encryptionScheme: "string",
    encryptionVersion: "string",
    encryptionKeyId: "string",
    initializationVector: "string",
    options: "int32",
    ...dated,
  },
  indexes: {
    parent: { value: (file) => file.parentAssetId },
    name: byName,
    place: {
      value: filePlace,
      limit: {
        count: 1,
        error: ({ name, parentAssetId }) =>
          new ConflictError(`'${parentAssetId}' has a file '${name}' already`),
      },
    },
    primaryOf: {
      value: (file) => (file.isPrimary ? file.parentAssetId : undefined),
      limit: {
        count: 1,
        error: ({ parentAssetId }) =>
          new ConflictError(`'${parentAssetId}' has another primary file already`),
      },
    },
  },
};

/** How access policies are kept. */
export const ACCESS_POLICIES: EntityDefinition<AccessPolicy, "name"> = {
  kind: "policy",
  idKind: "pid",
  columns: {
    name: "string",
    durationMinutes: "double",
    permissions: "int32",
    ...dated,
  },
  indexes: { name: byName },
};

/** How locators are kept. */
export const LOCATORS: EntityDefinition<Locator, "asset" | "name" | "type"> = {
  kind: "locator",
  idKind: "lid",
  columns: {
    name: "string",
    type: "int32",
    accessPolicyId: "string",
    assetId: "string",
    startTime: "date",
    expirationDateTime: "date",
    permissions: "int32",
    container: "string",
  },
  indexes: {
    asset: {
      value: (locator) => locator.assetId,
      limit: {
        count: MAX_LOCATORS_PER_ASSET,
        error: ({ assetId }) =>
          new ConflictError(
            `'${assetId}' has ${MAX_LOCATORS_PER_ASSET} locators already, which is the limit`,
          ),
      },
    },
    name: byName,
    type: { value: (locator) => locator.type.toString() },
  },
};

/** How jobs are kept. */
export const JOBS: EntityDefinition<Job, "name" | "pending" | "urgent"> = {
  kind: "job",
  idKind: "jid",
  columns: {
    name: "string",
    ...dated,
    startTime: "date",
    endTime: "date",
    state: "int32",
    priority: "int32",
    runningMilliseconds: "double",
    templateId: "string",
    inputAssetIds: "json",
    outputAssetIds: "json",
    notifications: "json",
    pending: "boolean",
  },
  indexes: {
    name: byName,
    pending: { value: (job) => (job.pending ? "true" : undefined) },
    urgent: { value: (job) => (waitsBeforeOthers(job) ? "true" : undefined) },
  },
};

/** How tasks are kept. */
export const TASKS: EntityDefinition<Task, "job"> = {
  kind: "task",
  idKind: "tid",
  columns: {
    jobId: "string",
    position: "int32",
    name: "string",
    configuration: "text",
    mediaProcessorId: "string",
    taskBody: "text",
    options: "int32",
    encryption: "json",
    notifications: "json",
    priority: "int32",
    state: "int32",
    progress: "double",
    startTime: "date",
    endTime: "date",
    runningMilliseconds: "double",
    perfMessage: "text",
    errorDetails: "json",
    historicalEvents: "json",
    inputAssetIds: "json",
    outputs: "json",
  },
  indexes: { job: { value: (task) => task.jobId } },
};

/** How streaming endpoints are kept. */
export const STREAMING_ENDPOINTS: EntityDefinition<StreamingEndpoint, "name" | "quota"> = {
  kind: "endpoint",
  idKind: "oid",
  columns: {
    name: "string",
    description: "string",
    ...dated,
    state: "string",
    scaleUnits: "int32",
    cdnEnabled: "boolean",
    cdnProvider: "string",
    cdnProfile: "string",
    version: "string",
    customHostNames: "json",
    accessControl: "json",
    maxAgeSeconds: "int64",
    clientAccessPolicy: "text",
    crossDomainPolicy: "text",
  },
  indexes: {
    name: byName,
    quota: {
      // The default one is always there.
      value: ({ name }) => (name === DEFAULT_ENDPOINT ? undefined : "more"),
      limit: {
        count: MAX_STREAMING_ENDPOINTS - 1,
        error: () =>
          new QuotaExceededError(
            `The account has ${MAX_STREAMING_ENDPOINTS} streaming endpoints already, which is its quota`,
          ),
      },
    },
  },
};

/** How deleted locators are remembered. */
export const DELETED_LOCATORS: EntityDefinition<DeletedLocator, never> = {
  kind: "deleted",
  idKind: "lid",
  columns: { deletedAt: "date" },
  indexes: {},
};

/** How operations are kept. */
export const OPERATIONS: EntityDefinition<Operation, never> = {
  kind: "operation",
  idKind: "opid",
  columns: { targetEntityId: "string", state: "string", created: "date" },
  indexes: {},
};

/** How changesets under way are kept. */
export const CHANGESETS: EntityDefinition<ChangesetRecord, never> = {
  kind: "changeset",
  idKind: "csid",
  columns: { begun: "date", touched: "date", undos: "json", last: "json", done: "boolean" },
  indexes: {},
};

/** How reserved units are kept. */
export const RESERVED_UNITS: EntityDefinition<ReservedUnits, never> = {
  kind: "units",
  idKind: "unitid",
  columns: { type: "int32", current: "int32" },
  indexes: {},
};

/** How notification end points are kept. */
export const NOTIFICATION_END_POINTS: EntityDefinition<NotificationEndPoint, "name"> = {
  kind: "endpoint",
  idKind: "nepid",
  columns: {
    name: "string",
    type: "int32",
    address: "string",
    encryptedCredential: "text",
    protectionKeyId: "string",
    created: "date",
  },
  indexes: { name: byName },
};

/** How notices are kept until they are delivered. */
export const NOTICES: EntityDefinition<Notice, never> = {
  kind: "notice",
  idKind: "noticeid",
  columns: {
    endPointId: "string",
    eventType: "int32",
    properties: "json",
    created: "date",
    attempts: "int32",
    notBefore: "date",
  },
  indexes: {},
};
