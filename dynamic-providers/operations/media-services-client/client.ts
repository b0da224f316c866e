import { randomUUID } from "node:crypto";
import { accessToken, forgetToken } from "./access-tokens";
import { accountLabel, type AccountConnection } from "./account-connection";
import { atApiRoot } from "./api-root";
import type { EntitySet } from "./entities";
import { exchange, type ExchangeAnswer, NoAnswerError, type RetryPolicy } from "./exchange";
import { errorFromAnswer, isNotFound, MediaServicesError } from "./media-services-error";
import { isEntity, text, type WireEntity } from "./wire-values";

/** The most entities that the service puts on a page. */
const PAGE_SIZE = 1_000;

interface Call {
  readonly method: "GET" | "POST" | "PUT" | "MERGE" | "DELETE";
  /** Path and query after the API root, encoded. */
  readonly path: string;
  readonly body?: WireEntity;
  /** What messages say was being done, for example `Creating asset 'a'`. */
  readonly what: string;
  readonly repeatable?: boolean;
}

/** The Media Services v2 REST API of one account, in verbose JSON. */
export class MediaServicesClient {
  /** How messages name the account. */
  readonly label: string;

  constructor(
    readonly connection: AccountConnection,
    private readonly retry?: RetryPolicy,
  ) {
    this.label = accountLabel(connection);
  }

