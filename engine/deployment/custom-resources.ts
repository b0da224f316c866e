import { EngineError } from "../errors";
import type { Provider } from "../providers/provider";
import type { ProviderDiff } from "../providers/provider-diff";
import { InitError, ProviderGoneError } from "../providers/provider-errors";
import type { OperationType, ResourceState } from "../state/resource-state";
import { isDefaultProvider, isUnknownReference, nameOf, referencedUrn } from "../urn";
import { changedPaths, diffProperties, equal, type PathStep } from "../values/property-diff";
import { keepIgnored, overlaps, parsePath } from "../values/property-path";
import { type PropertyMap, UNKNOWN } from "../values/property-value";
import { withSecretOutputs } from "../values/secretness";
import type { Deletions } from "./deletions";
import type { StepOp } from "./events";
import { carriedMembers, type Goal, stateOfGoal } from "./goal";
import type { ProviderRegistry } from "./provider-registry";
import { type RunContext, timestamp } from "./run-context";

/** A resource on its way, with all that its step needs. */
interface Task {
  goal: Goal;
  provider: Provider;
  /** Without what its provider gives it. */
  state: ResourceState;
  inputs: PropertyMap;
}

/** How a resource comes to be created. */
interface Creation {
  op: StepOp;
  /** What was there in its place. */
  old?: ResourceState | undefined;
  /** Done in the same instant as the new resource is noted. */
  settle?: () => void;
}

/** Brings custom resources to what the program wants: creates, updates, replaces or leaves them. */
export class CustomResources {
  /** Dependents that go together with what they depend on, in a preview. */
  private readonly doomed = new Set<ResourceState>();

  constructor(
    private readonly context: RunContext,
    private readonly providers: ProviderRegistry,
    private readonly deletions: Deletions,
  ) {}

  /** Registers a resource. */
  async register(goal: Goal): Promise<ResourceState> {
    const old = this.context.book.findOld(goal.urn, goal.aliases);
    const reference = goal.provider ?? (await this.providers.defaultFor(goal.type, goal.version));
    const provider = await this.providers.byReference(reference);
    const begin = (inputs: PropertyMap): Task => ({
      goal,
      provider,
      inputs,
      state: stateOfGoal(goal, inputs, reference),
    });
    if (old !== undefined && isInPlace(old)) return this.change(begin, { goal, old, reference });

    const inputs = await provider.check(goal.urn, {}, goal.inputs);
    const op = old?.pendingReplacement === true ? "create-replacement" : "create";
    return this.create(begin(inputs), { op, old });
  }

  /** Brings a resource that exists to what the program wants. */
  private async change(
    begin: (inputs: PropertyMap) => Task,
    { goal, old, reference }: { goal: Goal; old: ResourceState; reference: string },
  ): Promise<ResourceState> {
    const { inputs: olds = {}, initErrors = [] } = old;
    const { provider } = begin(olds);
    const wanted = keepIgnored(goal.inputs, olds, goal.ignoreChanges);
    const inputs = await provider.check(goal.urn, olds, wanted);
    const diff = await provider.diff(old, inputs, goal.ignoreChanges);
    const replaces = this.replacingPaths({ goal, old, inputs, diff, reference });
    if (replaces !== undefined) {
      const fresh = await provider.check(goal.urn, {}, goal.inputs);
      return this.replace(begin(fresh), old, { ...diff, replaces });
    }
    if (diff.changed || initErrors.length > 0) return this.update(begin(inputs), old, diff);
    return this.same(begin(inputs), old);
  }

  /** What makes another resource of it, maybe nothing in particular; undefined if it can stay. */
  private replacingPaths(change: {
    goal: Goal;
    old: ResourceState;
    inputs: PropertyMap;
    diff: ProviderDiff;
    reference: string;
  }): PathStep[][] | undefined {
    const { goal, old, inputs, diff, reference } = change;
    const changed = diff.changed
      ? [...changedPaths(diffProperties(old.inputs ?? {}, inputs)), ...diff.reported]
      : [];
    const patterns = goal.replaceOnChanges.map(parsePath);
    const watched = changed.filter((path) => patterns.some((pattern) => overlaps(pattern, path)));
    const replaces = [...diff.replaces, ...watched];
    const must = old.taint === true || this.doomed.has(old) || movedProvider(old, reference);
    return must || replaces.length > 0 ? replaces : undefined;
  }

  private same({ state, inputs }: Task, old: ResourceState): ResourceState {
    Object.assign(state, carriedMembers(old), {
      id: old.id,
      inputs: equal(old.inputs, inputs) ? old.inputs : inputs,
      outputs: old.outputs,
    });
    this.context.book.carry(old, state);
    this.context.steps.tell({ op: "same", state, old });
    return state;
  }

