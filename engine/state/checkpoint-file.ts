import { createHash, type Hash } from "node:crypto";
import { copyFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { EngineError, unsupported } from "../errors";
import { writeDurably } from "./durable-write";
import type { Operation, ResourceState } from "./resource-state";

/** The version whose state format is written; the manifest's magic is derived from it. */
const FORMAT_VERSION = "v3.248.0";
const CHECKPOINT_VERSION = 3;

/** A stack's latest deployment, secrets sealed, as it lies in a checkpoint file. */
export interface Deployment {
  manifest: { time: string; magic: string; version: string };
  secrets_providers?: { type: string; state?: { salt?: string } };
  resources?: ResourceState[];
  pending_operations?: Operation[];
  metadata?: unknown;
}

/** A checkpoint file as read. */
export interface CheckpointFile {
  /** SHA-256 of the file's bytes, by which a journal knows what it continues. */
  digest: string;
  /** None for a stack that was made and never deployed. */
  latest?: Deployment;
}

interface Versioned {
  version: number;
  features?: string[];
  checkpoint: { stack: string; latest?: Deployment | null };
}

/**
 * Reads a checkpoint; undefined when there is no such file.
 *
 * @throws EngineError when it is not one, or is one of a kind that only the official CLI handles.
 */
export function readCheckpoint(file: string): CheckpointFile | undefined {
  if (!existsSync(file)) {
    const compressed = [".gz", ".zst"].find((extension) => existsSync(file + extension));
    if (compressed !== undefined) throw unsupported(`${file}${compressed} is compressed`);
    return undefined;
  }
  const bytes = readFileSync(file);
  const { version, features = [], checkpoint } = parse(file, bytes.toString("utf8"));
  if (version !== CHECKPOINT_VERSION) throw unsupported(`${file} has version ${version}`);
  if (features.length > 0) throw unsupported(`${file} uses ${features.join(", ")}`);
  const digest = digestOf(bytes);
  return checkpoint.latest ? { digest, latest: checkpoint.latest } : { digest };
}

function parse(file: string, text: string): Versioned {
  try {
    return JSON.parse(text) as Versioned;
  } catch (cause) {
    throw new EngineError(
      "corrupt-state",
      `${file} is not JSON; the state before it may be in ${file}.bak`,
      { cause },
    );
  }
}

/** What a checkpoint is made of. */
export interface CheckpointContent {
  /** `organization/project/stack`. */
  stack: string;
  salt: string;
  resources: ResourceState[];
  operations: Operation[];
  /** The deployment before; what this engine does not know of it is carried along. */
  previous?: Deployment;
}

/**
 * Writes a checkpoint so that a crash leaves either the old or the new one; the old stays as
 * `.bak`. Returns the digest of what was written.
 */
export function writeCheckpoint(file: string, content: CheckpointContent): string {
  if (existsSync(file)) copyFileSync(file, `${file}.bak`);
  const latest: Deployment = {
    ...content.previous,
    manifest: {
      time: new Date().toISOString(),
      magic: createHash("sha256").update(FORMAT_VERSION).digest("hex"),
      version: FORMAT_VERSION,
    },
    secrets_providers: { type: "passphrase", state: { salt: content.salt } },
    resources: content.resources,
    pending_operations: content.operations,
    metadata: content.previous?.metadata ?? {},
  };
  if (content.resources.length === 0) delete latest.resources;
  if (content.operations.length === 0) delete latest.pending_operations;
  const versioned: Versioned = {
    version: CHECKPOINT_VERSION,
    checkpoint: { stack: content.stack, latest },
  };
  const hash = createHash("sha256");
  writeDurably(file, hashed(checkpointText(versioned, content.resources), hash));
  rmSync(`${file}.attrs`, { force: true }); // the official CLI's checksum of the file before
  return hash.digest("hex");
}

const INDENT = 4;
/** How deep a resource lies in a checkpoint. */
const RESOURCE_INDENT = " ".repeat(4 * INDENT);

/** The text of a checkpoint, resource by resource. */
function* checkpointText(versioned: Versioned, resources: ResourceState[]): Generator<string> {
  const [first, ...others] = resources;
  // Exactly one resource stands where all of them go: its text is found again, for it is in there once.
  if (versioned.checkpoint.latest && first) versioned.checkpoint.latest.resources = [first];
  const whole = `${JSON.stringify(versioned, undefined, INDENT)}\n`;
  const text = first === undefined ? "" : resourceText(first);
  const end = whole.indexOf(text) + text.length;
  yield whole.slice(0, end);
  for (const resource of others) yield `,\n${RESOURCE_INDENT}${resourceText(resource)}`;
  yield whole.slice(end);
}

function resourceText(resource: ResourceState): string {
  return JSON.stringify(resource, undefined, INDENT).replaceAll("\n", `\n${RESOURCE_INDENT}`);
}

function* hashed(parts: Iterable<string>, hash: Hash): Generator<string> {
  for (const part of parts) {
    hash.update(part);
    yield part;
  }
}

function digestOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
