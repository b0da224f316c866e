import { MediaServicesError } from "./media-services-client/media-services-error";

/** What a search can be ordered by. */
interface Identified {
  readonly id: string;
  readonly created?: Date | undefined;
}

/** How one thing is found, made, and got rid of. */
export interface FindOrCreate<T extends Identified> {
  /** Everything that bears this resource's marks. */
  find(): Promise<T[]>;
  create(): Promise<T>;
  /** Removes a second one, made by a run that was killed or by one that ran at the same time. */
  removeSurplus(surplus: T): Promise<unknown>;
}

/**
 * Gives the one thing that bears a resource's marks, making it only when there is none. When there are
 * several, all runs agree on the oldest and the others go. A creation whose answer was lost is looked
 * for before it counts as failed.
 */
export async function findOrCreate<T extends Identified>(steps: FindOrCreate<T>): Promise<T> {
  let found = await steps.find();
  let made: T | undefined;
  if (found.length === 0) {
    try {
      made = await steps.create();
      found = await steps.find();
    } catch (error) {
      if (!(error instanceof MediaServicesError && error.ambiguous)) throw error;
      found = await steps.find();
      if (found.length === 0) throw error;
    }
  }
  const [oldest, ...surplus] = [...found].sort(byAge);
  for (const one of surplus) await steps.removeSurplus(one);
  const result = oldest ?? made;
  if (result === undefined) throw new Error("nothing was found and nothing was made");
  return result;
}

function byAge(a: Identified, b: Identified): number {
  const difference = (a.created?.getTime() ?? 0) - (b.created?.getTime() ?? 0);
  return difference === 0 ? (a.id < b.id ? -1 : 1) : difference;
}
