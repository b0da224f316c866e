import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { CertificateFiles } from "./storage/loopback-certificate";

/** Where the local cloud keeps what it must remember; every path lies under one directory. */
export interface Home {
  readonly root: string;
  /** The declared resources; secret parts are encrypted with {@link Home.keyFile}. */
  readonly resourcesFile: string;
  /** Ports once given, so that addresses in a stack's outputs stay true. */
  readonly portsFile: string;
  /** The key of the secrets in {@link Home.resourcesFile}; readable by its owner only. */
  readonly keyFile: string;
  /** Pids of the children, for a start after the cloud itself was killed. */
  readonly processesFile: string;
  /** Present while a local cloud runs. */
  readonly runningFile: string;
  /** The tenant's authority: what it signs with, encrypted with {@link Home.keyFile}. */
  readonly authorityFile: string;
  /** What stores that are reached over https show; see `loopback-certificate.ts`. */
  readonly certificate: CertificateFiles;
  /** What children trust: {@link Home.certificate} and what the user trusts beyond Node's own list. */
  readonly trustedFile: string;
  readonly storesDirectory: string;
  readonly logsDirectory: string;
  /** Pulumi's file backend. */
  readonly stateDirectory: string;
  readonly passphraseFile: string;
  /** Copies of the stacks' settings that also hold the salt of their secrets. */
  readonly stackSettingsDirectory: string;
}

/** Names the files under a home directory without making any. */
export function homeAt(root: string): Home {
  const cloud = join(root, "cloud");
  return {
    root,
    resourcesFile: join(cloud, "resources.json"),
    portsFile: join(cloud, "ports.json"),
    keyFile: join(cloud, "secrets.key"),
    processesFile: join(cloud, "processes.json"),
    runningFile: join(root, "cloud.json"),
    authorityFile: join(cloud, "authority.sealed"),
    certificate: { certificate: join(cloud, "loopback.pem"), key: join(cloud, "loopback.key") },
    trustedFile: join(cloud, "trusted.pem"),
    storesDirectory: join(cloud, "stores"),
    logsDirectory: join(root, "logs"),
    stateDirectory: join(root, "state"),
    passphraseFile: join(root, "passphrase"),
    stackSettingsDirectory: join(root, "stack-settings"),
  };
}

/** Everything that the local cloud makes in its home. */
export const homeEntries: readonly string[] = [
  "cloud",
  "state",
  "stack-settings",
  "logs",
  "passphrase",
  "cloud.json",
];

/** Makes the directories of a home; the root is closed to other users, since it holds keys. */
export function createHome(home: Home): void {
  mkdirSync(home.root, { recursive: true, mode: 0o700 });
  for (const directory of [
    home.storesDirectory,
    home.logsDirectory,
    home.stateDirectory,
    home.stackSettingsDirectory,
  ]) {
    mkdirSync(directory, { recursive: true });
  }
}
