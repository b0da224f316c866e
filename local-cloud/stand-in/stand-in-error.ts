/** Nothing with this id is declared. */
export class NoResourceError extends Error {
  constructor(id: string) {
    super(`there is no resource ${id}`);
    this.name = "NoResourceError";
  }
}

/** A change that Azure would refuse. */
export class BadChangeError extends Error {
  override readonly name = "BadChangeError";
}
