import { type AccessPolicy, Permission } from "./access-policy";
import { InvalidInputError } from "./errors";

/** Media Services v2, "Locator": an entry point to an asset's files. */
export interface Locator {
  readonly id: string;
  readonly name: string | null;
  /** One of {@link LocatorType}. */
  readonly type: number;
  readonly accessPolicyId: string;
  readonly assetId: string;
  readonly startTime: Date | null;
  readonly expirationDateTime: Date;
  /** Flags of the access policy when the locator was made. */
  readonly permissions: number;
  /** The asset's container. */
  readonly container: string;
}

/** What is remembered of an origin locator that was deleted: its viewers are told so. */
export interface DeletedLocator {
  readonly id: string;
  readonly deletedAt: Date;
}

/** Values of a locator's Type. */
export const LocatorType = { none: 0, sas: 1, onDemandOrigin: 2 } as const;

/** Locators that one asset can have at a time (Media Services v2, "Quotas and limitations"). */
export const MAX_LOCATORS_PER_ASSET = 5;

const MAX_NAME_LENGTH = 4000;
const MILLISECONDS_PER_MINUTE = 60_000;
const MINUTES_PER_DAY = 1440;
const LATEST = new Date("9999-12-31T23:59:59.000Z");

/**
 * Checks that a locator of this type can be made with this policy.
 *
 * @throws InvalidInputError saying what does not fit.
 */
export function checkLocator(
  locator: Pick<Locator, "type" | "name">,
  policy: Pick<AccessPolicy, "permissions">,
): void {
  const { type, name } = locator;
  if (type !== LocatorType.sas && type !== LocatorType.onDemandOrigin) {
    throw new InvalidInputError(`Type must be 1 (SAS) or 2 (OnDemandOrigin), not ${type}`);
  }
  if ((name?.length ?? 0) > MAX_NAME_LENGTH) {
    throw new InvalidInputError(`Name may have at most ${MAX_NAME_LENGTH} characters`);
  }
  const changing = Permission.write | Permission.delete;
  if (type === LocatorType.onDemandOrigin && (policy.permissions & changing) !== 0) {
    throw new InvalidInputError(
      "An OnDemandOrigin locator needs an access policy without Write and Delete permissions",
    );
  }
  if (type === LocatorType.sas && policy.permissions === Permission.none) {
    throw new InvalidInputError("A SAS locator needs an access policy with permissions");
  }
}

/**
 * Checks that a SAS locator does not outlive what the store's signatures can.
 *
 * @throws InvalidInputError saying why, and what to do instead.
 */
export function checkSasLife(
  { type, expirationDateTime }: Pick<Locator, "type" | "expirationDateTime">,
  now: Date,
  longestLifeMs: number | undefined,
): void {
  if (type !== LocatorType.sas || longestLifeMs === undefined) return;
  if (expirationDateTime.getTime() - now.getTime() <= longestLifeMs) return;
  const days = longestLifeMs / MILLISECONDS_PER_MINUTE / MINUTES_PER_DAY;
  throw new InvalidInputError(
    `A SAS locator of this account can end at most ${days} days from now, and this one would end at ` +
      `${expirationDateTime.toISOString()}: the account has no storage key, and Azure Storage signs ` +
      `for an identity no longer than that. Take an access policy of at most ` +
      `${days * MINUTES_PER_DAY} minutes and make another locator when it ends, or an OnDemandOrigin locator`,
  );
}

/** When a locator ends: its start, or now, plus the policy's duration. */
export function locatorExpiry(from: Date, durationMinutes: number): Date {
  const time = from.getTime() + durationMinutes * MILLISECONDS_PER_MINUTE;
  return time < LATEST.getTime() ? new Date(time) : LATEST;
}
