import { randomUUID } from "node:crypto";
import { EngineError } from "../errors";
import type { Provider } from "../providers/provider";
import { DYNAMIC_PACKAGE, type ProviderHost } from "../providers/provider-host";
import type { ResourceState } from "../state/resource-state";
import {
  isDefaultProvider,
  isProviderType,
  makeUrn,
  PROVIDER_TYPE_PREFIX,
  providerReference,
  referencedUrn,
} from "../urn";
import { type PropertyMap, secretOf, UNKNOWN } from "../values/property-value";
import { carriedMembers, type Goal, stateOfGoal } from "./goal";
import { type RunContext, timestamp } from "./run-context";

/** The providers of a run: those that the program declares, and one default for each package. */
export class ProviderRegistry {
  private readonly defaults = new Map<string, Promise<string>>();
  private readonly ready = new Map<string, Promise<Provider>>();
  private readonly warmed = new Map<string, Promise<Provider>>();

  constructor(
    private readonly context: RunContext,
    private readonly host: ProviderHost,
    private readonly engineAddress: string,
  ) {}

  /** Starts, while the program still loads, the default providers that the checkpoint knows. */
  warmUp(): void {
    for (const state of this.context.ledger.base) {
      if (!isDefaultProvider(state.urn)) continue;
      const starting = this.start(packageOf(state));
      starting.catch(() => undefined); // whoever asks for it gets the error
      this.warmed.set(state.urn, starting);
    }
  }

  /** The reference to the provider that serves a token's package unless a resource names one. */
  defaultFor(token: string, version: string): Promise<string> {
    const packageName = (token.split(":")[0] ?? "").split("/")[0] ?? "";
    const { project, stack } = this.context;
    const name = version === "" ? "default" : `default_${version.replace(/[^0-9A-Za-z]/g, "_")}`;
    const type = PROVIDER_TYPE_PREFIX + packageName;
    const urn = makeUrn({ stack, project, type, name });
    const known = this.defaults.get(urn);
    if (known !== undefined) return known;
    const registering = this.registerDefault({ urn, type, version }, packageName);
    this.defaults.set(urn, registering);
    return registering;
  }

  /** A provider by reference: of this run, or else as the checkpoint describes it. */
  byReference(reference: string): Promise<Provider> {
    const urn = referencedUrn(reference);
    const known = this.ready.get(urn);
    if (known !== undefined) return known;
    const opening = this.openFromCheckpoint(urn, reference);
    this.ready.set(urn, opening);
    return opening;
  }

  /** Registers a provider, which is a resource of its own. */
  async register(goal: Goal): Promise<ResourceState> {
    const { book, preview } = this.context;
    const old = book.findOld(goal.urn, goal.aliases);
    const provider = await this.started(goal.urn, goal.type.slice(PROVIDER_TYPE_PREFIX.length));
    const checked = await provider.checkConfig(goal.urn, old?.inputs ?? {}, versioned(goal));
    const inputs = withInternal(checked, goal.version, old);
    const diff = old && (await provider.diffConfig(old, inputs));
    const kept = diff?.replaces.length === 0 ? old : undefined;
    const id = kept?.id ?? newId(preview);
    await provider.configure(goal.urn, id, inputs);
    this.ready.set(goal.urn, Promise.resolve(provider));
    const state: ResourceState = { ...stateOfGoal(goal, inputs), id, outputs: inputs };
    if (kept === undefined) this.recordNew(state, old);
    else this.recordOld(state, kept, diff?.changed === true);
    return state;
  }

  private recordNew(state: ResourceState, old: ResourceState | undefined): void {
    const { book, ledger, steps } = this.context;
    Object.assign(state, { created: timestamp(), modified: timestamp() });
    book.add(state);
    if (old !== undefined) {
      old.delete = true; // resources that it made still need it
      ledger.changed(old);
    }
    const op = old === undefined ? "create" : "replace";
    steps.tell({ op, state, ...(old === undefined ? {} : { old }) });
  }

  private recordOld(state: ResourceState, old: ResourceState, changed: boolean): void {
    const { book, steps } = this.context;
    Object.assign(state, carriedMembers(old));
    if (changed) {
      state.modified = timestamp();
      book.add(state, old);
    } else {
      Object.assign(state, { inputs: old.inputs, outputs: old.outputs });
      book.carry(old, state);
    }
    steps.tell({ op: changed ? "update" : "same", state, old });
  }

  private async registerDefault(
    { urn, type, version }: { urn: string; type: string; version: string },
    packageName: string,
  ): Promise<string> {
    this.context.book.claim(urn);
    const state = await this.register({
      urn,
      type,
      version,
      custom: true,
      inputs: this.configOf(packageName),
      aliases: [],
      protect: false,
      dependencies: [],
      propertyDependencies: {},
      additionalSecretOutputs: [],
      ignoreChanges: [],
      replaceOnChanges: [],
      retainOnDelete: false,
      deletedWith: "",
    });
    return providerReference(urn, state.id ?? UNKNOWN);
  }

  /** A package's own configuration; dynamic resources are given all of it, under full keys. */
  private configOf(packageName: string): PropertyMap {
    const { values, secretKeys } = this.context.config;
    const inputs: PropertyMap = {};
    for (const [key, text] of Object.entries(values)) {
      const value = secretKeys.includes(key) ? secretOf(text) : text;
      const colon = key.indexOf(":");
      if (packageName === DYNAMIC_PACKAGE) inputs[key] = value;
      else if (key.slice(0, colon) === packageName) inputs[key.slice(colon + 1)] = value;
    }
    return inputs;
  }

  private async openFromCheckpoint(urn: string, reference: string): Promise<Provider> {
    const state = this.context.ledger.base.find((candidate) => candidate.urn === urn);
    if (state === undefined || !isProviderType(state.type)) {
      throw new EngineError("corrupt-state", `there is no provider ${reference} in the state`);
    }
    const provider = await this.started(urn, packageOf(state));
    await provider.configure(urn, state.id ?? "", state.inputs ?? {});
    return provider;
  }

  private started(urn: string, packageName: string): Promise<Provider> {
    const warm = this.warmed.get(urn);
    this.warmed.delete(urn);
    return warm ?? this.start(packageName);
  }

  private start(packageName: string): Promise<Provider> {
    return this.host.start(packageName, this.engineAddress);
  }
}

function packageOf(state: ResourceState): string {
  return state.type.slice(PROVIDER_TYPE_PREFIX.length);
}

function newId(preview: boolean): string {
  return preview ? UNKNOWN : randomUUID();
}

function versioned({ inputs, version }: Goal): PropertyMap {
  return version === "" ? inputs : { ...inputs, version };
}

/** A versioned provider has a note of the official CLI's among its inputs. */
function withInternal(
  inputs: PropertyMap,
  version: string,
  old: ResourceState | undefined,
): PropertyMap {
  if (version === "") return inputs;
  return { ...inputs, __internal: old?.inputs?.["__internal"] ?? {} };
}
