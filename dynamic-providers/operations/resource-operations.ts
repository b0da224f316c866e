import type { AccountConnection } from "./media-services-client/account-connection";

/** What is wrong with an input, found before any work is done. */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** Whether and how a resource has to change. */
export interface DiffResult {
  readonly changes: boolean;
  /** Inputs that can only be changed by making the resource anew. */
  readonly replaces?: string[];
  /** The old one has to go first, because both can't exist at once. */
  readonly deleteBeforeReplace?: boolean;
}

/** Inputs that every resource in an account has. */
export interface AccountInputs {
  readonly account: AccountConnection;
  /** The form of the state that these operations write; newer code reads older forms. */
  readonly version: number;
}

/**
 * The code behind a dynamic resource's stubs; a module exports one as `operations`. Values that a
 * preview does not know yet reach `check` and `diff` as the text {@link UNKNOWN}.
 */
export interface ResourceOperations<I extends object, O extends object> {
  check(olds: Partial<I>, news: I): Promise<{ inputs: I; failures: CheckFailure[] }>;
  /** Compares what there is with what is wanted; times, logs and code are never a difference. */
  diff(id: string, olds: O, news: I): Promise<DiffResult>;
  /** Makes the resource, or takes up what a killed run made of it. */
  create(inputs: I): Promise<{ id: string; outs: O }>;
  /** Looks at what is really there; the id is empty when it is gone. */
  read(id: string, outs: O): Promise<{ id: string; props?: O }>;
  /** Changes what there is; returns all outputs. */
  update(id: string, olds: O, news: I): Promise<{ outs: O }>;
  /** Removes what this resource made, and nothing else; gone already is fine. */
  delete(id: string, outs: O): Promise<void>;
}

/** What a preview hands over in place of a value that only the deployment will know. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value, or anything inside it, is not known yet. */
export function isUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(isUnknown);
}

/**
 * A creation that made something before it failed. The message is for people; id and properties let
 * the engine keep what there is, so that the next run goes on with it or removes it.
 */
export class PartialFailure extends Error {
  constructor(
    cause: unknown,
    readonly id: string,
    readonly properties: object,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = "PartialFailure";
  }
}
