import { EngineError } from "../errors";
import type { ResourceState } from "../state/resource-state";
import { isProviderType, nameOf, referencedUrn } from "../urn";
import { UNKNOWN } from "../values/property-value";
import type { StepOp } from "./events";
import type { ProviderRegistry } from "./provider-registry";
import type { RunContext } from "./run-context";

/** Deletes resources, each after all those that depend on it. */
export class Deletions {
  constructor(
    private readonly context: RunContext,
    private readonly providers: ProviderRegistry,
  ) {}

  /** Deletes resources of the checkpoint that the program does not want any more. */
  async deleteAll(doomed: readonly ResourceState[]): Promise<void> {
    const { status } = this.context;
    const kept = doomed.filter((state) => state.protect === true && state.delete !== true);
    for (const state of kept) status.fail(protectedError(state), state.urn);
    if (kept.length > 0) return;

    const gone = new Set(doomed.map(({ urn }) => urn));
    const under = new Map<ResourceState, Promise<void>>();
    for (const state of [...doomed].reverse()) {
      const before = [...under].filter(([other]) => dependsOn(other, state));
      const done = Promise.all(before.map(([, deletion]) => deletion)).then(() =>
        this.deleteOne(state, gone),
      );
      under.set(state, done);
    }
    const deletions = [...under].map(async ([state, deletion]) => {
      try {
        await deletion;
      } catch (error) {
        status.fail(error, state.urn);
      }
    });
    await Promise.all(deletions);
  }

  /** Deletes a resource whose replacement is about to be created. */
  async deleteForReplacement(state: ResourceState): Promise<void> {
    await this.delete(state, { op: "delete-replaced", asks: asksProvider(state) }, () => {
      state.pendingReplacement = true;
      this.context.ledger.changed(state);
    });
  }

  /** What depends on a resource through an input whose change replaces it, in order. */
  async replacedWith(root: ResourceState): Promise<ResourceState[]> {
    const gone = new Set([root.urn]);
    const found: ResourceState[] = [];
    for (const state of this.context.ledger.unsettled()) {
      if (state === root || !asksProvider(state) || state.delete === true) continue;
      const keys = Object.entries(state.propertyDependencies ?? {})
        .filter(([, urns]) => urns.some((urn) => gone.has(urn)))
        .map(([key]) => key);
      if (keys.length === 0 || !(await this.isReplacedBy(state, keys))) continue;
      gone.add(state.urn);
      found.push(state);
    }
    return found;
  }

  private async isReplacedBy(state: ResourceState, keys: string[]): Promise<boolean> {
    const inputs = { ...state.inputs };
    for (const key of keys) inputs[key] = UNKNOWN;
    const provider = await this.providers.byReference(state.provider ?? "");
    return (await provider.diff(state, inputs, [])).replaces.length > 0;
  }

  private async deleteOne(state: ResourceState, gone: ReadonlySet<string>): Promise<void> {
    const op =
      state.external === true ? "discard" : state.delete === true ? "delete-replaced" : "delete";
    const withOther = state.deletedWith !== undefined && gone.has(state.deletedWith);
    await this.delete(state, { op, asks: asksProvider(state) && !withOther }, () => {
      this.context.ledger.drop(state);
    });
  }

  private delete(
    state: ResourceState,
    { op, asks }: { op: StepOp; asks: boolean },
    settle: () => void,
  ): Promise<void> {
    const { ledger, preview, steps } = this.context;
    return steps.run({ op, state, old: state }, async () => {
      if (preview || !asks) {
        settle();
        return;
      }
      const operation = await ledger.begin(state, "deleting");
      try {
        const provider = await this.providers.byReference(state.provider ?? "");
        await provider.delete(state);
        settle();
      } finally {
        await ledger.end(operation);
      }
    });
  }
}

function dependsOn(state: ResourceState, on: ResourceState): boolean {
  if (state.urn === on.urn) return false;
  return (
    state.parent === on.urn ||
    state.deletedWith === on.urn ||
    (state.dependencies ?? []).includes(on.urn) ||
    referencedUrn(state.provider ?? "") === on.urn
  );
}

/** Whether deleting it is its provider's business. */
function asksProvider(state: ResourceState): boolean {
  const isKept = state.external === true || state.retainOnDelete === true;
  return (
    state.custom && !isKept && state.pendingReplacement !== true && !isProviderType(state.type)
  );
}

function protectedError(state: ResourceState): EngineError {
  return new EngineError(
    "invalid-input",
    `'${nameOf(state.urn)}' (${state.type}) can't be deleted: it is protected. Take \`protect\` off in ` +
      "the program and run `up` first.",
  );
}
