import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { operations as accessPolicy } from "../../dynamic-providers/operations/access-policy";
import { operations as assetCopy } from "../../dynamic-providers/operations/asset-copy";
import { operations as assetFiles } from "../../dynamic-providers/operations/asset-files";
import { operations as encodingJob } from "../../dynamic-providers/operations/encoding-job";
import type { AccountConnection } from "../../dynamic-providers/operations/media-services-client/account-connection";
import { operations as mezzanineAsset } from "../../dynamic-providers/operations/mezzanine-asset";
import { operations as replicaAsset } from "../../dynamic-providers/operations/replica-asset";
import {
  PartialFailure,
  type ResourceOperations,
} from "../../dynamic-providers/operations/resource-operations";
import { operations as streamingEndpoint } from "../../dynamic-providers/operations/streaming-endpoint";
import { operations as streamingLocator } from "../../dynamic-providers/operations/streaming-locator";

type Bag = Record<string, unknown>;

/** One video's way from an account to another. */
export interface ChainOptions {
  readonly a: AccountConnection;
  readonly b: AccountConnection;
  readonly name: string;
  readonly file: string;
  /** What the engine's state is to a stack: written after every step, never during one. */
  readonly stateFile: string;
  /** Hears of every step: that it begins, that its work is done, that the state holds it. */
  readonly observe?: (event: ChainEvent, step: StepName, action: StepAction) => void;
}

/** A point in a step's course. */
export type ChainEvent = "begin" | "made" | "end";

/** What was done in a step. */
export type StepAction = "create" | "update" | "replace" | "same";

type Outs = Readonly<Record<StepName, Bag>>;
type State = Partial<Record<StepName, { id: string; outs: Bag; failed?: boolean }>>;

/** The steps in their order. */
export const STEPS = [
  "endpointA",
  "endpointB",
  "policyA",
  "policyB",
  "mezzanine",
  "encoding",
  "locatorA",
  "replica",
  "copy",
  "files",
  "locatorB",
] as const;

/** A step's name. */
export type StepName = (typeof STEPS)[number];

const OPERATIONS: Readonly<Record<StepName, unknown>> = {
  endpointA: streamingEndpoint,
  endpointB: streamingEndpoint,
  policyA: accessPolicy,
  policyB: accessPolicy,
  mezzanine: mezzanineAsset,
  encoding: encodingJob,
  locatorA: streamingLocator,
  replica: replicaAsset,
  copy: assetCopy,
  files: assetFiles,
  locatorB: streamingLocator,
};

const policy = (account: AccountConnection, { name }: ChainOptions): Bag => ({
  account,
  name: `${name}-viewing`,
  durationMinutes: 90 * 1_440,
  permissions: 1,
});

const INPUTS: Readonly<Record<StepName, (options: ChainOptions, outs: Outs) => Bag>> = {
  endpointA: ({ a }) => ({ account: a, name: "default" }),
  endpointB: ({ b }) => ({ account: b, name: "default" }),
  policyA: (options) => policy(options.a, options),
  policyB: (options) => policy(options.b, options),
  mezzanine: ({ a, name, file }) => ({ account: a, name: `${name}-mezzanine`, file }),
  encoding: ({ a, name }, { mezzanine }) => ({
    account: a,
    name: `${name}-encoding`,
    inputAssetId: mezzanine["assetId"],
    inputSha256: mezzanine["contentSha256"],
    preset: "Adaptive Streaming",
    outputAssetName: `${name}-encoded`,
  }),
  locatorA: ({ a }, { encoding, policyA }) => ({
    account: a,
    assetId: encoding["outputAssetId"],
    accessPolicyId: policyA["policyId"],
    ismFileName: encoding["ismFileName"],
  }),
  replica: ({ b }, { encoding }) => ({
    account: b,
    name: encoding["container"],
    sourceAssetOptions: encoding["outputAssetOptions"],
  }),
  copy: ({ a, b }, { encoding, replica }) => ({
    source: a,
    target: b,
    sourceAssetId: encoding["outputAssetId"],
    targetAssetId: replica["assetId"],
    sourceTag: encoding["contentTag"],
  }),
  files: ({ b }, { encoding, replica, copy }) => ({
    account: b,
    assetId: replica["assetId"],
    primaryFileName: encoding["ismFileName"],
    contentDigest: copy["contentDigest"],
  }),
  locatorB: ({ b }, { encoding, replica, policyB, locatorA }) => ({
    account: b,
    assetId: replica["assetId"],
    accessPolicyId: policyB["policyId"],
    ismFileName: encoding["ismFileName"],
    locatorId: locatorA["locatorId"],
    startTime: locatorA["startTime"],
    expirationDateTime: locatorA["expirationDateTime"],
  }),
};

