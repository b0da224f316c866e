import { ConflictError, NotFoundError } from "../domain/errors";
import type { EntityLink } from "../domain/entity-link";
import { derivedGuid, entityId } from "../domain/ids";
import type { AccountDeps } from "./account-deps";

type LinkDeps = Pick<AccountDeps, "stores">;
type Ends = Omit<EntityLink, "id">;

/** Links one entity to another; both have to exist. A second time changes nothing. */
export async function addLink({ stores }: LinkDeps, link: Ends): Promise<void> {
  try {
    await stores.links.insert({ ...link, id: linkId(link) });
  } catch (cause) {
    if (!(cause instanceof ConflictError)) throw cause;
  }
}

/**
 * Takes a link away.
 *
 * @throws NotFoundError when there is none.
 */
export async function removeLink({ stores }: LinkDeps, link: Ends): Promise<void> {
  if ((await stores.links.get(linkId(link))) === undefined) {
    throw new NotFoundError(`'${link.sourceId}' is not linked to '${link.targetId}'`);
  }
  await stores.links.delete(linkId(link));
}

/** Ids of what an entity is linked to by one of its navigation properties. */
export async function linkedIds(
  { stores }: LinkDeps,
  sourceId: string,
  property: string,
): Promise<string[]> {
  const found = await stores.links.find("source", sourceId);
  return found.flatMap(({ value }) => (value.property === property ? [value.targetId] : []));
}

/** Whether anything is linked to an entity. */
export async function isLinked({ stores }: LinkDeps, targetId: string): Promise<boolean> {
  return (await stores.links.find("target", targetId)).length > 0;
}

/** Takes all links from an entity away. */
export async function removeLinksOf({ stores }: LinkDeps, sourceId: string): Promise<void> {
  for (const { value } of await stores.links.find("source", sourceId)) {
    await stores.links.delete(value.id);
  }
}

/** Takes all links to an entity away. */
export async function removeLinksTo({ stores }: LinkDeps, targetId: string): Promise<void> {
  for (const { value } of await stores.links.find("target", targetId)) {
    await stores.links.delete(value.id);
  }
}

// The same link has the same id, whoever makes it.
function linkId({ sourceId, property, targetId }: Ends): string {
  return entityId("linkid", derivedGuid(sourceId, `${property}/${targetId}`));
}
