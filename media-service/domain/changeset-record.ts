/** How one change of a changeset is taken back; plain values, which a store can keep. */
export type Undo =
  /** Deletes what was made. */
  | { readonly kind: "made"; readonly set: string; readonly id: string }
  /** Gives properties the values that they had; dates are kept as {@link KeptDate}. */
  | {
      readonly kind: "changed";
      readonly set: string;
      readonly id: string;
      readonly before: Readonly<Record<string, unknown>>;
    }
  /** Takes a link away that was made, or makes one that was taken away. */
  | {
      readonly kind: "linked" | "unlinked";
      readonly set: string;
      readonly id: string;
      readonly property: string;
      readonly targetId: string;
    };

/** A date among values that are kept as JSON. */
export interface KeptDate {
  readonly $date: string;
}

/**
 * The change of a changeset that can't be taken back. Whether it was made shows by what it makes; what makes
 * nothing is asked for again.
 */
export type LastChange =
  | { readonly kind: "made"; readonly set: string; readonly id: string }
  | {
      readonly kind: "asked";
      readonly method: string;
      readonly path: string;
      readonly query: string;
      readonly contentType: string;
      readonly body: string;
    };

/** What is known of a changeset while it is carried out, so that another process can end it. */
export interface ChangesetRecord {
  readonly id: string;
  readonly begun: Date;
  /** When whoever carries it out was last heard of. */
  readonly touched: Date;
  /** In the order of the changes; each is noted before its change is made. */
  readonly undos: readonly Undo[];
  /** Noted when all others are made, before it is. */
  readonly last: LastChange | null;
  /** All of it is made. */
  readonly done: boolean;
}
