import { InvalidInputError } from "./errors";

/** Media Services v2, "AssetDeliveryPolicy": how an asset is to be streamed. */
export interface AssetDeliveryPolicy {
  readonly id: string;
  readonly name: string | null;
  /** Flags: 1 Smooth Streaming, 2 DASH, 4 HLS, 8 HDS, 16 progressive download. */
  readonly protocol: number;
  /** One of {@link DeliveryPolicyType}. */
  readonly type: number;
  /** JSON, as the client sent it. */
  readonly configuration: string | null;
  readonly created: Date;
  readonly lastModified: Date;
}

/** Values of an AssetDeliveryPolicyType. */
export const DeliveryPolicyType = {
  none: 0,
  blocked: 1,
  noDynamicEncryption: 2,
  dynamicEnvelopeEncryption: 3,
  dynamicCommonEncryption: 4,
  dynamicCommonEncryptionCbcs: 5,
} as const;

const KNOWN_TYPES: readonly number[] = Object.values(DeliveryPolicyType);
const ALL_PROTOCOLS = 0xffff;
const MAX_NAME_LENGTH = 4000;
const MAX_CONFIGURATION_LENGTH = 30_000;

/**
 * Checks what a client chose of a delivery policy.
 *
 * @throws InvalidInputError naming the property.
 */
export function checkDeliveryPolicy(
  policy: Pick<AssetDeliveryPolicy, "name" | "protocol" | "type" | "configuration">,
): void {
  const { type, protocol } = policy;
  if (!KNOWN_TYPES.includes(type) || type === DeliveryPolicyType.none) {
    throw new InvalidInputError(`AssetDeliveryPolicyType must be 1 to 5, not ${type}`);
  }
  if (!Number.isInteger(protocol) || protocol < 1 || protocol > ALL_PROTOCOLS) {
    throw new InvalidInputError(
      `AssetDeliveryProtocol must be a sum of 1, 2, 4, 8 and 16, or 65535, not ${protocol}`,
    );
  }
  atMost("Name", policy.name, MAX_NAME_LENGTH);
  atMost("AssetDeliveryConfiguration", policy.configuration, MAX_CONFIGURATION_LENGTH);
}

function atMost(property: string, text: string | null, length: number): void {
  if ((text?.length ?? 0) > length) {
    throw new InvalidInputError(`${property} may have at most ${length} characters`);
  }
}

/** Why an asset with such a policy can't be streamed here; undefined when it can. */
export function refusalOf({ type, name }: AssetDeliveryPolicy): string | undefined {
  if (type === DeliveryPolicyType.noDynamicEncryption) return undefined;
  const policy = `delivery policy '${name ?? ""}' of the asset`;
  return type === DeliveryPolicyType.blocked
    ? `the ${policy} blocks streaming`
    : `the ${policy} demands encryption, which this origin does not do`;
}
