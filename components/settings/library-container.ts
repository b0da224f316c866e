import type { BlobEntry } from "../../dynamic-providers/operations/copy/blob-entry";
import {
  carriesSignature,
  containerAddress,
  containerAddressForm,
  withoutSecrets,
} from "../../dynamic-providers/operations/source-container/container-address";
import type { SourceListing } from "../../dynamic-providers/operations/source-container/list-source";
import type { SourceBlob } from "../../dynamic-providers/operations/source-container/source-blob";
import type { ConfigReader, Entry } from "./config-reader";
import { nameOfFile, videoEndings } from "./video-names";

/** Videos in Azure Storage: those in a container whose names begin so. */
export interface LibraryContainer {
  /** Address of the container. */
  container: string;
  prefix: string;
}

/** A video of a library, and where it is a blob, which one. */
export interface LibraryEntry extends Entry {
  blob?: SourceBlob;
}

const longestPrefix = 1_024;
/** What a folder takes: what begins with a dot is hidden there, too. */
const videoPath = new RegExp(`^(?!(?:.*/)?\\.).*\\.(?:${videoEndings.join("|")})$`, "s");

/** Reads `library.container` and `library.prefix`; undefined where they are not set, or refused. */
export function readLibraryContainer(
  config: ConfigReader,
  owner: Entry,
): LibraryContainer | undefined {
  const container = readAddress(config, owner);
  const prefix = readPrefix(config, owner);
  return container === undefined || prefix === undefined ? undefined : { container, prefix };
}

function readAddress(config: ConfigReader, { at, entry }: Entry): string | undefined {
  const value = entry["container"];
  const address = typeof value === "string" ? containerAddress(value) : undefined;
  if (address !== undefined) return address.url;
  const got = typeof value === "string" ? `"${withoutSecrets(value)}"` : JSON.stringify(value);
  if (typeof value === "string" && carriesSignature(value)) {
    config.refuse(
      `${at}.container`,
      `is ${got}; a signature (SAS) would be written into the settings and stay good for whoever reads` +
        ' them: leave it out, and give the deployer\'s identity the role "Storage Blob Data Reader" on' +
        ` the storage account; allowed: ${containerAddressForm}`,
    );
  } else {
    config.refuse(`${at}.container`, `is ${got}; allowed: ${containerAddressForm}`);
  }
  return undefined;
}

function readPrefix(config: ConfigReader, { at, entry }: Entry): string | undefined {
  const value = entry["prefix"] ?? "";
  if (typeof value === "string" && value.length <= longestPrefix && !/^\/|[\\?#]/.test(value)) {
    return value;
  }
  config.refuse(
    `${at}.prefix`,
    `is ${JSON.stringify(value)}; allowed: what blobs' names begin with, as films/`,
  );
  return undefined;
}

/** The videos among a container's blobs, named by their paths below the prefix's folders. */
export function containerEntries(
  config: ConfigReader,
  place: LibraryContainer,
  listing: SourceListing,
): LibraryEntry[] {
  const { container, prefix } = place;
  const at = "library.container";
  if ("fault" in listing) {
    config.refuse(at, `"${container}" can't be listed: ${listing.fault}`);
    return [];
  }
  const found = listing.blobs.filter(({ name }) => isVideo(place, name));
  if (found.length === 0) {
    const below = prefix === "" ? "" : ` below "${prefix}"`;
    config.refuse(at, `"${container}" holds no video files${below}; give one that does`);
  }
  return found.map((entry) => {
    const { name, etag, sizeBytes, md5 } = entry;
    const where = `${at} "${name}"`;
    refuseArchived(config, where, entry);
    return {
      at: where,
      entry: { name: nameOfFile(pathBelow(place, name)), file: name },
      blob: { container, etag, sizeBytes, ...(md5 !== undefined && { md5 }) },
    };
  });
}

/** Whether a blob of a library is one of its videos. */
export function isVideo(place: LibraryContainer, name: string): boolean {
  return videoPath.test(pathBelow(place, name));
}

/** A blob's path below the prefix's folders. */
function pathBelow({ prefix }: LibraryContainer, name: string): string {
  return name.slice(prefix.lastIndexOf("/") + 1);
}

function refuseArchived(config: ConfigReader, at: string, { tier }: BlobEntry): void {
  if (tier !== "Archive") return;
  config.refuse(
    at,
    "lies in the archive tier, where nobody can read it; move it to another tier, or out of the library",
  );
}
