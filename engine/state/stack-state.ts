import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import type { SecretSealer } from "../secrets/secret-sealer";
import { type CheckpointFile, type Deployment, writeCheckpoint } from "./checkpoint-file";
import { type JournalContent, readJournal, setAside } from "./journal";
import { mapProperties, type Operation, pruned, type ResourceState } from "./resource-state";
import { Snapshot } from "./snapshot";

/** What opening a stack's state needs. */
export interface StackStateDeps {
  checkpointFile: string;
  journalFile: string;
  /** `organization/project/stack`. */
  stack: string;
  /** Opens what is on disk. */
  opener: SecretSealer;
  /** Seals what is written; another one than the opener when the stack's salt has changed. */
  sealer: SecretSealer;
  warn: (text: string) => void;
}

/** A stack's state as the last run left it, what an interrupted run had noted included. */
export class StackState {
  /** The resources, secrets opened. */
  resources: ResourceState[];
  /** Creations that earlier runs began and whose outcome is not known. */
  interrupted: Operation[];
  /** Digest of the checkpoint file; empty when there is none. */
  digest: string;
  /** What else the checkpoint holds. */
  private readonly previous: Deployment | undefined;
  /** Digest of the checkpoint's content, to see whether there is anything new to write. */
  private written: string;

  constructor(
    private readonly deps: StackStateDeps,
    file: CheckpointFile | undefined,
  ) {
    const { digest, latest } = file ?? { digest: "" };
    const { resources = [], pending_operations: operations = [], ...previous } = latest ?? {};
    if (latest !== undefined) this.previous = previous as Deployment;
    this.digest = digest;
    this.written = digestOfContent(resources, operations);

    const snapshot = new Snapshot(resources, operations);
    for (const change of this.usableJournal()?.changes ?? []) snapshot.apply(change);
    this.resources = snapshot.resources().map((state) => this.opened(state));
    this.interrupted = this.unresolved(snapshot.operations());
  }

  /** A resource as it is written to disk. */
  sealed(state: ResourceState): ResourceState {
    return mapProperties(pruned(state), (properties) => this.deps.sealer.seal(properties));
  }

  /** Writes the checkpoint, if it does not say the same already, and forgets the journal. */
  write(resources: ResourceState[], operations: Operation[]): void {
    this.resources = resources;
    this.interrupted = operations;
    const sealed = resources.map((state) => this.sealed(state));
    const pending = operations.map((operation) => ({
      resource: this.sealed(operation.resource),
      type: operation.type,
    }));
    const content = digestOfContent(sealed, pending);
    if (content !== this.written || this.digest === "") {
      this.digest = writeCheckpoint(this.deps.checkpointFile, {
        stack: this.deps.stack,
        salt: this.deps.sealer.crypter.salt,
        resources: sealed,
        operations: pending,
        ...(this.previous === undefined ? {} : { previous: this.previous }),
      });
      this.written = content;
    }
    this.keep();
  }

  /** Forgets the journal: the checkpoint says all that there is. */
  keep(): void {
    rmSync(this.deps.journalFile, { force: true });
  }

  private opened(state: ResourceState): ResourceState {
    return mapProperties(state, (properties) => this.deps.opener.unseal(properties));
  }

  /**
   * What an interrupted update or deletion left is still in the state, so that the next run deals
   * with it; what an interrupted creation made may be known to nobody.
   */
  private unresolved(operations: Operation[]): Operation[] {
    const known = new Set<string>();
    const creations = operations.filter(({ type, resource: { urn } }) => {
      if (type !== "creating") {
        this.deps.warn(`an earlier run was interrupted while ${type} ${urn}; it is tried again`);
        return false;
      }
      if (known.has(urn)) return false;
      known.add(urn);
      this.deps.warn(
        `an earlier run was interrupted while creating ${urn}. If the program still declares it, it ` +
          "is created again, and a dynamic resource then finds what the earlier try made; " +
          "otherwise see for yourself what is there, and `refresh --clear-pending-creates`",
      );
      return true;
    });
    return creations.map(({ type, resource }) => ({ type, resource: this.opened(resource) }));
  }

  private usableJournal(): JournalContent | undefined {
    const journal = readJournal(this.deps.journalFile);
    if (journal === undefined || journal.base === this.digest) return journal;
    const aside = setAside(this.deps.journalFile);
    this.deps.warn(
      "the checkpoint was changed after an earlier run of this engine was interrupted; what that " +
        `run noted last is kept in ${aside} and not used`,
    );
    return undefined;
  }
}

/** Resource by resource: the text of a large state as a whole would be as large as the state. */
function digestOfContent(resources: ResourceState[], operations: Operation[]): string {
  const hash = createHash("sha256");
  for (const resource of resources) hash.update(`${JSON.stringify(resource)}\n`);
  return hash.update(JSON.stringify(operations)).digest("hex");
}
