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

const at = "library.container";
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

function readAddress(config: ConfigReader, { entry }: Entry): string | undefined {
  const value = entry["container"];
  const address = typeof value === "string" ? containerAddress(value) : undefined;
  if (address !== undefined) return address.url;
  const got = typeof value === "string" ? `"${withoutSecrets(value)}"` : JSON.stringify(value);
  if (typeof value === "string" && carriesSignature(value)) {
    config.refuse(
      at,
      `is ${got}; a signature (SAS) would be written into the settings and stay good for whoever reads` +
        ' them: leave it out, and give the deployer\'s identity the role "Storage Blob Data Reader" on' +
        ` the storage account; allowed: ${containerAddressForm}`,
    );
  } else {
    config.refuse(at, `is ${got}; allowed: ${containerAddressForm}`);
  }
  return undefined;
}

function readPrefix(config: ConfigReader, { entry }: Entry): string | undefined {
  const value = entry["prefix"] ?? "";
  if (typeof value === "string" && value.length <= longestPrefix && !/^\/|[\\?#]/.test(value)) {
    return value;
  }
  config.refuse(
    "library.prefix",
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
  const blobs = listedBlobs(config, place, listing);
  const found = blobs?.filter(({ name }) => isVideo(place, name)) ?? [];
  if (blobs !== undefined && found.length === 0) {
    const below = place.prefix === "" ? "" : ` below "${place.prefix}"`;
    config.refuse(at, `"${place.container}" holds no video files${below}; give one that does`);
  }
  return found.map((blob) => {
    const entry = { name: nameOfFile(pathBelow(place, blob.name)), file: blob.name };
    return withBlob(config, { at: `${at} "${blob.name}"`, entry }, { place, blob });
  });
}

/** A manifest's videos, whose files are paths below the prefix's folders. */
export function entriesInContainer(
  config: ConfigReader,
  place: LibraryContainer,
  { listing, entries }: { listing: SourceListing; entries: readonly Entry[] },
): LibraryEntry[] {
  const blobs = listedBlobs(config, place, listing);
  if (blobs === undefined) return [];
  const byName = new Map(blobs.map((blob) => [blob.name, blob]));
  return entries.flatMap((owner) => {
    const { file } = owner.entry;
    if (typeof file !== "string") return [owner];
    const name = `${foldersOf(place)}${file}`;
    const blob = byName.get(name);
    if (blob !== undefined) {
      const entry = { ...owner.entry, file: name };
      return [withBlob(config, { at: owner.at, entry }, { place, blob })];
    }
    config.refuse(`${owner.at}.file`, `there is no blob "${name}" in "${place.container}"`);
    return [];
  });
}

/** What was listed; undefined where that was refused, which is told here. */
function listedBlobs(
  config: ConfigReader,
  { container }: LibraryContainer,
  listing: SourceListing,
): readonly BlobEntry[] | undefined {
  if ("blobs" in listing) return listing.blobs;
  config.refuse(at, `"${container}" can't be listed: ${listing.fault}`);
  return undefined;
}

function withBlob(
  config: ConfigReader,
  owner: Entry,
  { place, blob }: { place: LibraryContainer; blob: BlobEntry },
): LibraryEntry {
  const { etag, sizeBytes, md5, tier } = blob;
  if (tier === "Archive") {
    config.refuse(
      owner.at,
      "lies in the archive tier, where nobody can read it; move it to another tier, or out of the library",
    );
  }
  const version = { container: place.container, etag, sizeBytes };
  return { ...owner, blob: { ...version, ...(md5 !== undefined && { md5 }) } };
}

/** Whether a blob of a library is one of its videos. */
export function isVideo(place: LibraryContainer, name: string): boolean {
  return videoPath.test(pathBelow(place, name));
}

/** A blob's path below the prefix's folders. */
function pathBelow(place: LibraryContainer, name: string): string {
  return name.slice(foldersOf(place).length);
}

function foldersOf({ prefix }: LibraryContainer): string {
  return prefix.slice(0, prefix.lastIndexOf("/") + 1);
}
