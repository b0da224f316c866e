import { randomUUID } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { InvalidInputError } from "../domain/errors";
import type { Clock } from "../ports/clock";
import type { AccessTokens } from "../services/access-tokens";
import type { AccountDeps } from "../services/account-deps";
import { apiModel } from "./api-model";
import { answerBatch } from "./batch";
import { type ApiModel, dispatch } from "./dispatch";
import type { ApiRequest } from "./http";
import { renderAnswer, type RenderedAnswer, renderError } from "./render";
import { registerTokenEndpoints } from "./token-endpoints";

/** What the API needs. */
export interface ApiDeps {
  readonly account: AccountDeps;
  readonly tokens: AccessTokens;
  readonly clock: Clock;
  /** The address of the API's root that clients are sent to, with a slash at the end. */
  readonly apiRoot: () => string;
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "MERGE"];
const TUNNELLED = ["MERGE", "PUT", "PATCH", "DELETE"];
const MAX_BODY_BYTES = 8 * 1024 * 1024;
const MAX_REQUEST_ID_LENGTH = 2048;
const OLDEST_MINOR = 0;
const NEWEST_MINOR = 19;

/**
 * The REST API under `/api/`, the token endpoints, and `/redirect/api/`, which sends every call on to the
 * account's own API root as the old global address of the service did.
 */
export function registerApi(app: FastifyInstance, deps: ApiDeps): void {
  app.addHttpMethod("MERGE", { hasBody: true });
  registerTokenEndpoints(app, deps);
  const model = apiModel(deps.account, {
    root: deps.apiRoot,
    report: (err) => {
      app.log.error({ err }, "request in a batch failed");
    },
  });
  void app.register((api, _options, done) => {
    api.removeAllContentTypeParsers();
    api.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, parsed) => {
      parsed(null, body);
    });
    api.setErrorHandler((error, request, reply) => {
      sendError(error, request, reply);
    });
    const handler = (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
      answer(deps, model, { request, reply });
    for (const url of ["/api", "/api/*"]) {
      api.route({ method: METHODS, url, bodyLimit: MAX_BODY_BYTES, handler });
    }
    const redirect = (_request: FastifyRequest, reply: FastifyReply): FastifyReply =>
      reply.code(301).header("location", deps.apiRoot()).send();
    for (const url of ["/redirect/api", "/redirect/api/*"]) {
      api.route({ method: METHODS, url, bodyLimit: MAX_BODY_BYTES, handler: redirect });
    }
    done();
  });
}

/** Makes `/API/` the same as `/api/`: both are in the service's documents. For Fastify's `rewriteUrl`. */
export function lowerApiPrefix(url: string): string {
  return url.replace(/^(?:\/redirect)?\/api(?=[/?]|$)/i, (prefix) => prefix.toLowerCase());
}

async function answer(
  deps: ApiDeps,
  model: ApiModel,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): Promise<FastifyReply> {
  setCommonHeaders(request, reply);
  deps.tokens.check(request.headers.authorization, deps.clock.now());
  const call = toApiRequest(request);
  checkVersion(call);
  const isBatch = call.path === "/$batch" && call.method === "POST";
  const found = isBatch ? await answerBatch(model, call) : await dispatch(model, call);
  const { accept } = request.headers;
  return send(reply, renderAnswer(found, { root: model.root(), accept }));
}

function send(reply: FastifyReply, { status, headers, body }: RenderedAnswer): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}

function toApiRequest(request: FastifyRequest): ApiRequest {
  const url = request.raw.url ?? "/";
  const queryStart = url.indexOf("?");
  const path = queryStart === -1 ? url : url.slice(0, queryStart);
  const tunnelled = request.headers["x-http-method"];
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return {
    method:
      typeof tunnelled === "string" ? tunnelledMethod(request.method, tunnelled) : request.method,
    path: path.slice("/api".length),
    query: new URLSearchParams(queryStart === -1 ? "" : url.slice(queryStart + 1)),
    headers,
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
  };
}

function tunnelledMethod(method: string, tunnelled: string): string {
  const meant = tunnelled.toUpperCase();
  if (method !== "POST" || !TUNNELLED.includes(meant)) {
    throw new InvalidInputError(`X-HTTP-Method '${tunnelled.slice(0, 40)}' needs a POST`);
  }
  return meant;
}

// `$metadata` may be asked with `api-version` in the query instead.
function checkVersion({ headers, query }: ApiRequest): void {
  const version = headers["x-ms-version"] ?? query.get("api-version") ?? "";
  const minor = /^2\.(\d{1,2})$/.exec(version)?.[1];
  if (minor === undefined || Number(minor) < OLDEST_MINOR || Number(minor) > NEWEST_MINOR) {
    throw new InvalidInputError(
      `The header x-ms-version must be 2.${OLDEST_MINOR} to 2.${NEWEST_MINOR}, got '${version.slice(0, 40)}'`,
    );
  }
}

function setCommonHeaders(request: FastifyRequest, reply: FastifyReply): void {
  const requestId = randomUUID();
  const clientId =
    request.headers["x-ms-client-request-id"] ?? request.headers["client-request-id"];
  void reply.headers({
    dataserviceversion: "3.0;",
    "request-id": requestId,
    "x-ms-request-id": requestId,
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    ...(typeof clientId === "string" && clientId.length <= MAX_REQUEST_ID_LENGTH
      ? { "x-ms-client-request-id": clientId }
      : {}),
  });
}

function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const answer = renderError(error, request.headers.accept);
  if (answer.status >= 500) request.log.error({ err: error }, "request failed");
  if (answer.status === 405) void reply.header("allow", METHODS.join(", "));
  send(reply, answer);
}
