import { InvalidInputError } from "./errors";

/** Media Services v2, "Asset": a container of files that belong together. */
export interface Asset {
  readonly id: string;
  readonly name: string | null;
  readonly alternateId: string | null;
  /** One of {@link AssetOptions}. */
  readonly options: number;
  /** 0 none, 1 adaptive streaming. */
  readonly formatOption: number;
  /** 0 initialized, 1 published, 2 deleted. */
  readonly state: number;
  readonly created: Date;
  readonly lastModified: Date;
  readonly storageAccountName: string;
  /** Name of the blob container. */
  readonly container: string;
  /** Whether the container was made; if not, whoever needs it makes it. */
  readonly containerReady: boolean;
  /** Being deleted: nothing may be added any more. */
  readonly deleting: boolean;
  /** The assets that a job made this one from; they may be gone. */
  readonly parentAssetIds: readonly string[];
}

/** Values of an asset's Options. */
export const AssetOptions = {
  none: 0,
  storageEncrypted: 1,
  commonEncryptionProtected: 2,
  envelopeEncryptionProtected: 4,
} as const;

/** Values of an asset's State. */
export const AssetState = { initialized: 0, published: 1, deleted: 2 } as const;

const MAX_NAME_LENGTH = 4000;
const KNOWN_OPTIONS: readonly number[] = Object.values(AssetOptions);

/** The container of an asset that is made with this guid. */
export function assetContainer(guid: string): string {
  return `asset-${guid}`;
}

/**
 * Checks what a client may choose of an asset.
 *
 * @throws InvalidInputError with the property's name.
 */
export function checkAsset(
  asset: Pick<Asset, "name" | "options" | "formatOption" | "state">,
): void {
  if ((asset.name?.length ?? 0) > MAX_NAME_LENGTH) {
    throw new InvalidInputError(`Name may have at most ${MAX_NAME_LENGTH} characters`);
  }
  if (!KNOWN_OPTIONS.includes(asset.options)) {
    throw new InvalidInputError(`Options must be 0, 1, 2 or 4, not ${asset.options}`);
  }
  if (asset.formatOption !== 0 && asset.formatOption !== 1) {
    throw new InvalidInputError(`FormatOption must be 0 or 1, not ${asset.formatOption}`);
  }
  if (![0, 1, 2].includes(asset.state)) {
    throw new InvalidInputError(`State must be 0, 1 or 2, not ${asset.state}`);
  }
}