  /** The entity with an id; undefined when there is none. */
  async get<T>(set: EntitySet<T>, id: string): Promise<T | undefined> {
    try {
      const answer = await this.call({
        method: "GET",
        path: keyPath(set, id),
        what: `Reading ${set.noun} '${id}'`,
      });
      return this.one(set, answer);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** All entities whose properties equal the given ones, oldest page first. */
  find<T>(set: EntitySet<T>, equal: Readonly<Record<string, string | number>> = {}): Promise<T[]> {
    const filter = Object.entries(equal)
      .map(([name, value]) => `${name} eq ${typeof value === "number" ? value : quoted(value)}`)
      .join(" and ");
    return this.pages(set, { path: set.path, filter, what: `Looking into ${set.path}` });
  }

  /** The entities that another one refers to, for example a job's `OutputMediaAssets`. */
  related<T>(
    from: { readonly set: EntitySet<unknown>; readonly id: string; readonly navigation: string },
    set: EntitySet<T>,
  ): Promise<T[]> {
    return this.pages(set, {
      path: `${keyPath(from.set, from.id)}/${from.navigation}`,
      filter: "",
      what: `Reading ${from.navigation} of ${from.set.noun} '${from.id}'`,
    });
  }

  /** Creates an entity. Not repeated where it is unknown whether the service did it. */
  async create<T>(set: EntitySet<T>, body: WireEntity): Promise<T> {
    const name = text(body, "Name") || text(body, "Id");
    const answer = await this.call({
      method: "POST",
      path: set.path,
      body,
      what: `Creating ${set.noun} '${name}'`,
    });
    return this.one(set, answer);
  }

  /** Changes the given properties of an entity. */
  async merge(set: EntitySet<unknown>, id: string, body: WireEntity): Promise<void> {
    const path = keyPath(set, id);
    await this.call({ method: "MERGE", path, body, what: `Changing ${set.noun} '${id}'` });
  }

  /** Deletes an entity; answers false when it was gone already. */
  async delete(set: EntitySet<unknown>, id: string): Promise<boolean> {
    try {
      const path = keyPath(set, id);
      await this.call({ method: "DELETE", path, what: `Deleting ${set.noun} '${id}'` });
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  /** Calls a function of the service, for example `CreateFileInfos`. Only for ones that can be repeated. */
  async invoke(name: string, parameters: Readonly<Record<string, string>>): Promise<void> {
    const query = Object.entries(parameters)
      .map(([key, value]) => `${key}=${encodeURIComponent(quoted(value))}`)
      .join("&");
    const values = Object.values(parameters).join(", ");
    await this.call({ method: "GET", path: `${name}?${query}`, what: `${name} for '${values}'` });
  }

  /** Runs an action of an entity, for example `Start`; answers the id of the operation to follow, if any. */
  async act(
    set: EntitySet<unknown>,
    id: string,
    action: string | { readonly name: string; readonly parameters: WireEntity },
  ): Promise<string | undefined> {
    const { name, parameters } =
      typeof action === "string" ? { name: action, parameters: {} } : action;
    const answer = await this.call({
      method: "POST",
      path: `${keyPath(set, id)}/${name}`,
      body: parameters,
      what: `${name} of ${set.noun} '${id}'`,
      repeatable: true,
    });
    return answer.headers.get("operation-id") ?? undefined;
  }

  /** Asks something beside the entities; answers the body, or undefined where nothing is. */
  async manage(
    method: "GET" | "PUT" | "DELETE",
    path: string,
    body?: WireEntity,
  ): Promise<string | undefined> {
    const what = `${method} of ${path.replace(/^[./]+/, "")}`;
    try {
      const call = { method, path, what, repeatable: true, ...(body && { body }) };
      return (await this.call(call)).body;
    } catch (error) {
      if (method !== "PUT" && isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** The address of an entity, for links in bodies. */
  uri(set: EntitySet<unknown>, id: string): string {
    const root = this.connection.apiUrl;
    return `${root.endsWith("/") ? root : `${root}/`}${keyPath(set, id)}`;
  }

  private async pages<T>(
    set: EntitySet<T>,
    { path, filter, what }: { path: string; filter: string; what: string },
  ): Promise<T[]> {
    const found: T[] = [];
    for (let page = PAGE_SIZE; page === PAGE_SIZE;) {
      const query = new URLSearchParams({
        ...(filter === "" ? {} : { $filter: filter }),
        $top: PAGE_SIZE.toString(),
        $skip: found.length.toString(),
      });
      // A space as `+` is a plus sign to strict readers of a query.
      const encoded = query.toString().replaceAll("+", "%20").replaceAll("%24", "$");
      const answer = await this.call({ method: "GET", path: `${path}?${encoded}`, what });
      const items = this.many(answer, what);
      found.push(...items.map((item) => set.parse(item)));
      page = items.length;
    }
    return found;
  }

  private one<T>(set: EntitySet<T>, answer: ExchangeAnswer): T {
    const entity = this.payload(answer);
    if (!isEntity(entity)) throw this.notVerbose(`Reading ${set.noun}`, answer);
    return set.parse(entity);
  }

  private many(answer: ExchangeAnswer, what: string): WireEntity[] {
    const payload = this.payload(answer);
    const items = isEntity(payload) ? payload["results"] : payload;
    if (!Array.isArray(items)) throw this.notVerbose(what, answer);
    return items.filter(isEntity);
  }

  private payload({ body }: ExchangeAnswer): unknown {
    try {
      const parsed: unknown = JSON.parse(body);
      return isEntity(parsed) ? parsed["d"] : undefined;
    } catch {
      return undefined; // reported by the caller as an answer that is not verbose JSON
    }
  }

  private notVerbose(what: string, { status }: ExchangeAnswer): MediaServicesError {
    return new MediaServicesError(
      `${what} in ${this.label} failed: the answer is not verbose JSON. Check that apiUrl is the API root of a Media Services v2 account.`,
      { kind: "protocol", status },
    );
  }

  private async call(call: Call): Promise<ExchangeAnswer> {
    const requestId = randomUUID();
    const what = `${call.what} in ${this.label}`;
    const answer = await this.authorized(call, requestId).catch((error: unknown) => {
      if (!(error instanceof NoAnswerError)) throw error;
      throw new MediaServicesError(
        `${what} failed: no answer (${error.message}). Check that the media service runs and can be reached, then run again.`,
        { kind: "unreachable", ambiguous: !error.neverSent, cause: error },
      );
    });
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw errorFromAnswer(what, { ...answer, requestId });
  }

  /** A token that was kept may have been revoked meanwhile: one refusal of it gets a new one. */
  private async authorized(call: Call, requestId: string): Promise<ExchangeAnswer> {
    const token = await accessToken(this.connection, this.retry);
    const answer = await this.send(call, { token, requestId });
    if (answer.status !== 401) return answer;
    forgetToken(this.connection, token);
    const renewed = await accessToken(this.connection, this.retry);
    return renewed === token ? answer : this.send(call, { token: renewed, requestId });
  }

  private send(
    { method, path, body, repeatable }: Call,
    { token, requestId }: { token: string; requestId: string },
  ): Promise<ExchangeAnswer> {
    const headers = {
      authorization: `Bearer ${token}`,
      accept: "application/json;odata=verbose",
      ...(body === undefined ? {} : { "content-type": "application/json;odata=verbose" }),
      dataserviceversion: "3.0",
      maxdataserviceversion: "3.0",
      "x-ms-version": "2.19",
      "x-ms-client-request-id": requestId,
    };
    return atApiRoot(this.connection, (root) =>
      exchange(
        {
          method,
          url: `${root}${path}`,
          headers,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          ...(repeatable === undefined ? {} : { repeatable }),
        },
        this.retry,
      ),
    );
  }
}

/** `Set('key')`, encoded. */
function keyPath(set: EntitySet<unknown>, id: string): string {
  return `${set.path}(${encodeURIComponent(quoted(id))})`;
}

/** A literal of the query language: a quote inside is doubled. */
function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
