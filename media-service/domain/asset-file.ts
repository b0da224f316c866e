import { InvalidInputError } from "./errors";

/** Media Services v2, "AssetFile": what is known of one blob of an asset. */
export interface AssetFile {
  readonly id: string;
  readonly name: string;
  readonly parentAssetId: string;
  readonly sizeBytes: number;
  readonly mimeType: string | null;
  readonly contentChecksum: string | null;
  readonly isPrimary: boolean;
  readonly isEncrypted: boolean;
  readonly encryptionScheme: string | null;
  readonly encryptionVersion: string | null;
  readonly encryptionKeyId: string | null;
  readonly initializationVector: string | null;
  /** 0 none, 1 fragmented. */
  readonly options: number;
  readonly created: Date;
  readonly lastModified: Date;
}

const MAX_NAME_LENGTH = 260;
// Media Services v2, "AssetFile entity", Name. The "one dot only" of the same page is not enforced: the
// service's own encoder breaks it.
const FORBIDDEN = /[!*'();:@&=+$,/?%#[\]"]/;

/** Key under which an asset has at most one file. */
export function filePlace(file: Pick<AssetFile, "parentAssetId" | "name">): string {
  return `${file.parentAssetId}/${file.name}`;
}

/**
 * Checks a name that a client gives to a file.
 *
 * @throws InvalidInputError naming what is wrong with it.
 */
export function checkFileName(name: string): void {
  if (name === "" || name.length > MAX_NAME_LENGTH) {
    throw new InvalidInputError(`Name must have 1 to ${MAX_NAME_LENGTH} characters`);
  }
  const forbidden = FORBIDDEN.exec(name) ?? controlCharacter(name);
  if (forbidden !== null) {
    throw new InvalidInputError(
      `Name must not contain ${JSON.stringify(forbidden[0])}: '${name.slice(0, 100)}'`,
    );
  }
}

function controlCharacter(name: string): RegExpExecArray | null {
  return /\p{Cc}/u.exec(name);
}
