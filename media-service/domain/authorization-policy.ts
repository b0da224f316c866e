import { InvalidInputError } from "./errors";

/** Media Services v2, "ContentKeyAuthorizationPolicy": who may have a content key. */
export interface ContentKeyAuthorizationPolicy {
  readonly id: string;
  readonly name: string | null;
}

/** What a key's requester has to meet. */
export interface KeyRestriction {
  readonly name: string | null;
  /** 0 open, 1 token, 2 IP. */
  readonly type: number;
  readonly requirements: string | null;
}

/** Media Services v2, "ContentKeyAuthorizationPolicyOption": one way to be authorized. */
export interface AuthorizationPolicyOption {
  readonly id: string;
  readonly name: string | null;
  /** 0 none, 1 PlayReady licence, 2 baseline HTTP, 3 Widevine, 4 FairPlay. */
  readonly keyDeliveryType: number;
  readonly keyDeliveryConfiguration: string | null;
  readonly restrictions: readonly KeyRestriction[];
}

const MAX_NAME_LENGTH = 4000;
const MAX_TEXT_LENGTH = 30_000;
const MAX_RESTRICTIONS = 10;
const LARGEST_DELIVERY_TYPE = 4;
const LARGEST_RESTRICTION_TYPE = 2;

/**
 * Checks a policy's or an option's name.
 *
 * @throws InvalidInputError when it is too long.
 */
export function checkPolicyName(name: string | null): void {
  if ((name?.length ?? 0) > MAX_NAME_LENGTH) {
    throw new InvalidInputError(`Name may have at most ${MAX_NAME_LENGTH} characters`);
  }
}

/**
 * Checks what a client chose of an option.
 *
 * @throws InvalidInputError naming the property.
 */
export function checkPolicyOption(option: Omit<AuthorizationPolicyOption, "id">): void {
  checkPolicyName(option.name);
  inRange("KeyDeliveryType", option.keyDeliveryType, LARGEST_DELIVERY_TYPE);
  if (option.restrictions.length > MAX_RESTRICTIONS) {
    throw new InvalidInputError(`Restrictions may have at most ${MAX_RESTRICTIONS} entries`);
  }
  for (const { type } of option.restrictions) {
    inRange("KeyRestrictionType", type, LARGEST_RESTRICTION_TYPE);
  }
  const texts = option.restrictions.map(({ requirements }) => requirements);
  for (const text of [option.keyDeliveryConfiguration, ...texts]) {
    if ((text?.length ?? 0) > MAX_TEXT_LENGTH) {
      throw new InvalidInputError(
        `KeyDeliveryConfiguration and Requirements may have at most ${MAX_TEXT_LENGTH} characters`,
      );
    }
  }
}

function inRange(property: string, value: number, largest: number): void {
  if (!Number.isInteger(value) || value < 0 || value > largest) {
    throw new InvalidInputError(`${property} must be 0 to ${largest}, not ${value}`);
  }
}
