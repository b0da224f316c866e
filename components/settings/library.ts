import type { SourceListing } from "../../dynamic-providers/operations/source-container/list-source";
import type { ConfigReader, Entry } from "./config-reader";
import {
  containerEntries,
  entriesInContainer,
  type LibraryContainer,
  type LibraryEntry,
  readLibraryContainer,
} from "./library-container";
import { manifestEntries } from "./manifest";
import { nameOfFile, videoEndings } from "./video-names";

/** What reading a library needs of the disk, and of a store; paths are relative to the project's root. */
export interface LibraryFiles {
  /** Regular files that match a pattern, sorted, with `/` between folders. */
  find: (pattern: string) => string[];
  /** A file's text; undefined where there is none. */
  readText: (file: string) => string | undefined;
  /** What lies in the container that `library` names, where it names one. */
  listing?: SourceListing | undefined;
}

const sources = ["folder", "glob", "manifest", "container"] as const;
const videoFiles = `**/*.{${videoEndings.join(",")}}`;
const pathForm = { pattern: /\S/, allowed: "a path relative to the project's root" };

/** The container that `library` names, to be listed before the settings are read; mistakes are told then. */
export function containerToList(config: ConfigReader): LibraryContainer | undefined {
  const owner: Entry = { at: "library", entry: config.record("library") };
  return owner.entry["container"] === undefined ? undefined : readLibraryContainer(config, owner);
}

/**
 * Reads `library`: videos by the folder, the pattern, the manifest or the container that they are found
 * by, in the form of entries of `videos`.
 */
export function readLibrary(config: ConfigReader, files: LibraryFiles): LibraryEntry[] {
  const owner: Entry = { at: "library", entry: config.record("library") };
  if (Object.keys(owner.entry).length === 0) return [];
  const given = givenSources(config, owner);
  const [source] = given;
  if (source === undefined) return [];
  const isOfContainer = given.includes("container");
  config.onlyMembers(owner, isOfContainer ? [...given, "prefix"] : given);
  if (isOfContainer) return containerOf(config, owner, files);
  const place = config.member(owner, source, pathForm);
  if (place === "") return [];
  if (source === "manifest") return manifestOf(config, files, place);
  const pattern = source === "glob" ? place : `${escaped(place).replace(/\/$/, "")}/${videoFiles}`;
  return filesOf(config, files, { at: `library.${source}`, place, pattern });
}

/** One source, or a manifest and a container; none where that is refused. */
function givenSources(config: ConfigReader, { entry }: Entry): (typeof sources)[number][] {
  const given = sources.filter((source) => entry[source] !== undefined);
  if (given.length === 1 || given.join() === "manifest,container") return given;
  config.refuse(
    "library",
    `names ${given.join(" and ") || "no source"}; allowed: one of ${sources.join(", ")},` +
      " or a manifest with the container that its files are in",
  );
  return [];
}

function containerOf(config: ConfigReader, owner: Entry, files: LibraryFiles): LibraryEntry[] {
  const place = readLibraryContainer(config, owner);
  const manifest =
    owner.entry["manifest"] === undefined ? undefined : config.member(owner, "manifest", pathForm);
  if (place === undefined || manifest === "") return [];
  const listing = files.listing ?? { fault: "it was not listed" };
  return manifest === undefined
    ? containerEntries(config, place, listing)
    : entriesInContainer(config, place, { listing, entries: manifestOf(config, files, manifest) });
}

function manifestOf(config: ConfigReader, files: LibraryFiles, file: string): Entry[] {
  if (!/\.(?:json|csv)$/i.test(file)) {
    config.refuse("library.manifest", `is "${file}"; allowed: a file that ends in .json or .csv`);
    return [];
  }
  const text = files.readText(file);
  if (text !== undefined) return manifestEntries(config, { file, text });
  config.refuse("library.manifest", `there is no file "${file}" below the project's root`);
  return [];
}

function filesOf(
  config: ConfigReader,
  files: LibraryFiles,
  { at, place, pattern }: { at: string; place: string; pattern: string },
): Entry[] {
  const found = files.find(pattern);
  if (found.length === 0) config.refuse(at, `"${place}" holds no video files; give one that does`);
  const base = fixedFolders(pattern);
  return found.map((file) => ({
    at: `${at} "${file}"`,
    entry: { name: nameOfFile(file.slice(file.startsWith(base) ? base.length : 0)), file },
  }));
}

/** The folders of a pattern before the first that is a pattern itself: what files match changes no name. */
function fixedFolders(pattern: string): string {
  const folders = pattern.split("/").slice(0, -1);
  const first = folders.findIndex((folder) => /[*?[\]{}()!+@]/.test(folder.replaceAll(/\\./g, "")));
  const fixed = first < 0 ? folders : folders.slice(0, first);
  return fixed.map((folder) => `${folder.replaceAll("\\", "")}/`).join("");
}

function escaped(folder: string): string {
  return folder.replaceAll("\\", "/").replaceAll(/[*?[\]{}()!+@]/g, "\\$&");
}
