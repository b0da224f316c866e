import { createHash } from "node:crypto";
import { InvalidInputError } from "./errors";

/** The kinds of entity ids: `nb:{kind}:UUID:{guid}` (Media Services v2, "Identify entities"). */
export type IdKind =
  | "cid"
  | "pid"
  | "lid"
  | "jid"
  | "tid"
  | "mpid"
  | "oid"
  | "opid"
  | "nepid"
  | "kid"
  | "jtid"
  | "ttid"
  | "adpid"
  | "ckpid"
  | "ckpoid"
  // Of entities that clients never see.
  | "linkid"
  | "certid"
  | "unitid"
  | "noticeid"
  | "csid";

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Builds the id of an entity of a kind from a guid. */
export function entityId(kind: IdKind, guid: string): string {
  return `nb:${kind}:UUID:${guid.toLowerCase()}`;
}

/**
 * The guid inside an id.
 *
 * @throws InvalidInputError when the text is not an id of that kind.
 */
export function guidOf(kind: IdKind, id: string): string {
  const prefix = `nb:${kind}:uuid:`;
  const guid = id.slice(prefix.length);
  if (!id.toLowerCase().startsWith(prefix) || !GUID.test(guid)) {
    throw new InvalidInputError(`'${id}' is not an id of the form nb:${kind}:UUID:{guid}`);
  }
  return guid.toLowerCase();
}

/** A guid that is made of an account's name and a purpose: the same for whoever asks. */
export function derivedGuid(accountName: string, purpose: string): string {
  const hex = createHash("sha256").update(`${accountName}/${purpose}`).digest("hex");
  return [8, 12, 16, 20, 32].map((end, i, ends) => hex.slice(ends[i - 1] ?? 0, end)).join("-");
}

/** Whether a text is a guid in its plain form. */
export function isGuid(text: string): boolean {
  return GUID.test(text);
}
