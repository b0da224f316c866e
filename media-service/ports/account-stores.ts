import type { AccessPolicy } from "../domain/access-policy";
import type { Asset } from "../domain/asset";
import type { AssetFile } from "../domain/asset-file";
import type {
  AuthorizationPolicyOption,
  ContentKeyAuthorizationPolicy,
} from "../domain/authorization-policy";
import type { ChangesetRecord } from "../domain/changeset-record";
import type { ContentKey } from "../domain/content-key";
import type { AssetDeliveryPolicy } from "../domain/delivery-policy";
import type { EntityLink } from "../domain/entity-link";
import type { Job } from "../domain/job";
import type { JobTemplate, TaskTemplate } from "../domain/job-template";
import type { DeletedLocator, Locator } from "../domain/locator";
import type { Notice, NotificationEndPoint } from "../domain/notification";
import type { ProtectionKey } from "../domain/protection-key";
import type { ReservedUnits } from "../domain/reserved-units";
import type { Operation, StreamingEndpoint } from "../domain/streaming-endpoint";
import type { Task } from "../domain/task";
import type { EntityStore, Stored } from "./entity-store";

/** An entity as it was read, and as it shall be. */
export interface Replacement<T> {
  readonly stored: Stored<T>;
  readonly value: T;
}

/** Jobs, with the writes that span two kinds of entities. */
export interface JobStore extends EntityStore<Job, "name" | "pending" | "urgent"> {
  /**
   * Adds a job with its tasks, all or none.
   *
   * @throws ConflictError when an id is taken.
   */
  insertWithTasks(job: Job, tasks: readonly Task[]): Promise<void>;
  /**
   * Replaces a job and some of its tasks, all or none.
   *
   * @throws ConflictError when one of them was written since.
   * @throws NotFoundError when the job is gone.
   */
  replaceWithTasks(job: Replacement<Job>, tasks: readonly Replacement<Task>[]): Promise<void>;
}

/** Job templates, with the write that spans two kinds of entities. */
export interface JobTemplateStore extends EntityStore<JobTemplate, "name"> {
  /**
   * Adds a template with its task templates, all or none.
   *
   * @throws ConflictError when an id is taken.
   */
  insertWithTasks(template: JobTemplate, tasks: readonly TaskTemplate[]): Promise<void>;
}

/** Everything an account remembers. */
export interface AccountStores {
  readonly assets: EntityStore<Asset, "name">;
  /** `place` is {@link filePlace}, one file each; `primaryOf` the asset, one file each. */
  readonly files: EntityStore<AssetFile, "parent" | "name" | "place" | "primaryOf">;
  readonly accessPolicies: EntityStore<AccessPolicy, "name">;
  /** `asset` holds at most five locators each; `type` is the locator's type as a number. */
  readonly locators: EntityStore<Locator, "asset" | "name" | "type">;
  /** Origin locators that were deleted of late; one of the same id may have been made again. */
  readonly deletedLocators: EntityStore<DeletedLocator, never>;
  readonly jobs: JobStore;
  readonly tasks: EntityStore<Task, "job">;
  readonly jobTemplates: JobTemplateStore;
  readonly taskTemplates: EntityStore<TaskTemplate, "jobTemplate">;
  readonly streamingEndpoints: EntityStore<StreamingEndpoint, "name">;
  readonly operations: EntityStore<Operation, never>;
  readonly notificationEndPoints: EntityStore<NotificationEndPoint, "name">;
  /** What is still to be told. Changes of jobs and tasks add to it by themselves, in the same write. */
  readonly notices: EntityStore<Notice, never>;
  readonly contentKeys: EntityStore<ContentKey, "name">;
  readonly deliveryPolicies: EntityStore<AssetDeliveryPolicy, "name">;
  readonly authorizationPolicies: EntityStore<ContentKeyAuthorizationPolicy, "name">;
  readonly policyOptions: EntityStore<AuthorizationPolicyOption, "name">;
  readonly links: EntityStore<EntityLink, "source" | "target">;
  /** Changesets under way, and those whose process died. */
  readonly changesets: EntityStore<ChangesetRecord, never>;
  /** At most one, the account's. */
  readonly protectionKeys: EntityStore<ProtectionKey, never>;
  /** At most one, the account's. */
  readonly reservedUnits: EntityStore<ReservedUnits, never>;
}
