import { InvalidInputError } from "../domain/errors";
import type { EntityType, WireEntity } from "../odata/edm";
import { EntityBody } from "../odata/entity-body";
import { keyInPath, keyOf, parseResourcePath } from "../odata/resource-path";
import { type ApiModel, typeLookup } from "./api-model";
import { type ApiResource, findResource } from "./api-resource";
import type { BatchedRequest } from "./batched-request";
import { type Change, changeOf, created } from "./change-resource";
import { dispatch, requireWritableAnswer } from "./dispatch";
import type { EntitySet } from "./entity-set";
import type { ApiAnswer } from "./http";
import { linkedId } from "./linked-id";
import { readBody } from "./read-body";

/** A request of a changeset that failed, and so the changeset with it. */
export class ChangesetFailure extends Error {
  constructor(
    readonly request: BatchedRequest,
    cause: unknown,
  ) {
    super("A request of the changeset failed", { cause });
  }
}

/** A request with those that make what belongs inside of what it makes. */
interface Step {
  readonly request: BatchedRequest;
  readonly inside: readonly { readonly request: BatchedRequest; readonly navigation: string }[];
}

type Undo = () => Promise<void>;

const REFERENCE = /^\/?\$([^/$]+)(?=\/|$)/;

/**
 * Carries out a changeset: all of it, or nothing. Each change that is made can be taken back, and is when
 * a later one fails. One change of a changeset may be of the kind that can't be taken back (a delete, a new
 * job, an action): it is made when all the others are.
 *
 * @throws ChangesetFailure when one of its requests fails.
 */
export async function applyChangeset(
  model: ApiModel,
  requests: readonly BatchedRequest[],
): Promise<ReadonlyMap<BatchedRequest, ApiAnswer>> {
  return new Changeset(model).apply(requests);
}

class Changeset {
  private readonly made = new Map<string, { set: EntitySet; entity: WireEntity }>();
  private readonly answers = new Map<BatchedRequest, ApiAnswer>();
  private readonly undos: Undo[] = [];
  private last: Step | undefined;

  constructor(private readonly model: ApiModel) {}

  async apply(
    requests: readonly BatchedRequest[],
  ): Promise<ReadonlyMap<BatchedRequest, ApiAnswer>> {
    try {
      for (const step of stepsOf(this.model, requests)) await this.tryStep(step, false);
      if (this.last !== undefined) await this.tryStep(this.last, true);
    } catch (cause) {
      await this.undoAll();
      throw cause;
    }
    return this.answers;
  }

  private async tryStep(step: Step, isLast: boolean): Promise<void> {
    try {
      await this.take(step, isLast);
    } catch (cause) {
      throw new ChangesetFailure(step.request, cause);
    }
  }

  private async take(step: Step, isLast: boolean): Promise<void> {
    const request = { ...step.request, path: this.resolve(step.request.path) };
    if (["GET", "HEAD"].includes(request.method)) {
      throw new InvalidInputError("A changeset holds changes only: GET belongs beside it");
    }
    const resource = await findResource(this.model, request.path);
    if (!isLast && isFinal(resource, request.method)) {
      this.putLast(step);
      return;
    }
    const change = this.changeOf(step, request);
    const undo = isLast ? undefined : await prepareUndo(resource, change);
    const answer = await dispatch(this.model, request, change);
    if (undo !== undefined) this.undos.push(() => undo(answer));
    this.answers.set(step.request, answer);
    await this.remember(step, resource, answer);
  }

  private putLast(step: Step): void {
    if (this.last !== undefined) {
      throw new InvalidInputError(
        "A changeset may hold one change that can't be taken back (a delete, a job, an action), not two",
      );
    }
    this.last = step;
  }

  private async remember(step: Step, resource: ApiResource, answer: ApiAnswer): Promise<void> {
    if (answer.content?.kind !== "entity") return;
    const { entity } = answer.content;
    const set =
      resource.kind === "related" ? resource.target : (resource as { set: EntitySet }).set;
    if (step.request.contentId !== undefined) {
      this.made.set(step.request.contentId, { set, entity });
    }
    await this.answerInside(step, set, entity);
  }

  // What was made inside comes last among what the navigation property leads to, in the same order.
  private async answerInside(step: Step, set: EntitySet, entity: WireEntity): Promise<void> {
    for (const navigation of new Set(step.inside.map((one) => one.navigation))) {
      const asked = step.inside.filter((one) => one.navigation === navigation);
      const target = this.model.sets.get(set.type.navigations[navigation]?.target ?? "");
      const related = (await set.navigate?.(keyOf(entity), navigation)) ?? [];
      const own = related.slice(-asked.length);
      asked.forEach(({ request }, at) => {
        const one = own[at];
        if (target !== undefined && one !== undefined) {
          this.answers.set(request, created(this.model, target, one));
        }
      });
    }
  }

  private changeOf({ inside }: Step, request: BatchedRequest): Change {
    const plain = changeOf(this.model, request);
    return {
      request,
      readEntity: (type) => this.withInside(this.withLinks(plain.readEntity(type)), type, inside),
      readLink: () => this.resolveLink(plain.readLink()),
    };
  }

