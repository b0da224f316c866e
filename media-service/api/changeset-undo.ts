import type { KeptDate, LastChange, Undo } from "../domain/changeset-record";
import { InvalidInputError, NotFoundError } from "../domain/errors";
import { entityId, isGuid } from "../domain/ids";
import type { Value, WireEntity, WireValue } from "../odata/edm";
import { EntityBody } from "../odata/entity-body";
import { keyOf } from "../odata/resource-path";
import type { ApiModel } from "./api-model";
import type { ApiResource } from "./api-resource";
import type { Change } from "./change-resource";
import type { EntitySet } from "./entity-set";
import type { ApiRequest } from "./http";
import { linkedId } from "./linked-id";

const GUID_LENGTH = 36;

/**
 * Looks at what is there before a change, and tells how to take the change back; undefined where there is
 * nothing to take back, for example because the change will be refused.
 *
 * @param guid - What the id of a new entity is made of, where its request names none.
 */
export async function undoOf(
  resource: ApiResource,
  change: Change,
  guid: string,
): Promise<Undo | undefined> {
  switch (resource.kind) {
    case "set":
      return making(resource.set, change, guid);
    case "related":
      return making(resource.target, change, guid);
    case "entity":
      return changing(resource, change);
    case "links":
      return linking(resource, change);
    default:
      return undefined;
  }
}

/**
 * Tells how to find out whether a change was made that can't be taken back.
 *
 * @throws NotFoundError when it is about what is not there.
 */
export async function lastOf(
  resource: ApiResource,
  change: Change,
  guid: string,
): Promise<LastChange> {
  if (resource.kind === "set" || resource.kind === "related") {
    const made = await undoOf(resource, change, guid);
    if (made?.kind === "made") return made;
  }
  const { request } = change;
  if (resource.kind === "entity") await resource.set.get(resource.id);
  return {
    kind: "asked",
    method: request.method,
    path: request.path,
    query: request.query.toString(),
    contentType: request.headers["content-type"] ?? "",
    body: request.body.toString("base64"),
  };
}

/** A request as it was noted. */
export function notedRequest(last: Extract<LastChange, { kind: "asked" }>): ApiRequest {
  return {
    method: last.method,
    path: last.path,
    query: new URLSearchParams(last.query),
    headers: { "content-type": last.contentType },
    body: Buffer.from(last.body, "base64"),
  };
}

/**
 * Takes changes back, the last one first; those that were never made, or are taken back already, do no
 * harm.
 *
 * @throws what kept one from being taken back, once all were tried.
 */
export async function takeAllBack(model: ApiModel, undos: readonly Undo[]): Promise<void> {
  const failures: unknown[] = [];
  for (const undo of [...undos].reverse()) {
    await takeBack(model, undo).catch((cause: unknown) => failures.push(cause));
  }
  if (failures.length > 0) throw failures[0];
}

async function takeBack(model: ApiModel, undo: Undo): Promise<void> {
  const set = model.sets.get(undo.set);
  if (set === undefined) return;
  try {
    await undone(set, undo);
  } catch (cause) {
    if (!(cause instanceof NotFoundError)) throw cause;
  }
}

async function undone(set: EntitySet, undo: Undo): Promise<void> {
  switch (undo.kind) {
    case "made":
      return set.delete?.(undo.id, new URLSearchParams());
    case "changed":
      return changeBack(set, undo);
    case "linked":
      return set.links?.[undo.property]?.remove(undo.id, undo.targetId);
    case "unlinked":
      return set.links?.[undo.property]?.add(undo.id, undo.targetId);
  }
}

async function making(set: EntitySet, change: Change, guid: string): Promise<Undo | undefined> {
  if (set.idKind === undefined) return undefined;
  const named = change.readEntity(set.type).string("Id") ?? "";
  const own = named.slice(-GUID_LENGTH);
  const id = entityId(set.idKind, isGuid(own) ? own : guid);
  // Somebody else's: the request will be refused, and nothing may be deleted for it.
  if (named !== "" && (await exists(set, id))) return undefined;
  return { kind: "made", set: set.type.setName, id };
}

async function exists(set: EntitySet, id: string): Promise<boolean> {
  try {
    await set.get(id);
    return true;
  } catch (cause) {
    if (cause instanceof NotFoundError || cause instanceof InvalidInputError) return false;
    throw cause;
  }
}

async function changing(
  { set, id }: { set: EntitySet; id: string },
  change: Change,
): Promise<Undo> {
  const now = await set.get(id);
  const { values, structures } = change.readEntity(set.type);
  const names = [...values.keys(), ...structures.keys()].filter(
    (name) => set.type.properties[name]?.write === "always",
  );
  const before = Object.fromEntries(names.map((name) => [name, kept(now[name] ?? null)]));
  return { kind: "changed", set: set.type.setName, id, before };
}

async function changeBack(
  set: EntitySet,
  { id, before }: Extract<Undo, { kind: "changed" }>,
): Promise<void> {
  const now = await set.get(id);
  const changed = Object.entries(before).filter(
    ([name, value]) => JSON.stringify(kept(now[name] ?? null)) !== JSON.stringify(value),
  );
  if (changed.length === 0) return;
  const values = new Map<string, Value>();
  const structures = new Map<string, WireValue>();
  for (const [name, value] of changed) {
    const found = unkept(value);
    if (isValue(found)) values.set(name, found);
    else structures.set(name, found);
  }
  await set.update?.(id, new EntityBody({ values, structures }));
}

async function linking(
  { set, id, name, key, target, links }: Extract<ApiResource, { kind: "links" }>,
  { request, readLink }: Change,
): Promise<Undo | undefined> {
  if (links === undefined) return undefined;
  const isRemoval = request.method === "DELETE";
  const targetId = isRemoval ? key : linkedId(readLink(), target.type.setName);
  const linked = (await set.navigate?.(id, name)) ?? [];
  const isLinked = linked.some((one) => keyOf(one).toLowerCase() === targetId?.toLowerCase());
  // A link that is there already, or was not, stays as it is.
  if (targetId === undefined || isLinked !== isRemoval) return undefined;
  const kind = isRemoval ? "unlinked" : "linked";
  return { kind, set: set.type.setName, id, property: name, targetId };
}

function isValue(value: WireValue): value is Value {
  return typeof value !== "object" || value === null || value instanceof Date;
}

function kept(value: WireValue): unknown {
  if (value instanceof Date) return { $date: value.toISOString() } satisfies KeptDate;
  if (Array.isArray(value)) return (value as readonly WireValue[]).map(kept);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as WireEntity).map(([name, part]) => [name, kept(part)]),
  );
}

function unkept(value: unknown): WireValue {
  if (Array.isArray(value)) return value.map(unkept);
  if (typeof value !== "object" || value === null) return value as Value;
  const { $date } = value as Partial<KeptDate>;
  if ($date !== undefined) return new Date($date);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, unkept(part)]));
}
