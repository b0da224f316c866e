import { randomUUID } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "../ports/clock";
import type { AccessTokens } from "../services/access-tokens";
import type { ApiAccess } from "../services/api-access";
import type { AccountDeps } from "../services/account-deps";
import type { ApiModel } from "./api-model";
import { answerBatch } from "./batch";
import { buildApiModel } from "./build-api-model";
import { dispatch } from "./dispatch";
import type { ApiRequest } from "./http";
import { checkVersions, methodMeant, wishesOf } from "./protocol";
import { renderAnswer, type RenderedAnswer, renderError } from "./render";
import { registerTokenEndpoints } from "./token-endpoints";

/** What the API needs. */
export interface ApiDeps {
  readonly account: AccountDeps;
  readonly access: ApiAccess;
  /** What gives tokens for the account's key; undefined where it has none. */
  readonly tokens: AccessTokens | undefined;
  readonly clock: Clock;
  /** The address of the API's root that clients are sent to, with a slash at the end. */
  readonly apiRoot: () => string;
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "MERGE"];
const MAX_BODY_BYTES = 8 * 1024 * 1024;
const MAX_REQUEST_ID_LENGTH = 2048;

/**
 * The REST API under `/api/`, the token endpoints, and `/redirect/api/`, which sends every call on to the
 * account's own API root as the old global address of the service did. Answers what the API offers.
 */
export function registerApi(app: FastifyInstance, deps: ApiDeps): ApiModel {
  app.addHttpMethod("MERGE", { hasBody: true });
  const { tokens, clock } = deps;
  if (tokens !== undefined) registerTokenEndpoints(app, { tokens, clock });
  const model = buildApiModel(deps.account, {
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
  return model;
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
  await deps.access.check(request.headers.authorization, deps.clock.now());
  const call = toApiRequest(request);
  checkVersions(call);
  const isBatch = /^\/*\$batch\/*$/.test(call.path) && call.method === "POST";
  const found = isBatch ? await answerBatch(model, call) : await dispatch(model, call);
  const context = { root: model.root(), now: model.now() };
  return send(reply, renderAnswer(found, context, wishesOf(call.headers, call.query)));
}

function send(reply: FastifyReply, { status, headers, body }: RenderedAnswer): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}

function toApiRequest(request: FastifyRequest): ApiRequest {
  const headers = headersOf(request);
  return {
    method: methodMeant(request.method, headers["x-http-method"]),
    path: (request.raw.url ?? "").replace(/\?.*$/s, "").slice("/api".length),
    query: queryOf(request),
    headers,
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
  };
}

function queryOf({ raw: { url = "" } }: FastifyRequest): URLSearchParams {
  const start = url.indexOf("?");
  return new URLSearchParams(start === -1 ? "" : url.slice(start + 1));
}

function headersOf(request: FastifyRequest): Record<string, string | undefined> {
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(", ") : value,
  ]);
  return Object.fromEntries(headers) as Record<string, string | undefined>;
}

function setCommonHeaders(request: FastifyRequest, reply: FastifyReply): void {
  const requestId = randomUUID();
  const headers = headersOf(request);
  const clientId = headers["x-ms-client-request-id"] ?? headers["client-request-id"];
  void reply.headers({
    dataserviceversion: `${wishesOf(headers, queryOf(request)).version}.0;`,
    "request-id": requestId,
    "x-ms-request-id": requestId,
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    ...(clientId !== undefined && clientId.length <= MAX_REQUEST_ID_LENGTH
      ? { "x-ms-client-request-id": clientId }
      : {}),
  });
}

function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const answer = renderError(error, wishesOf(headersOf(request), queryOf(request)));
  if (answer.status >= 500) request.log.error({ err: error }, "request failed");
  if (answer.status === 405) void reply.header("allow", METHODS.join(", "));
  send(reply, answer);
}
