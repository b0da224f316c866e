import { boolean, collection, date, number, text, type WireEntity } from "./wire-values";

/** An entity set: where it is, what messages call one of it, how one is read. */
export interface EntitySet<T> {
  readonly path: string;
  readonly noun: string;
  readonly parse: (wire: WireEntity) => T;
}

/** A container of media files. */
export interface Asset {
  readonly id: string;
  readonly name: string;
  readonly alternateId: string;
  /** 0 none, 1 storage encrypted, 2 common encryption, 4 envelope encryption. */
  readonly options: number;
  /** Address of the blob container, without a signature. */
  readonly uri: string;
  readonly created: Date | undefined;
}

/** `Assets`. */
export const assets: EntitySet<Asset> = {
  path: "Assets",
  noun: "asset",
  parse: (wire) => ({
    id: text(wire, "Id"),
    name: text(wire, "Name"),
    alternateId: text(wire, "AlternateId"),
    options: number(wire, "Options"),
    uri: text(wire, "Uri"),
    created: date(wire, "Created"),
  }),
};

/** A file that an asset holds. */
export interface AssetFile {
  readonly id: string;
  readonly name: string;
  readonly assetId: string;
  readonly sizeBytes: number;
  readonly isPrimary: boolean;
}

/** `Files`. */
export const files: EntitySet<AssetFile> = {
  path: "Files",
  noun: "asset file",
  parse: (wire) => ({
    id: text(wire, "Id"),
    name: text(wire, "Name"),
    assetId: text(wire, "ParentAssetId"),
    sizeBytes: number(wire, "ContentFileSize"),
    isPrimary: boolean(wire, "IsPrimary"),
  }),
};

/** How long a locator may be used, and for what. */
export interface AccessPolicy {
  readonly id: string;
  readonly name: string;
  readonly durationMinutes: number;
  readonly permissions: number;
  readonly created: Date | undefined;
}

/** Flags of an access policy's permissions. */
export const PERMISSIONS = { read: 1, write: 2, delete: 4, list: 8 } as const;

/** `AccessPolicies`. */
export const accessPolicies: EntitySet<AccessPolicy> = {
  path: "AccessPolicies",
  noun: "access policy",
  parse: (wire) => ({
    id: text(wire, "Id"),
    name: text(wire, "Name"),
    durationMinutes: number(wire, "DurationInMinutes"),
    permissions: number(wire, "Permissions"),
    created: date(wire, "Created"),
  }),
};

/** An address under which an asset is reached. */
export interface Locator {
  readonly id: string;
  /** 1 shared access signature, 2 streaming origin. */
  readonly type: number;
  readonly assetId: string;
  readonly accessPolicyId: string;
  readonly startTime: Date | undefined;
  readonly expirationDateTime: Date | undefined;
  /** For a shared access signature a secret: never logged. */
  readonly path: string;
  readonly baseUri: string;
  /** For a shared access signature a secret: never logged. */
  readonly contentAccessComponent: string;
}

/** Kinds of locators. */
export const LOCATOR_TYPES = { sas: 1, onDemandOrigin: 2 } as const;

/** `Locators`. */
export const locators: EntitySet<Locator> = {
  path: "Locators",
  noun: "locator",
  parse: (wire) => ({
    id: text(wire, "Id"),
    type: number(wire, "Type"),
    assetId: text(wire, "AssetId"),
    accessPolicyId: text(wire, "AccessPolicyId"),
    startTime: date(wire, "StartTime"),
    expirationDateTime: date(wire, "ExpirationDateTime"),
    path: text(wire, "Path"),
    baseUri: text(wire, "BaseUri"),
    contentAccessComponent: text(wire, "ContentAccessComponent"),
  }),
};

/** Work that makes assets from assets. */
export interface Job {
  readonly id: string;
  readonly name: string;
  readonly state: number;
  readonly created: Date | undefined;
  readonly startTime: Date | undefined;
  readonly endTime: Date | undefined;
  /** Milliseconds. */
  readonly runningDurationMs: number;
}

/** States of a job. */
export const JOB_STATES = {
  queued: 0,
  scheduled: 1,
  processing: 2,
  finished: 3,
  error: 4,
  canceled: 5,
  canceling: 6,
} as const;

/** `Jobs`. */
export const jobs: EntitySet<Job> = {
  path: "Jobs",
  noun: "job",
  parse: (wire) => ({
    id: text(wire, "Id"),
    name: text(wire, "Name"),
    state: number(wire, "State"),
    created: date(wire, "Created"),
    startTime: date(wire, "StartTime"),
    endTime: date(wire, "EndTime"),
    runningDurationMs: number(wire, "RunningDuration"),
  }),
};

/** One step of a job. */
export interface Task {
  readonly id: string;
  readonly name: string;
  readonly state: number;
  /** 0 to 100. */
  readonly progress: number;
  readonly perfMessage: string;
  readonly errorDetails: readonly { readonly code: string; readonly message: string }[];
}

/** `Tasks`. */
export const tasks: EntitySet<Task> = {
  path: "Tasks",
  noun: "task",
  parse: (wire) => ({
    id: text(wire, "Id"),
    name: text(wire, "Name"),
    state: number(wire, "State"),
    progress: number(wire, "Progress"),
    perfMessage: text(wire, "PerfMessage"),
    errorDetails: collection(wire, "ErrorDetails").map((detail) => ({
      code: text(detail, "Code"),
      message: text(detail, "Message"),
    })),
  }),
};

/** A program that can run tasks. */
export interface MediaProcessor {
  readonly id: string;
  readonly name: string;
  /** `major.minor`. */
  readonly version: string;
}

/** `MediaProcessors`. */
export const mediaProcessors: EntitySet<MediaProcessor> = {
  path: "MediaProcessors",
  noun: "media processor",
  parse: (wire) => ({
    id: text(wire, "Id"),
    name: text(wire, "Name"),
    version: text(wire, "Version"),
  }),
};

/** The part of an account that serves streams. */
export interface StreamingEndpoint {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly hostName: string;
}

/** `StreamingEndpoints`. */
export const streamingEndpoints: EntitySet<StreamingEndpoint> = {
  path: "StreamingEndpoints",
  noun: "streaming endpoint",
  parse: (wire) => ({
    id: text(wire, "Id"),
    name: text(wire, "Name"),
    state: text(wire, "State"),
    hostName: text(wire, "HostName"),
  }),
};

/** A storage account that a media services account keeps media in. */
export interface StorageAccount {
  readonly name: string;
  readonly isDefault: boolean;
}

/** `StorageAccounts`. */
export const storageAccounts: EntitySet<StorageAccount> = {
  path: "StorageAccounts",
  noun: "storage account",
  parse: (wire) => ({ name: text(wire, "Name"), isDefault: wire["IsDefault"] === true }),
};

/** A long-running change of a streaming endpoint. */
export interface Operation {
  readonly id: string;
  readonly state: string;
  readonly errorMessage: string;
}

/** `Operations`. */
export const operations: EntitySet<Operation> = {
  path: "Operations",
  noun: "operation",
  parse: (wire) => ({
    id: text(wire, "Id"),
    state: text(wire, "State"),
    errorMessage: text(wire, "ErrorMessage"),
  }),
};
