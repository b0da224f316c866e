import { EngineError } from "../errors";
import type { Ledger } from "../state/ledger";
import type { ResourceState } from "../state/resource-state";

/** Which resources a run has registered, and which of the checkpoint's they were before. */
export class ResourceBook {
  private readonly old = new Map<string, ResourceState>();
  private readonly claimed = new Set<string>();
  private readonly registered = new Map<string, ResourceState>();
  private readonly aliased = new Map<string, string>();

  constructor(private readonly ledger: Ledger) {
    for (const state of ledger.base) if (state.delete !== true) this.old.set(state.urn, state);
  }

  /** @throws EngineError when the program has registered the URN already. */
  claim(urn: string): void {
    if (this.claimed.has(urn)) {
      throw new EngineError(
        "invalid-input",
        `duplicate resource URN '${urn}'; give one of the two another name`,
      );
    }
    this.claimed.add(urn);
  }

  /** The checkpoint's resource of this URN, or of the first alias that has one. */
  findOld(urn: string, aliases: readonly string[] = []): ResourceState | undefined {
    for (const candidate of [urn, ...aliases]) {
      const state = this.old.get(candidate);
      if (state === undefined || this.ledger.isSettled(state)) continue;
      if (candidate !== urn) {
        this.aliased.set(urn, candidate);
        this.ledger.rename(candidate, urn);
      }
      return state;
    }
    return undefined;
  }

  /** The URN that a resource of this run had in the checkpoint, when it was another one. */
  formerUrn(urn: string): string | undefined {
    return this.aliased.get(urn);
  }

  /** A resource of the checkpoint, whatever has become of it. */
  base(urn: string): ResourceState | undefined {
    return this.ledger.base.find((state) => state.urn === urn && state.delete !== true);
  }

  /** A resource that this run has registered. */
  get(urn: string): ResourceState | undefined {
    return this.registered.get(urn);
  }

  /** Notes a new resource, in place of an old one if given. */
  add(state: ResourceState, replaces?: ResourceState): void {
    this.registered.set(state.urn, state);
    this.ledger.put(state, replaces);
  }

  /** Notes that a resource of the checkpoint goes on, as it is or with new metadata. */
  carry(old: ResourceState, state: ResourceState): void {
    this.registered.set(state.urn, state);
    this.ledger.carry(old, state);
  }
}
