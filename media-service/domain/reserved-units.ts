import { InvalidInputError } from "./errors";

/** Media Services v2, "EncodingReservedUnitType": what a client has reserved for encoding. */
export interface ReservedUnits {
  readonly id: string;
  /** 0 S1, 1 S2, 2 S3. */
  readonly type: number;
  readonly current: number;
}

/** Units that one account can reserve (Media Services v2, "Quotas and limitations"). */
export const MAX_RESERVED_UNITS = 25;

const LARGEST_TYPE = 2;

/**
 * Checks what a client wants to reserve.
 *
 * @throws InvalidInputError naming the property.
 */
export function checkReservedUnits({ type, current }: Omit<ReservedUnits, "id">): void {
  if (!Number.isInteger(type) || type < 0 || type > LARGEST_TYPE) {
    throw new InvalidInputError(`ReservedUnitType must be 0, 1 or 2, not ${type}`);
  }
  if (!Number.isInteger(current) || current < 0 || current > MAX_RESERVED_UNITS) {
    throw new InvalidInputError(
      `CurrentReservedUnits: the account can only reserve up to ${MAX_RESERVED_UNITS} units, not ${current}`,
    );
  }
}
