import { UnavailableError } from "../../domain/errors";

/**
 * The error for an encoder process that something else ended: most often the system, short of memory.
 * The input need not be to blame, so the job is worth another try.
 */
export function endedEarly(name: string, how: string, said = ""): UnavailableError {
  const detail = said === "" ? "" : `: ${said}`;
  return new UnavailableError(
    `the encoder ${name} was ended early (${how}); the machine may be short of memory${detail}`,
  );
}
