import { resolve } from "node:path";

/** What a user may set from outside; everything else about the local cloud is declared or persisted. */
export interface CloudConfig {
  /** Directory that holds everything the local cloud remembers. Default: `.twinstream` in the project. */
  home: string;
  /** Root of the project whose program is deployed. */
  projectRoot: string;
  /** Folder with the files of images, each in a folder named by its digest; without it no image has files of its own. */
  imagesFolder: string | undefined;
  /** The environment handed on, filtered, to child processes. */
  environment: Readonly<Record<string, string>>;
}

/** Reads the only settings that come from the environment. */
export function readCloudConfig(
  environment: NodeJS.ProcessEnv = process.env,
  projectRoot = resolve(__dirname, ".."),
): CloudConfig {
  const known = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const images = environment["TWINSTREAM_IMAGES"];
  return {
    home: resolve(projectRoot, environment["TWINSTREAM_HOME"] ?? ".twinstream"),
    projectRoot,
    imagesFolder: images && resolve(projectRoot, images),
    environment: Object.fromEntries(known),
  };
}

/** Variables that an operating system's own programs need; a container's image would bring its own. */
const systemVariables = [
  "PATH",
  "Path",
  "HOME",
  "TMPDIR",
  "TEMP",
  "TMP",
  "LANG",
  "SystemRoot",
  "SYSTEMROOT",
  "LD_LIBRARY_PATH",
];

/** The part of the environment that lets a child find programs and scratch space, and nothing else. */
export function systemEnvironment(
  environment: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    systemVariables.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
