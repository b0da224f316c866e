import assert from "node:assert";
import type { Operation, OperationType, ResourceState } from "./resource-state";

/** One change of a snapshot. Keys are numbers: first the checkpoint's resources in order, then new ones. */
export type SnapshotChange =
  /** A resource of the checkpoint that the program registered again as it is. */
  | { kind: "keep"; key: number }
  /** A new record, in place of an old one if it says so. */
  | { kind: "put"; key: number; state: ResourceState; replaces?: number }
  /** New content at the same place. */
  | { kind: "set"; key: number; state: ResourceState }
  | { kind: "drop"; key: number }
  | { kind: "rename"; from: string; to: string }
  | { kind: "begin"; operation: number; type: OperationType; state: ResourceState }
  | { kind: "end"; operation: number };

/**
 * A stack's resources while a run changes them: what the run has registered so far, in that order,
 * then what is left of the checkpoint. So each resource comes after those that it depends on.
 */
export class Snapshot {
  private readonly states = new Map<number, ResourceState>();
  private readonly registered = new Set<number>();
  private readonly left = new Set<number>();
  private readonly running = new Map<number, Operation>();
  private readonly renames = new Map<string, string>();

  /** Begins with a checkpoint: its resources and operations get keys from 0, in their order. */
  constructor(base: readonly ResourceState[], operations: readonly Operation[] = []) {
    base.forEach((state, key) => {
      this.states.set(key, state);
      this.left.add(key);
    });
    operations.forEach((operation, key) => this.running.set(key, operation));
  }

  /** Applies one change. */
  apply(change: SnapshotChange): void {
    switch (change.kind) {
      case "keep":
        this.left.delete(change.key);
        this.registered.add(change.key);
        break;
      case "put":
        this.states.set(change.key, change.state);
        this.registered.add(change.key);
        if (change.replaces !== undefined) this.drop(change.replaces);
        break;
      case "set":
        assert(this.states.has(change.key), "a change of a resource that is not in the snapshot");
        this.states.set(change.key, change.state);
        break;
      case "drop":
        this.drop(change.key);
        break;
      case "rename":
        this.renames.set(change.from, change.to);
        break;
      case "begin":
        this.running.set(change.operation, { resource: change.state, type: change.type });
        break;
      case "end":
        this.running.delete(change.operation);
        break;
    }
  }

  /** The resources, each after those that it depends on. */
  resources(): ResourceState[] {
    const inOrder = [...this.registered].map((key) => this.stateOf(key));
    const rest = [...this.left].map((key) => this.renamed(this.stateOf(key)));
    return [...inOrder, ...rest];
  }

  /** The steps that have begun and not ended. */
  operations(): Operation[] {
    return [...this.running.values()];
  }

  private drop(key: number): void {
    this.left.delete(key);
    this.registered.delete(key);
    this.states.delete(key);
  }

  private stateOf(key: number): ResourceState {
    const state = this.states.get(key);
    assert(state !== undefined, "the snapshot lists a resource that it does not hold");
    return state;
  }

  /** What refers to a resource by a name that it had before goes on referring to it. */
  private renamed(state: ResourceState): ResourceState {
    if (this.renames.size === 0) return state;
    const now = (urn: string): string => this.renames.get(urn) ?? urn;
    const result: ResourceState = { ...state };
    if (state.parent !== undefined) result.parent = now(state.parent);
    if (state.deletedWith !== undefined) result.deletedWith = now(state.deletedWith);
    if (state.provider !== undefined) result.provider = renamedReference(state.provider, now);
    if (state.dependencies !== undefined) result.dependencies = state.dependencies.map(now);
    if (state.propertyDependencies !== undefined) {
      result.propertyDependencies = Object.fromEntries(
        Object.entries(state.propertyDependencies).map(([key, urns]) => [key, urns.map(now)]),
      );
    }
    return result;
  }
}

function renamedReference(reference: string, now: (urn: string) => string): string {
  const split = reference.lastIndexOf("::");
  return `${now(reference.slice(0, split))}${reference.slice(split)}`;
}
