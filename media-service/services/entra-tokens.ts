import { decode, type JwtPayload, TokenExpiredError, verify } from "jsonwebtoken";
import { DeniedError, UnauthenticatedError } from "../domain/errors";
import type { AuthorityKeys } from "../ports/authority-keys";

/** Whose tokens are taken, and for what. */
export interface EntraSettings {
  /** Directory (tenant) id. */
  readonly tenantId: string;
  /** Names of the API in tokens: its application id, its application id URI. */
  readonly audiences: readonly string[];
  /** Address of the authority, with a slash at the end. */
  readonly authority: string;
  /** Object ids of principals that may call without the role. */
  readonly allowed: readonly string[];
}

/** The app role that lets a principal call the API. */
export const ENTRA_ROLE = "MediaServices.Contributor";

const CLOCK_TOLERANCE_SECONDS = 60;
const MAX_TOKEN_LENGTH = 16 * 1024;
/** The one cloud whose tokens of the first form name another issuer. */
const CHINA = /\.(partner\.microsoftonline|chinacloudapi)\.cn$/;

/** Tokens of Microsoft Entra ID, checked by the tenant's public keys. */
export class EntraTokens {
  constructor(
    private readonly settings: EntraSettings,
    private readonly keys: AuthorityKeys,
  ) {}

  /** Whether a token is in the form that Entra ID signs; says nothing about who did. */
  static isInForm(token: string): boolean {
    return token.length <= MAX_TOKEN_LENGTH && headerOf(token)?.alg === "RS256";
  }

  /**
   * Checks a token.
   *
   * @throws UnauthenticatedError when it is no good one of the tenant for this API.
   * @throws DeniedError when it is, but its principal may not call.
   * @throws UnavailableError when the tenant's keys are not to be had.
   */
  async check(token: string, now: Date): Promise<void> {
    const kid = headerOf(token)?.kid;
    const key = kid === undefined ? undefined : await this.keys.key(kid);
    if (key === undefined) throw refused("it is not signed with a key of the tenant");
    const { tenantId, audiences } = this.settings;
    let claims: JwtPayload;
    try {
      claims = verify(token, key, {
        algorithms: ["RS256"],
        audience: [...audiences] as [string, ...string[]],
        issuer: issuersOf(this.settings) as [string, ...string[]],
        clockTimestamp: Math.floor(now.getTime() / 1000),
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
      }) as JwtPayload;
    } catch (cause) {
      throw refused(whatIsWrong(cause, this.settings), cause);
    }
    if (claims.exp === undefined) throw refused("it has no end");
    if (lower(claims["tid"]) !== tenantId.toLowerCase()) throw refused("it is of another tenant");
    // What a client learns of its user (an id token) can have the same audience; it names no client.
    if (claims["appid"] === undefined && claims["azp"] === undefined) {
      throw refused("it is no access token");
    }
    this.requireAllowed(claims);
  }

  private requireAllowed(claims: JwtPayload): void {
    const { oid, roles } = claims as Record<string, unknown>;
    if (Array.isArray(roles) && roles.includes(ENTRA_ROLE)) return;
    const id = lower(oid);
    if (id !== undefined && this.settings.allowed.some((one) => one.toLowerCase() === id)) return;
    throw new DeniedError(
      `The principal ${id ?? "of this token"} may not call this account: give it the app role ` +
        `${ENTRA_ROLE} of the API's application, or list its object id in ENTRA_ALLOWED`,
    );
  }
}

/** Where the tenant's keys are shown. */
export function jwksUrl({
  authority,
  tenantId,
}: Pick<EntraSettings, "authority" | "tenantId">): string {
  return `${authority}${tenantId}/discovery/v2.0/keys`;
}

// https://learn.microsoft.com/entra/identity-platform/access-tokens: an application chooses the form.
function issuersOf({ authority, tenantId }: EntraSettings): string[] {
  const id = tenantId.toLowerCase();
  const first = CHINA.test(new URL(authority).hostname)
    ? "https://sts.chinacloudapi.cn/"
    : "https://sts.windows.net/";
  return [`${first}${id}/`, `${authority}${id}/v2.0`];
}

function whatIsWrong(cause: unknown, { audiences, tenantId }: EntraSettings): string {
  if (cause instanceof TokenExpiredError) return "it has expired";
  const said = cause instanceof Error ? cause.message : "";
  if (said.includes("audience")) return `its audience is not ${audiences.join(" or ")}`;
  if (said.includes("issuer")) return `it is not of the tenant ${tenantId}`;
  if (said.includes("not active")) return "it is not good yet";
  return "it is not signed with a key of the tenant";
}

function headerOf(token: string): { alg?: string; kid?: string } | undefined {
  const header: unknown = decodeSafely(token)?.header;
  const { alg, kid } = (header ?? {}) as Record<string, unknown>;
  return {
    ...(typeof alg === "string" ? { alg } : {}),
    ...(typeof kid === "string" ? { kid } : {}),
  };
}

function decodeSafely(token: string): ReturnType<typeof decodeWhole> {
  try {
    return decodeWhole(token);
  } catch {
    return null; // no JSON in it: it is refused like any other that is no token
  }
}

function decodeWhole(token: string): { header: unknown } | null {
  return decode(token, { complete: true });
}

function lower(value: unknown): string | undefined {
  return typeof value === "string" ? value.toLowerCase() : undefined;
}

function refused(why: string, cause?: unknown): UnauthenticatedError {
  return new UnauthenticatedError(`The access token is not valid: ${why}`, { cause });
}
