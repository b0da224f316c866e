import type { ChangesetRecord, LastChange, Undo } from "../domain/changeset-record";
import {
  ConflictError,
  InvalidInputError,
  NotFoundError,
  UnavailableError,
} from "../domain/errors";
import { entityId } from "../domain/ids";
import type { Stored } from "../ports/entity-store";
import type { AccountDeps } from "./account-deps";

type JournalDeps = Pick<AccountDeps, "stores" | "clock" | "newGuid">;

/** A process that is silent for so long is taken for dead; a single change never takes as long. */
const SILENT_MILLISECONDS = 5 * 60_000;
/** An entity of a table holds 1 MiB, which is half as many characters. */
const MAX_CHARACTERS = 400_000;

/**
 * Notes in the store what a changeset is about to do, so that another process can end it when this one
 * dies: take everything back, or find it whole.
 */
export class ChangesetJournal {
  private constructor(
    private readonly deps: JournalDeps,
    private stored: Stored<ChangesetRecord> | undefined,
    private given = false,
  ) {}

  /** Nothing is written before the first note. */
  static for(deps: JournalDeps): ChangesetJournal {
    return new ChangesetJournal(deps, undefined);
  }

  /** Changesets that died, each taken over so that nobody else ends it. */
  static async *abandoned(
    deps: JournalDeps,
  ): AsyncIterable<{ readonly record: ChangesetRecord; readonly journal: ChangesetJournal }> {
    const now = deps.clock.now();
    for await (const stored of deps.stores.changesets.list()) {
      if (now.getTime() - stored.value.touched.getTime() < SILENT_MILLISECONDS) continue;
      const journal = new ChangesetJournal(deps, stored);
      if (await journal.take()) yield { record: stored.value, journal };
    }
  }

  /** Whether another process has taken the changeset over, and ends it. */
  get isTaken(): boolean {
    return this.given;
  }

  /** Notes how a change is taken back that is about to be made. */
  note(undo: Undo): Promise<void> {
    return this.write(({ undos }) => ({ undos: [...undos, undo] }));
  }

  /** Notes the change that can't be taken back; all others are made. */
  finish(last: LastChange): Promise<void> {
    return this.write(() => ({ last }));
  }

  /** All is made: from here on nobody takes anything back. */
  async complete(): Promise<void> {
    if (this.stored === undefined) return;
    await this.write(() => ({ done: true }));
    await this.forget();
  }

  /** All is taken back, or was found whole. */
  async forget(): Promise<void> {
    if (this.stored !== undefined) await this.deps.stores.changesets.delete(this.stored.value.id);
  }

  private async take(): Promise<boolean> {
    try {
      await this.write(() => ({}));
      return true;
    } catch (cause) {
      if (this.given) return false;
      throw cause;
    }
  }

  private async write(
    change: (record: ChangesetRecord) => Partial<ChangesetRecord>,
  ): Promise<void> {
    const { stores, clock, newGuid } = this.deps;
    const { changesets } = stores;
    const touched = clock.now();
    const before = this.stored?.value ?? {
      ...{ id: entityId("csid", newGuid()), begun: touched, touched },
      ...{ undos: [], last: null, done: false },
    };
    const record = { ...before, touched, ...change(before) };
    if (JSON.stringify([record.undos, record.last]).length > MAX_CHARACTERS) {
      throw new InvalidInputError(
        "The changeset changes too much to be taken back: send it as several",
      );
    }
    if (this.stored === undefined) {
      await changesets.insert(record);
      this.stored = await changesets.get(record.id);
      return;
    }
    try {
      this.stored = await changesets.replace(this.stored, record);
    } catch (cause) {
      if (!(cause instanceof ConflictError || cause instanceof NotFoundError)) throw cause;
      this.given = true;
      throw new UnavailableError("The changeset took too long and is taken back: try again", {
        cause,
      });
    }
  }
}
