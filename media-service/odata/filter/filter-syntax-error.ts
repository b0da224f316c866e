import { InvalidInputError } from "../../domain/errors";

/** A filter that can't be read, with the place where that was seen. */
export class FilterSyntaxError extends InvalidInputError {
  constructor(problem: string, position: number) {
    super(`$filter: ${problem} at position ${position}`);
  }
}
