/** Part of the keys of one kind of entities: after `first`, before `end`. */
export interface KeySlice {
  readonly first: string;
  readonly end: string;
}

/** Keys are told apart by the first eight digits of their guids, which are random. */
const SPACE = 2 ** 32;
const FIRST_WIDTH = SPACE / 64;
/** Rows that one answer of table storage holds. */
const WANTED_ROWS = 1000;
const MAX_GROWTH = 64;

/**
 * Cuts the keys of a kind into slices that hold about one answer's rows each, so that a list is read in
 * its order without the store having to sort all of it before it gives the first row, as Azurite does.
 * How full the store is shows with the first, narrow slice; a short list takes two.
 */
export class KeySlices {
  private position: number;
  private width = FIRST_WIDTH;
  private first: string;

  constructor(
    private readonly kind: string,
    afterGuid: string | undefined,
  ) {
    this.position = afterGuid === undefined ? 0 : Number.parseInt(afterGuid.slice(0, 8), 16);
    this.first = `${kind}!${afterGuid ?? ""}`;
  }

  /** The next slice; undefined when there is none. `found` is how many rows the one before had. */
  next(found?: number): KeySlice | undefined {
    if (this.position >= SPACE) return undefined;
    if (found !== undefined) {
      this.width *= Math.min(MAX_GROWTH, WANTED_ROWS / Math.max(found, 1));
    }
    const end = Math.min(SPACE, Math.ceil(this.position + this.width));
    const first = this.first;
    // A key that is just the digits comes before every guid that begins with them.
    this.first = `${this.kind}!${end.toString(16).padStart(8, "0")}`;
    this.position = end;
    return { first, end: end >= SPACE ? `${this.kind}"` : this.first };
  }
}
