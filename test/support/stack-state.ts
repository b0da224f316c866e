import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { saltOf } from "../../engine/commands/workspace";
import { PassphraseCrypter } from "../../engine/secrets/passphrase-crypter";
import { SecretSealer } from "../../engine/secrets/secret-sealer";
import { readCheckpoint } from "../../engine/state/checkpoint-file";
import { StateLayout } from "../../engine/state/layout";
import type { ResourceState } from "../../engine/state/resource-state";
import { StackState } from "../../engine/state/stack-state";

/** By salt: a key takes half a second. */
const sealers = new Map<string, Promise<SecretSealer>>();

/**
 * A stack's resources as its last run left them, secrets opened. They are read where they lie, by what the
 * deployer reads them with: commands that show them take a second each, and tests look often.
 */
export async function stackResources(cloud: {
  readonly home: string;
  readonly stack: string;
}): Promise<readonly ResourceState[]> {
  const name = { project: "twinstream", stack: cloud.stack };
  const layout = new StateLayout(pathToFileURL(join(cloud.home, "state")).href, cloud.home);
  const checkpointFile = layout.checkpoint(name);
  const file = readCheckpoint(checkpointFile);
  assert(file, `there is no stack in ${checkpointFile}`);
  const salt = saltOf(file);
  if (salt === undefined) return [];
  const passphrase = readFileSync(join(cloud.home, "passphrase"), "utf8").trim();
  const opening = sealers.get(salt) ?? sealerOf(passphrase, salt);
  sealers.set(salt, opening);
  const sealer = await opening;
  const deps = { checkpointFile, journalFile: layout.journal(name), stack: cloud.stack };
  return new StackState({ ...deps, opener: sealer, sealer, warn: () => undefined }, file).resources;
}

async function sealerOf(passphrase: string, salt: string): Promise<SecretSealer> {
  return new SecretSealer(await PassphraseCrypter.open(passphrase, salt));
}
