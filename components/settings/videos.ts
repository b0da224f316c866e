import type { SourceBlob } from "../../dynamic-providers/operations/source-container/source-blob";
import type { ConfigReader, Entry } from "./config-reader";
import { type LibraryFiles, readLibrary } from "./library";
import type { LibraryEntry } from "./library-container";
import { assetName } from "./video-names";

/** One video of the library. */
export interface Video {
  /** As people call it. */
  title: string;
  /** The title in letters, digits and hyphens: part of resource and asset names. */
  name: string;
  /** The mezzanine, relative to the project's root, or to the container that it is a blob in. */
  file: string;
  /** Which blob it is, where it is one. */
  blob?: SourceBlob;
  /** Name of the data center that encodes it. */
  encodeIn: string;
  /** `nb:lid:UUID:{guid}`, when the video is to be published under a path that viewers know already. */
  locatorId?: string;
}

/** What reading the library needs to know. */
export interface VideoSurroundings {
  /** Where videos without an `encodeIn` of their own are encoded. */
  encodeIn: string;
  dataCenterNames: string[];
  /** Length in bytes of a regular file, relative to the project's root; undefined where there is none. */
  fileSizeBytes: (file: string) => number | undefined;
  files: LibraryFiles;
}

/** Videos that were read before, by what no two may share; a library may have tens of thousands. */
interface Earlier {
  byName: Map<string, Video>;
  byLocator: Map<string, Video>;
}

const GUID_LENGTH = 36;
const titleForm = {
  pattern: /^[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,58}[A-Za-z0-9])?$/,
  allowed: "up to 60 letters, digits, spaces, dots, hyphens and underscores",
};
const locatorIdForm = {
  pattern: /^(?:nb:lid:UUID:)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  allowed: "a guid, or nb:lid:UUID: and a guid",
};
const fileForm = { pattern: /\S/, allowed: "a path relative to the project's root" };

/** Reads `videos` and `library`: each with a file that is there, no two with one asset name. */
export function readVideos(config: ConfigReader, surroundings: VideoSurroundings): Video[] {
  const videos: Video[] = [];
  const earlier: Earlier = { byName: new Map(), byLocator: new Map() };
  const listed: LibraryEntry[] = config.entries("videos") ?? [];
  for (const owner of [...listed, ...readLibrary(config, surroundings.files)]) {
    config.onlyMembers(owner, ["name", "file", "encodeIn", "locatorId"]);
    const title = config.member(owner, "name", titleForm);
    const video = {
      title,
      name: assetName(title),
      file: readFile(config, owner, surroundings),
      ...(owner.blob && { blob: owner.blob }),
      encodeIn: readEncodeIn(config, owner, surroundings),
      ...readLocatorId(config, owner),
    };
    refuseSameName(config, owner.at, { video, earlier });
    refuseSameLocator(config, owner.at, { video, earlier });
    videos.push(video);
  }
  return videos;
}

function readFile(
  config: ConfigReader,
  owner: LibraryEntry,
  { fileSizeBytes }: VideoSurroundings,
): string {
  const file = config.member(owner, "file", fileForm);
  if (file === "") return file;
  const sizeBytes = owner.blob === undefined ? fileSizeBytes(file) : owner.blob.sizeBytes;
  if (sizeBytes === undefined) {
    config.refuse(`${owner.at}.file`, `there is no file "${file}" below the project's root`);
  }
  if (sizeBytes === 0) config.refuse(`${owner.at}.file`, `"${file}" is empty`);
  return file;
}

function readEncodeIn(config: ConfigReader, owner: Entry, surroundings: VideoSurroundings): string {
  const { dataCenterNames, encodeIn } = surroundings;
  if (owner.entry["encodeIn"] === undefined) return encodeIn;
  const pattern = new RegExp(`^(?:${dataCenterNames.join("|")})$`);
  return config.member(owner, "encodeIn", { pattern, allowed: dataCenterNames.join(", ") });
}

function readLocatorId(config: ConfigReader, owner: Entry): { locatorId?: string } {
  if (owner.entry["locatorId"] === undefined) return {};
  const guid = config.member(owner, "locatorId", locatorIdForm).slice(-GUID_LENGTH).toLowerCase();
  return { locatorId: `nb:lid:UUID:${guid}` };
}

function refuseSameLocator(
  config: ConfigReader,
  at: string,
  { video, earlier: { byLocator } }: { video: Video; earlier: Earlier },
): void {
  const { locatorId } = video;
  if (locatorId === undefined) return;
  const other = byLocator.get(locatorId);
  if (other === undefined) byLocator.set(locatorId, video);
  else config.refuse(`${at}.locatorId`, `is "${other.title}"'s, too; a path leads to one video`);
}

function refuseSameName(
  config: ConfigReader,
  at: string,
  { video, earlier: { byName } }: { video: Video; earlier: Earlier },
): void {
  if (video.name === "") return;
  const other = byName.get(video.name);
  if (other === undefined) {
    byName.set(video.name, video);
    return;
  }
  const [mine, theirs] = [video, other].map(({ title, file }) => `"${title}" of "${file}"`);
  const problem =
    other.title === video.title
      ? `${mine ?? ""} is taken by ${theirs ?? ""}`
      : `${mine ?? ""} gives the same asset name, "${video.name}", as ${theirs ?? ""}`;
  config.refuse(`${at}.name`, `${problem}; choose another name`);
}
