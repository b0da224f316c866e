import { createHash, createHmac, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import type { AddressInfo } from "node:net";
import fastify, { type FastifyInstance } from "fastify";
import { loopback } from "../storage/port-book";
import { SigningKeys } from "./signing-keys";
import { type Principal, tokenClaims } from "./token-claims";

/** What makes an authority the same one after a restart; secret. */
export interface AuthoritySecrets {
  readonly tenantId: string;
  readonly seed: string;
  readonly signingKeys: readonly string[];
}

/** An application that shows who it is by a secret. */
export interface ClientApplication extends Principal {
  readonly clientSecret: string;
}

/** The identities that a process can get tokens of. */
export interface ProcessIdentities {
  /** Asked for without a client id. */
  readonly own?: Principal;
  /** Asked for by client id. */
  readonly assigned?: readonly Principal[];
}

/** A refusal in the words of OAuth 2.0 (RFC 6749, 5.2). */
class RefusedError extends Error {
  readonly statusCode: number;

  constructor(
    readonly code: "invalid_client" | "invalid_request" | "unsupported_grant_type",
    message: string,
  ) {
    super(message);
    this.statusCode = code === "invalid_client" ? 401 : 400;
  }
}

const FORM = "application/x-www-form-urlencoded";
const SEED_BYTES = 32;

/**
 * The tenant's authority for one machine: it signs tokens for applications (by secret) and for managed
 * identities (by the endpoint that Container Apps gives its processes), and shows its public keys.
 */
export class Authority implements AsyncDisposable {
  readonly keys: SigningKeys;
  private readonly app: FastifyInstance;
  private readonly applications = new Map<string, ClientApplication>();
  private readonly processes = new Map<string, ProcessIdentities>();

  private constructor(private readonly secrets: AuthoritySecrets) {
    this.keys = new SigningKeys(secrets.signingKeys);
    this.app = fastify({ logger: false, forceCloseConnections: true });
    this.app.addContentTypeParser(FORM, { parseAs: "string" }, (_request, body, parsed) => {
      parsed(null, new URLSearchParams(body as string));
    });
    this.app.setErrorHandler((error, _request, reply) => {
      const { statusCode = 500, message, code = "server_error" } = error as Partial<RefusedError>;
      void reply.code(statusCode).send({ error: code, error_description: message });
    });
    this.addDocuments();
    this.addTokenEndpoints();
    this.addIdentityEndpoint();
  }

  /** Secrets for a new authority. */
  static newSecrets(tenantId: string = randomUUID()): AuthoritySecrets {
    const seed = randomBytes(SEED_BYTES).toString("base64");
    return { tenantId, seed, signingKeys: new SigningKeys().privateKeys };
  }

  /** Starts one; port 0 takes any free one. */
  static async listen(port: number, secrets = Authority.newSecrets()): Promise<Authority> {
    const authority = new Authority(secrets);
    await authority.app.listen({ host: loopback, port });
    return authority;
  }

  get tenantId(): string {
    return this.secrets.tenantId;
  }

  /** Its address, with a slash at the end: what login.microsoftonline.com is on Azure. */
  get url(): string {
    const { port } = this.app.server.address() as AddressInfo;
    return `http://${loopback}:${port}/`;
  }

  /** The principal of a managed identity, the same at each start. */
  identityOf(resourceId: string): Principal {
    const key = resourceId.toLowerCase();
    return {
      clientId: this.guid(`client/${key}`),
      principalId: this.guid(`principal/${key}`),
    };
  }

  addApplication(application: ClientApplication): void {
    this.applications.set(application.clientId.toLowerCase(), application);
  }

  /** What a process finds in its environment when it has identities; the same at each start. */
  identityEnvironment(processName: string, identities: ProcessIdentities): Record<string, string> {
    const header = this.hmac(`header/${processName}`).toString("hex");
    this.processes.set(header, identities);
    return { IDENTITY_ENDPOINT: `${this.url}msi/token`, IDENTITY_HEADER: header };
  }

  /** A token for somebody, without asking who wants it: for programs of this machine. */
  token(principal: Principal, resource: string): { token: string; expiresOn: number } {
    const claims = tokenClaims(principal, resource, this);
    return { token: this.keys.sign(claims), expiresOn: claims.exp };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app.close();
  }

  private addDocuments(): void {
    for (const path of ["/:tenant/discovery/v2.0/keys", "/:tenant/discovery/keys"]) {
      this.app.get(path, () => this.keys.document());
    }
    this.app.get("/:tenant/v2.0/.well-known/openid-configuration", () => ({
      issuer: `${this.url}${this.tenantId}/v2.0`,
      token_endpoint: `${this.url}${this.tenantId}/oauth2/v2.0/token`,
      jwks_uri: `${this.url}${this.tenantId}/discovery/v2.0/keys`,
    }));
  }

  private addTokenEndpoints(): void {
    interface Asked {
      Params: { tenant: string };
      Body: unknown;
    }
    this.app.post<Asked>("/:tenant/oauth2/v2.0/token", ({ params, body }) => {
      const scope = this.required(body, "scope");
      return this.applicationToken(params.tenant, body, scope.replace(/\/\.default$/, ""));
    });
    this.app.post<Asked>("/:tenant/oauth2/token", ({ params, body }) =>
      this.applicationToken(params.tenant, body, this.required(body, "resource")),
    );
  }

  private addIdentityEndpoint(): void {
    this.app.get<{ Querystring: { resource?: string; client_id?: string } }>(
      "/msi/token",
      ({ headers, query: { resource, client_id: clientId } }) => {
        const header = headers["x-identity-header"];
        const identities = this.processes.get(typeof header === "string" ? header : "");
        if (identities === undefined) {
          throw new RefusedError("invalid_client", "the header X-IDENTITY-HEADER is not known");
        }
        if (resource === undefined) {
          throw new RefusedError("invalid_request", "the parameter resource is required");
        }
        const principal = chosen(identities, clientId);
        const { token, expiresOn } = this.token(principal, resource.replace(/\/$/, ""));
        return {
          ...{ access_token: token, token_type: "Bearer", expires_on: expiresOn.toString() },
          ...{ resource, client_id: principal.clientId },
        };
      },
    );
  }

  private applicationToken(tenant: string, body: unknown, resource: string): object {
    if (this.required(body, "grant_type") !== "client_credentials") {
      throw new RefusedError("unsupported_grant_type", "grant_type must be client_credentials");
    }
    const known = this.applications.get(this.required(body, "client_id").toLowerCase());
    const given = this.required(body, "client_secret");
    const isTenant = tenant.toLowerCase() === this.tenantId;
    if (known === undefined || !isTenant || !equalSecrets(known.clientSecret, given)) {
      throw new RefusedError("invalid_client", "the tenant, client_id or client_secret is wrong");
    }
    const { token, expiresOn } = this.token(known, resource);
    const expiresIn = expiresOn - Math.floor(Date.now() / 1000);
    return { token_type: "Bearer", expires_in: expiresIn, access_token: token };
  }

  private required(form: unknown, name: string): string {
    const value = form instanceof URLSearchParams ? form.get(name) : null;
    if (value !== null && value !== "") return value;
    throw new RefusedError("invalid_request", `the parameter ${name} is required`);
  }

  private hmac(text: string): Buffer {
    return createHmac("sha256", this.secrets.seed).update(text).digest();
  }

  private guid(text: string): string {
    const hex = this.hmac(text).toString("hex");
    // Version 4, variant 1 (RFC 9562, 5.4): clients check the form.
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }
}

function chosen({ own, assigned = [] }: ProcessIdentities, clientId?: string): Principal {
  const wanted = clientId?.toLowerCase();
  const found =
    wanted === undefined ? own : assigned.find((one) => one.clientId.toLowerCase() === wanted);
  if (found !== undefined) return found;
  throw new RefusedError(
    "invalid_request",
    wanted === undefined
      ? "the process has no identity of its own: ask with the client_id of one that is assigned to it"
      : `the process has no identity with the client_id '${wanted}'`,
  );
}

function equalSecrets(known: string, given: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(known), digest(given));
}
