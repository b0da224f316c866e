import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { globSync } from "tinyglobby";
import { listSource } from "../../dynamic-providers/operations/source-container/list-source";
import { ConfigReader } from "./config-reader";
import { containerToList } from "./library";
import { isVideo } from "./library-container";
import { libraryInWords } from "./library-in-words";
import { readSettings, type Settings } from "./settings";

// Not pulumi.getRootDirectory: without an engine, in tests, that is no directory.
const projectRoot = resolve(__dirname, "../..");

/**
 * The settings of the stack that is being deployed; a library in Azure Storage is listed for them.
 *
 * @throws RunError that lists every mistake in its configuration.
 */
export async function stackSettings(): Promise<Settings> {
  const prefix = `${pulumi.getProject()}:`;
  // Not pulumi.Config: it warns of secrets that are read as text, and here they must be checked.
  const raw = (key: string): string | undefined => pulumi.runtime.getConfig(`${prefix}${key}`);
  const container = containerToList(new ConfigReader(raw));
  const listing = container && (await listSource(container));
  const settings = readSettings({
    raw,
    keys: Object.keys(pulumi.runtime.allConfig())
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length)),
    fileSizeBytes,
    files: { find, readText, listing },
  });
  if (container !== undefined && listing !== undefined && "blobs" in listing) {
    const taken = new Set(settings.videos.map(({ file }) => file));
    const isLeftOut = (name: string): boolean => !isVideo(container, name) && !taken.has(name);
    const others = listing.blobs.filter(({ name }) => isLeftOut(name)).length;
    await pulumi.log.info(libraryInWords(container, { ...settings, others }));
  }
  return settings;
}

function fileSizeBytes(file: string): number | undefined {
  const stats = statSync(resolve(projectRoot, file), { throwIfNoEntry: false });
  return stats?.isFile() ? stats.size : undefined;
}

function find(pattern: string): string[] {
  // Sorted, so that the same files are the same library on every machine.
  return globSync([pattern], { cwd: projectRoot, expandDirectories: false }).sort();
}

function readText(file: string): string | undefined {
  return fileSizeBytes(file) === undefined
    ? undefined
    : readFileSync(resolve(projectRoot, file), "utf8");
}