  private withInside(body: EntityBody, type: EntityType, inside: Step["inside"]): EntityBody {
    const nested = new Map(body.nested);
    for (const { request, navigation } of inside) {
      const target = this.model.sets.get(type.navigations[navigation]?.target ?? "");
      if (target === undefined) continue;
      const one = this.readInside(target.type, request);
      nested.set(navigation, [...(nested.get(navigation) ?? []), one]);
    }
    return body.with({ nested });
  }

  private readInside(type: EntityType, request: BatchedRequest): EntityBody {
    try {
      requireWritableAnswer(request);
      return this.withLinks(readBody(typeLookup(this.model), type, request));
    } catch (cause) {
      throw new ChangesetFailure(request, cause);
    }
  }

  private withLinks(body: EntityBody): EntityBody {
    const links = [...body.links].map(
      ([name, uris]) => [name, uris.map((uri) => this.resolveLink(uri))] as const,
    );
    return body.with({ links: new Map(links) });
  }

  private resolveLink(uri: string): string {
    return REFERENCE.test(uri) ? this.resolve(uri) : uri;
  }

  private resolve(path: string): string {
    const contentId = REFERENCE.exec(path)?.[1];
    if (contentId === undefined || /^(?:batch|metadata)$/.test(contentId)) return path;
    const found = this.made.get(contentId);
    if (found === undefined) {
      throw new InvalidInputError(
        `'$${contentId.slice(0, 40)}' is not the Content-ID of an earlier request that makes an entity`,
      );
    }
    const entity = `/${found.set.type.setName}${keyInPath(found.entity)}`;
    return path.replace(REFERENCE, () => entity);
  }

  private async undoAll(): Promise<void> {
    for (const undo of this.undos.reverse()) {
      try {
        await undo();
      } catch (cause) {
        this.model.report(cause);
      }
    }
  }
}

function stepsOf(model: ApiModel, requests: readonly BatchedRequest[]): Step[] {
  const steps: {
    request: BatchedRequest;
    inside: { request: BatchedRequest; navigation: string }[];
  }[] = [];
  const ids = requests.flatMap(({ contentId }) => contentId ?? []);
  if (new Set(ids).size !== ids.length) {
    throw new InvalidInputError("Each Content-ID of a changeset must be there once only");
  }
  for (const request of requests) {
    const [, contentId, navigation] = /^\/\$([^/$]+)\/(\w+)(?:\(\))?\/?$/.exec(request.path) ?? [];
    const parent = steps.find((step) => step.request.contentId === contentId);
    if (
      request.method === "POST" &&
      navigation !== undefined &&
      parent !== undefined &&
      takesInside(model, parent.request, navigation)
    ) {
      parent.inside.push({ request, navigation });
    } else {
      steps.push({ request, inside: [] });
    }
  }
  return steps;
}

function takesInside(
  model: ApiModel,
  { method, path }: BatchedRequest,
  navigation: string,
): boolean {
  if (method !== "POST" || REFERENCE.test(path)) return false;
  const [segment, ...more] = parseResourcePath(path);
  if (segment === undefined || segment.key !== undefined || more.length > 0) return false;
  return model.sets.get(segment.name)?.type.navigations[navigation]?.inline === true;
}

// What is done then can't be taken back.
function isFinal(resource: ApiResource, method: string): boolean {
  switch (resource.kind) {
    case "set":
      return resource.set.createStartsWork === true || resource.set.delete === undefined;
    case "related":
      return resource.target.createStartsWork === true || resource.target.delete === undefined;
    case "entity":
      return method === "DELETE";
    default:
      return resource.kind === "action" || resource.kind === "function";
  }
}

/** Looks at what is there before a change, and tells how to take the change back once it is made. */
async function prepareUndo(
  resource: ApiResource,
  change: Change,
): Promise<((answer: ApiAnswer) => Promise<void>) | undefined> {
  switch (resource.kind) {
    case "set":
      return (answer) => takeAway(resource.set, answer);
    case "related":
      return (answer) => takeAway(resource.target, answer);
    case "entity":
      return restoring(resource, change);
    case "links":
      return relinking(resource, change);
    default:
      return undefined;
  }
}

async function takeAway(set: EntitySet, { content }: ApiAnswer): Promise<void> {
  if (content?.kind === "entity") await set.delete?.(keyOf(content.entity), new URLSearchParams());
}

async function restoring(
  { set, id }: { set: EntitySet; id: string },
  change: Change,
): Promise<Undo> {
  const before = await set.get(id);
  const { values, structures } = change.readEntity(set.type);
  const isChangeable = (name: string): boolean => set.type.properties[name]?.write === "always";
  const old = <T>(names: Iterable<string>): Map<string, T> =>
    new Map([...names].filter(isChangeable).map((name) => [name, (before[name] ?? null) as T]));
  const body = new EntityBody({ values: old(values.keys()), structures: old(structures.keys()) });
  return async () => set.update?.(id, body);
}

function relinking(
  { links, id, key, target }: Extract<ApiResource, { kind: "links" }>,
  change: Change,
): Undo | undefined {
  if (links === undefined) return undefined;
  if (change.request.method === "DELETE") {
    return key === undefined ? undefined : () => links.add(id, key);
  }
  const added = linkedId(change.readLink(), target.type.setName);
  return () => links.remove(id, added);
}
