/** Something about the stack or its surroundings stands in the way; the message says what to do. */
export class DrillError extends Error {
  override name = "DrillError";
}
