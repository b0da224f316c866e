import type { EntityType } from "../odata/edm";
import type { ChangesetJournal } from "../services/changeset-journal";
import type { EntitySet } from "./entity-set";
import type { ApiFunction } from "./functions";

/** What a call can reach. */
export interface ApiModel {
  readonly sets: ReadonlyMap<string, EntitySet>;
  readonly functions: ReadonlyMap<string, ApiFunction>;
  /** The address of the API's root, with a slash at the end. */
  readonly root: () => string;
  readonly now: () => Date;
  /** Tells the operator of an error that a client gets no details of. */
  readonly report: (error: unknown) => void;
  /** The same, with ids made of guids that are drawn from elsewhere; of its own where there is none. */
  readonly drawing: (guid: () => string | undefined) => ApiModel;
  /** Where a changeset notes what it does. */
  readonly newJournal: () => ChangesetJournal;
  /** Changesets whose process died. */
  readonly abandonedChangesets: () => ReturnType<typeof ChangesetJournal.abandoned>;
}

/** Finds entity types by the name of their set. */
export function typeLookup(model: ApiModel): (setName: string) => EntityType | undefined {
  return (setName) => model.sets.get(setName)?.type;
}