  /** Creates a resource. */
  private create(task: Task, { op, old, settle }: Creation): Promise<ResourceState> {
    const { goal, provider, state, inputs } = task;
    const { book, ledger, preview } = this.context;
    const replaced = old !== undefined && !isInPlace(old) ? old : undefined;
    const note = (made: Partial<ResourceState>): void => {
      Object.assign(state, made, { created: timestamp(), modified: timestamp() });
      book.add(state, replaced);
      ledger.resolveInterrupted(state.urn);
      settle?.();
    };
    const request = { urn: goal.urn, inputs, timeouts: state.customTimeouts, preview };
    const step = { op, state, ...(old === undefined ? {} : { old }) };
    return this.context.steps.run(step, () =>
      this.pending(state, "creating", async () => {
        try {
          const made = await provider.create(request);
          note({ id: made.id || UNKNOWN, outputs: this.outputsOf(goal, made.outputs) });
        } catch (error) {
          if (error instanceof InitError) note(this.halfMade(goal, error));
          throw error;
        }
        return state;
      }),
    );
  }

  private update(task: Task, old: ResourceState, diff: ProviderDiff): Promise<ResourceState> {
    const { goal, provider, state, inputs } = task;
    const { book, preview } = this.context;
    Object.assign(state, carriedMembers(old), { id: old.id, outputs: old.outputs });
    const note = (made: Partial<ResourceState>): void => {
      Object.assign(state, made, { modified: timestamp() });
      book.add(state, old);
    };
    const { ignoreChanges } = goal;
    const request = { old, inputs, timeouts: state.customTimeouts, ignoreChanges, preview };
    const step = { op: "update", state, old, reported: diff.reported } as const;
    return this.context.steps.run(step, () =>
      this.pending(old, "updating", async () => {
        try {
          const outputs = await provider.update(request);
          note({ outputs: this.outputsOf(goal, outputs) });
        } catch (error) {
          if (error instanceof InitError) note(this.halfMade(goal, error));
          throw error;
        }
        return state;
      }),
    );
  }

  private async replace(
    task: Task,
    old: ResourceState,
    diff: ProviderDiff,
  ): Promise<ResourceState> {
    if (old.protect === true) {
      throw new EngineError(
        "invalid-input",
        `'${nameOf(old.urn)}' would be replaced, but it is protected: take \`protect\` off in the ` +
          "program and run `up` first",
      );
    }
    const { goal } = task;
    const { ledger, preview } = this.context;
    const deleteFirst = goal.deleteBeforeReplace ?? diff.deleteBeforeReplace;
    if (preview)
      return this.previewReplace(task, old, { ...diff, deleteBeforeReplace: deleteFirst });
    if (deleteFirst) {
      const dependents = await this.deletions.replacedWith(old);
      for (const state of [...dependents.reverse(), old]) {
        await this.deletions.deleteForReplacement(state);
      }
      return this.create(task, { op: "create-replacement", old });
    }
    const settle = (): void => {
      old.delete = true; // stays, after its successor, until it is deleted at the end
      ledger.changed(old);
    };
    return this.create(task, { op: "create-replacement", old, settle });
  }

  private async previewReplace(
    { goal, provider, state, inputs }: Task,
    old: ResourceState,
    diff: ProviderDiff,
  ): Promise<ResourceState> {
    if (diff.deleteBeforeReplace) {
      for (const dependent of await this.deletions.replacedWith(old)) this.doomed.add(dependent);
    }
    const { replaces, reported } = diff;
    return this.context.steps.run({ op: "replace", state, old, replaces, reported }, async () => {
      const request = { urn: goal.urn, inputs, timeouts: undefined, preview: true };
      const made = await provider.create(request);
      Object.assign(state, { id: UNKNOWN, outputs: this.outputsOf(goal, made.outputs) });
      this.context.book.add(state, old);
      return state;
    });
  }

  /** Does the work of a step between the notes that it has begun and that it has ended. */
  private async pending<T>(
    state: ResourceState,
    type: OperationType,
    work: () => Promise<T>,
  ): Promise<T> {
    const { ledger, preview } = this.context;
    if (preview) return work();
    const operation = await ledger.begin(state, type);
    try {
      const result = await work();
      await ledger.end(operation);
      return result;
    } catch (error) {
      // Nobody knows what a provider made that died while creating: the note stays.
      if (!(error instanceof ProviderGoneError && type === "creating")) await ledger.end(operation);
      throw error;
    }
  }

  private halfMade(goal: Goal, error: InitError): Partial<ResourceState> {
    const made = { outputs: this.outputsOf(goal, error.outputs), initErrors: error.reasons };
    return error.id === "" ? made : { id: error.id, ...made };
  }

  private outputsOf(goal: Goal, outputs: PropertyMap): PropertyMap {
    return withSecretOutputs(outputs, goal.additionalSecretOutputs);
  }
}

/** Whether there is a resource of the stack's own to go on from. */
function isInPlace({ external, pendingReplacement }: ResourceState): boolean {
  return external !== true && pendingReplacement !== true;
}

/** Whether a resource goes to another provider; a package's default ones are the same in this. */
function movedProvider({ provider }: ResourceState, reference: string): boolean {
  if (provider === undefined || provider === reference) return false;
  const [before, now] = [referencedUrn(provider), referencedUrn(reference)];
  if (isDefaultProvider(before) && isDefaultProvider(now)) return false;
  return before !== now || !isUnknownReference(reference);
}
