import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { UnauthenticatedError } from "../domain/errors";
import type { Clock } from "../ports/clock";
import {
  AAD_RESOURCES,
  AAD_TOKEN_SECONDS,
  type AccessTokens,
  ACS_SCOPE,
  ACS_TOKEN_SECONDS,
} from "../services/access-tokens";

/** What the token endpoints need. */
export interface TokenEndpointDeps {
  readonly tokens: AccessTokens;
  readonly clock: Clock;
}

/** A refusal in the words of OAuth 2.0 (RFC 6749, 5.2). */
class OAuthError extends Error {
  constructor(
    readonly code:
      "invalid_request" | "invalid_client" | "unsupported_grant_type" | "invalid_resource",
    message: string,
  ) {
    super(message);
  }
}

const MAX_FORM_BYTES = 64 * 1024;
const FORM = "application/x-www-form-urlencoded";

/** The token endpoints in the form of ACS and of Azure AD v1. */
export function registerTokenEndpoints(app: FastifyInstance, deps: TokenEndpointDeps): void {
  void app.register((endpoints, _options, done) => {
    endpoints.removeAllContentTypeParsers();
    endpoints.addContentTypeParser(
      FORM,
      { parseAs: "string", bodyLimit: MAX_FORM_BYTES },
      (_request, body, parsed) => {
        parsed(null, new URLSearchParams(body as string));
      },
    );
    endpoints.setErrorHandler(sendOAuthError);
    endpoints.post("/v2/OAuth2-13", (request, reply) => acs(deps, request, reply));
    endpoints.post<{ Params: { tenant: string } }>("/:tenant/oauth2/token", (request, reply) =>
      aad(deps, request, reply),
    );
    done();
  });
}

// Old Java clients refuse an answer with any other member than these four.
function acs(deps: TokenEndpointDeps, request: FastifyRequest, reply: FastifyReply): object {
  const form = formOf(request);
  const scope = required(form, "scope");
  if (scope !== ACS_SCOPE && `urn:${scope}` !== ACS_SCOPE) {
    throw new OAuthError("invalid_request", `The scope must be ${ACS_SCOPE}`);
  }
  const [id, secret] = [required(form, "client_id"), required(form, "client_secret")];
  const token = deps.tokens.acsToken(id, secret, deps.clock.now());
  noStore(reply);
  return {
    token_type: "http://schemas.xmlsoap.org/ws/2009/11/swt-token-profile-1.0",
    access_token: token,
    expires_in: ACS_TOKEN_SECONDS.toString(),
    scope: ACS_SCOPE,
  };
}

function aad(
  { tokens, clock }: TokenEndpointDeps,
  request: FastifyRequest<{ Params: { tenant: string } }>,
  reply: FastifyReply,
): object {
  const form = formOf(request);
  const resource = required(form, "resource").replace(/\/$/, "");
  if (!AAD_RESOURCES.includes(resource)) {
    throw new OAuthError("invalid_resource", `There is no resource '${resource.slice(0, 200)}'`);
  }
  const now = clock.now();
  const client = {
    tenantId: request.params.tenant,
    clientId: required(form, "client_id"),
    clientSecret: required(form, "client_secret"),
  };
  const token = tokens.aadToken(client, resource, now);
  const start = Math.floor(now.getTime() / 1000);
  noStore(reply);
  return {
    token_type: "Bearer",
    expires_in: AAD_TOKEN_SECONDS.toString(),
    ext_expires_in: AAD_TOKEN_SECONDS.toString(),
    expires_on: (start + AAD_TOKEN_SECONDS).toString(),
    not_before: start.toString(),
    resource,
    access_token: token,
  };
}

function formOf(request: FastifyRequest): URLSearchParams {
  const form = request.body;
  if (!(form instanceof URLSearchParams)) {
    throw new OAuthError("invalid_request", `The body must be ${FORM}`);
  }
  if (form.get("grant_type") !== "client_credentials") {
    throw new OAuthError("unsupported_grant_type", "The grant_type must be client_credentials");
  }
  return form;
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value === null || value === "") {
    throw new OAuthError("invalid_request", `The parameter ${name} is required`);
  }
  return value;
}

function noStore(reply: FastifyReply): void {
  void reply.header("cache-control", "no-store").header("pragma", "no-cache");
}

function sendOAuthError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const send = (status: number, code: string, message: string): void => {
    void reply.code(status).send({ error: code, error_description: message });
  };
  if (error instanceof OAuthError) {
    send(400, error.code, error.message);
  } else if (error instanceof UnauthenticatedError) {
    send(401, "invalid_client", error.message);
  } else {
    const status = (error as { statusCode?: number }).statusCode ?? 500;
    if (status >= 500) request.log.error({ err: error }, "token request failed");
    send(status, "invalid_request", status < 500 ? (error as Error).message : "Internal error");
  }
}
