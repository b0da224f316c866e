import { randomUUID } from "node:crypto";
import type { Undo } from "../domain/changeset-record";
import { InvalidInputError } from "../domain/errors";
import type { EntityType, WireEntity } from "../odata/edm";
import type { EntityBody } from "../odata/entity-body";
import { keyInPath, keyOf, parseResourcePath } from "../odata/resource-path";
import type { ChangesetJournal } from "../services/changeset-journal";
import { type ApiModel, typeLookup } from "./api-model";
import { type ApiResource, findResource } from "./api-resource";
import type { BatchedRequest } from "./batched-request";
import { type Change, changeOf, created } from "./change-resource";
import { lastOf, takeAllBack, undoOf } from "./changeset-undo";
import { dispatch, requireWritableAnswer } from "./dispatch";
import type { EntitySet } from "./entity-set";
import type { ApiAnswer } from "./http";
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

const REFERENCE = /^\/?\$([^/$]+)(?=\/|$)/;

/**
 * Carries out a changeset: all of it, or nothing. Each change that is made can be taken back, and is when
 * a later one fails; also by another process, should this one die in between. One change of a changeset may be of the kind that can't be taken back (a delete, a new
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
  /** What the id of the next new entity is made of: it is noted before the entity is made. */
  private guid: string | undefined;
  private readonly model: ApiModel;
  private journal: ChangesetJournal | undefined;

  constructor(outer: ApiModel) {
    this.model = outer.drawing(() => {
      const { guid } = this;
      this.guid = undefined;
      return guid;
    });
  }

  async apply(
    requests: readonly BatchedRequest[],
  ): Promise<ReadonlyMap<BatchedRequest, ApiAnswer>> {
    try {
      const steps = stepsOf(this.model, requests);
      // A single change is all or nothing by itself.
      if (steps.length > 1) this.journal = this.model.newJournal();
      for (const step of steps) await this.tryStep(step, false);
      if (this.last !== undefined) await this.tryStep(this.last, true);
      await this.journal?.complete();
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
    const guid = randomUUID();
    const undo = isLast ? undefined : await undoOf(resource, change, guid);
    if (undo !== undefined) await this.journal?.note(undo);
    if (isLast) await this.journal?.finish(await lastOf(resource, change, guid));
    this.guid = guid;
    const answer = await dispatch(this.model, request, change);
    if (undo !== undefined) this.undos.push(undo);
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
    if (this.journal?.isTaken === true) return;
    try {
      await takeAllBack(this.model, this.undos);
      await this.journal?.forget();
    } catch (cause) {
      // The journal stays, and with it what is left to do.
      this.model.report(cause);
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