/** Brings the chain to its end as an engine does: check, diff, then create, update or replace. */
export async function runChain(options: ChainOptions): Promise<Outs> {
  const state = readState(options);
  const replaced: (() => Promise<void>)[] = [];
  for (const step of STEPS) {
    const old = state[step];
    const inputs = await checkedInputs(step, options, state);
    const action = await actionOf(step, old, inputs);
    const tell = tellOf(options, step, action);
    tell("begin");
    try {
      const now = await carryOut(step, action, { old, inputs });
      if (now !== undefined) state[step] = now;
      tell("made");
    } catch (error) {
      if (error instanceof PartialFailure) {
        state[step] = { id: error.id, outs: error.properties as Bag, failed: true };
      }
      throw error;
    } finally {
      writeState(options, state);
    }
    if (action === "replace" && old !== undefined) {
      replaced.unshift(() => operationsOf(step).delete(old.id, old.outs));
    }
    tell("end");
  }
  for (const remove of replaced) await remove();
  return outsOf(state);
}

function tellOf({ observe }: ChainOptions, step: StepName, action: StepAction) {
  return (event: ChainEvent): void => observe?.(event, step, action);
}

async function checkedInputs(step: StepName, options: ChainOptions, state: State): Promise<Bag> {
  const given = { ...INPUTS[step](options, outsOf(state)), version: 1 };
  const { inputs, failures } = await operationsOf(step).check({}, given);
  if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("; "));
  return inputs;
}

async function carryOut(
  step: StepName,
  action: StepAction,
  { old, inputs }: { old: State[StepName]; inputs: Bag },
): Promise<State[StepName]> {
  const operations = operationsOf(step);
  if (action === "create" || action === "replace") return operations.create(inputs);
  if (action === "same" || old === undefined) return undefined;
  return { id: old.id, ...(await operations.update(old.id, old.outs, inputs)) };
}

function outsOf(state: State): Outs {
  return Object.fromEntries(STEPS.map((step) => [step, state[step]?.outs])) as unknown as Outs;
}

/** Looks at what is really there, as a refresh does; answers the steps whose resource is gone. */
export async function refreshChain(options: ChainOptions): Promise<StepName[]> {
  const state = readState(options);
  const gone: StepName[] = [];
  for (const step of STEPS) {
    const old = state[step];
    if (old === undefined) continue;
    const { id, props } = await operationsOf(step).read(old.id, old.outs);
    if (id === "" || props === undefined) {
      gone.push(step);
      Reflect.deleteProperty(state, step);
    } else {
      state[step] = { id, outs: props };
    }
  }
  writeState(options, state);
  return gone;
}

/** Removes everything, last step first. */
export async function destroyChain(options: ChainOptions): Promise<void> {
  const state = readState(options);
  for (const step of [...STEPS].reverse()) {
    const old = state[step];
    if (old === undefined) continue;
    await operationsOf(step).delete(old.id, old.outs);
    Reflect.deleteProperty(state, step);
    writeState(options, state);
  }
}

async function actionOf(step: StepName, old: State[StepName], inputs: Bag): Promise<StepAction> {
  if (old === undefined) return "create";
  const diff = await operationsOf(step).diff(old.id, old.outs, inputs);
  if ((diff.replaces?.length ?? 0) > 0) return "replace";
  return diff.changes || old.failed === true ? "update" : "same";
}

function operationsOf(step: StepName): ResourceOperations<Bag, Bag> {
  return OPERATIONS[step] as ResourceOperations<Bag, Bag>;
}

function readState({ stateFile }: ChainOptions): State {
  return existsSync(stateFile) ? (JSON.parse(readFileSync(stateFile, "utf8")) as State) : {};
}

function writeState({ stateFile }: ChainOptions, state: State): void {
  writeFileSync(`${stateFile}.new`, JSON.stringify(state));
  renameSync(`${stateFile}.new`, stateFile);
}
