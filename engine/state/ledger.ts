import assert from "node:assert";
import { Journal } from "./journal";
import type { Operation, OperationType, ResourceState } from "./resource-state";
import { Snapshot, type SnapshotChange } from "./snapshot";
import type { StackState } from "./stack-state";

/** A step under way, to be ended by {@link Ledger.end}. */
export interface OpenOperation {
  readonly key: number;
}

/**
 * What a run does to a stack's state, noted as it happens: in memory, and, unless the run is a
 * preview, in a journal on disk. A step is noted before it begins and after it has ended.
 */
export class Ledger {
  /** The resources that the run began with. */
  readonly base: readonly ResourceState[];
  private readonly keys = new Map<ResourceState, number>();
  private readonly settled = new Set<ResourceState>();
  private readonly snapshot: Snapshot;
  private readonly journal: Journal | undefined;
  private readonly interrupted: Map<string, number>;
  /** Whether anything but finding resources as they were has happened. */
  private touched = false;
  private nextKey: number;
  private nextOperation: number;

  constructor(
    private readonly state: StackState,
    { readOnly, journalFile }: { readOnly: boolean; journalFile: string },
  ) {
    this.base = state.resources;
    this.base.forEach((resource, key) => this.keys.set(resource, key));
    this.nextKey = this.base.length;
    this.nextOperation = state.interrupted.length;
    this.interrupted = new Map(
      state.interrupted.map(({ resource }, key): [string, number] => [resource.urn, key]),
    );
    this.snapshot = new Snapshot(this.base, state.interrupted);
    if (!readOnly) this.journal = new Journal(journalFile, state.digest);
  }

  /** Whether a resource of the base was carried over, replaced or dropped in this run. */
  isSettled(resource: ResourceState): boolean {
    return this.settled.has(resource);
  }

  /** The base's resources that the run has not come upon. */
  unsettled(): ResourceState[] {
    return this.base.filter((resource) => !this.settled.has(resource));
  }

  /** Carries a resource of the base over: as it is if nothing about it changed. */
  carry(old: ResourceState, now: ResourceState): void {
    const sealed = this.state.sealed(now);
    const same = JSON.stringify(sealed) === JSON.stringify(this.state.sealed(old));
    if (!same) {
      this.put(now, old);
      return;
    }
    Object.assign(now, old); // one copy in memory of what is equal
    this.settled.add(old);
    this.keys.set(now, this.keyOf(old));
    this.note({ kind: "keep", key: this.keyOf(old) });
    this.snapshot.apply({ kind: "set", key: this.keyOf(old), state: now });
  }

  /** Adds a resource, in place of one of the base if given. */
  put(resource: ResourceState, replaces?: ResourceState): void {
    const key = this.nextKey++;
    this.keys.set(resource, key);
    const place = replaces === undefined ? {} : { replaces: this.keyOf(replaces) };
    if (replaces !== undefined) this.settled.add(replaces);
    this.note({ kind: "put", key, state: resource, ...place }, resource);
  }

  /** Notes that a resource's content was changed in place. */
  changed(resource: ResourceState): void {
    this.note({ kind: "set", key: this.keyOf(resource), state: resource }, resource);
  }

  /** Takes a resource out. */
  drop(resource: ResourceState): void {
    this.settled.add(resource);
    this.note({ kind: "drop", key: this.keyOf(resource) });
  }

  /** References to a URN of the base go to another one from now on. */
  rename(from: string, to: string): void {
    this.note({ kind: "rename", from, to });
  }

  /** Notes, durably, that a step begins. */
  async begin(resource: ResourceState, type: OperationType): Promise<OpenOperation> {
    const key = this.nextOperation++;
    this.note({ kind: "begin", operation: key, type, state: { ...resource } }, resource);
    await this.sync();
    return { key };
  }

  /** Notes, durably, that a step has ended, and what came of it. */
  async end({ key }: OpenOperation): Promise<void> {
    this.note({ kind: "end", operation: key });
    await this.sync();
  }

  /** An earlier run's creation of this resource is no longer in doubt. */
  resolveInterrupted(urn: string): void {
    const key = this.interrupted.get(urn);
    if (key === undefined) return;
    this.interrupted.delete(urn);
    this.note({ kind: "end", operation: key });
  }

  /** The state as the run has made it so far. */
  resources(): ResourceState[] {
    return this.snapshot.resources();
  }

  /** Steps whose outcome is not known. */
  operations(): Operation[] {
    return this.snapshot.operations();
  }

  /** Makes all that was noted durable. */
  async sync(): Promise<void> {
    await this.journal?.sync();
  }

  /** Writes the checkpoint, unless nothing happened; the journal is not needed any more. */
  async close(): Promise<void> {
    if (this.journal === undefined) return;
    await this.journal.close();
    if (this.touched) this.state.write(this.resources(), this.operations());
    else this.state.keep();
  }

  private keyOf(resource: ResourceState): number {
    const key = this.keys.get(resource);
    assert(key !== undefined, `the ledger does not know ${resource.urn}`);
    return key;
  }

  /** Applies a change, and appends it to the journal with its secrets sealed. */
  private note(change: SnapshotChange, resource?: ResourceState): void {
    this.snapshot.apply(change);
    if (change.kind !== "keep") this.touched = true;
    if (this.journal === undefined) return;
    const sealed = resource === undefined ? {} : { state: this.state.sealed(resource) };
    this.journal.append({ ...change, ...sealed });
  }
}
