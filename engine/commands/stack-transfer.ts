import { readFileSync, writeFileSync } from "node:fs";
import type { Command } from "commander";
import { plainValue } from "../display/value-text";
import { EngineError } from "../errors";
import type { Deployment } from "../state/checkpoint-file";
import { mapProperties, type ResourceState } from "../state/resource-state";
import { mapMarkedIn, type PropertyMap, Signature, SIGNATURE_KEY } from "../values/property-value";
import { StackAccess } from "./stack-access";
import { print, printAside, readInput } from "./terminal";
import { type GlobalOptions, saltOf, Workspace } from "./workspace";

interface Exported {
  version: number;
  deployment: Deployment;
}

const DEPLOYMENT_VERSION = 3;

/** Adds `stack export` and `stack import`, in the official CLI's format. */
export function addStackTransfer(stack: Command, global: () => GlobalOptions): void {
  stack
    .command("export")
    .description("Print the stack's state")
    .option("--file <path>", "write it to a file")
    .option("--show-secrets", "secrets in clear")
    .action(async (options: { file?: string; showSecrets?: boolean }) => {
      const access = await StackAccess.open(Workspace.open(global()));
      const text = JSON.stringify(exported(access, options.showSecrets === true), undefined, 4);
      if (options.file === undefined) print(text);
      else writeFileSync(options.file, `${text}\n`, { mode: 0o600 });
    });
  stack
    .command("import")
    .description("Replace the stack's state by an exported one")
    .option("--file <path>", "read it from a file")
    .action(async (options: { file?: string }) => {
      const access = await StackAccess.open(Workspace.open(global()));
      const text =
        options.file === undefined ? await readInput() : readFileSync(options.file, "utf8");
      await importState(access, parseExported(text));
      print("Import complete.");
    });
}

function exported(access: StackAccess, showSecrets: boolean): Exported {
  const state = access.readState(printAside);
  const form = (resource: ResourceState): ResourceState =>
    showSecrets ? mapProperties(resource, inPlaintext) : state.sealed(resource);
  return {
    version: DEPLOYMENT_VERSION,
    deployment: {
      manifest: { time: new Date().toISOString(), magic: "", version: "" },
      secrets_providers: {
        type: "passphrase",
        state: { salt: access.sealer.crypter.salt },
      },
      resources: state.resources.map(form),
      ...(state.interrupted.length === 0
        ? {}
        : {
            pending_operations: state.interrupted.map(({ resource, type }) => ({
              resource: form(resource),
              type,
            })),
          }),
      metadata: {},
    },
  };
}

/** Secrets as the official CLI exports them in clear: the JSON text under `plaintext`. */
function inPlaintext(properties: PropertyMap): PropertyMap {
  return mapMarkedIn(properties, (marked) =>
    marked[SIGNATURE_KEY] === Signature.secret
      ? {
          [SIGNATURE_KEY]: Signature.secret,
          plaintext: JSON.stringify(plainValue(marked["value"] ?? null, true)),
        }
      : marked,
  );
}

function parseExported(text: string): Exported {
  let parsed: Partial<Exported>;
  try {
    parsed = JSON.parse(text) as Partial<Exported>;
  } catch (cause) {
    throw new EngineError("invalid-input", "the state to import is not JSON", { cause });
  }
  const { version, deployment } = parsed;
  if (version === DEPLOYMENT_VERSION && deployment !== undefined) return { version, deployment };
  throw new EngineError("invalid-input", "the state to import is not a deployment of version 3");
}

async function importState(access: StackAccess, { deployment }: Exported): Promise<void> {
  const salt = saltOf({ digest: "", latest: deployment });
  const opener = salt === undefined ? access.sealer : await access.workspace.sealer(salt);
  const opened = (resource: ResourceState): ResourceState =>
    mapProperties(resource, (properties) => opener.unseal(properties));
  const lock = access.lock(printAside);
  try {
    const operations = (deployment.pending_operations ?? []).map(({ resource, type }) => ({
      resource: opened(resource),
      type,
    }));
    access.readState(printAside).write((deployment.resources ?? []).map(opened), operations);
  } finally {
    lock.release();
  }
}
