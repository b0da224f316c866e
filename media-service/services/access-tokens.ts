import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { sign, verify } from "jsonwebtoken";
import { UnauthenticatedError } from "../domain/errors";

/** Who may ask for tokens, and what they are signed with. */
export interface TokenSettings {
  readonly accountName: string;
  /** Secret. */
  readonly accountKey: string;
  readonly principals: readonly ServicePrincipal[];
}

/** An Azure AD application that may use the account; secret. */
export interface ServicePrincipal {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Seconds that an ACS token is good for. */
export const ACS_TOKEN_SECONDS = 21_600;
/** Seconds that an Azure AD token is good for. */
export const AAD_TOKEN_SECONDS = 3599;
/** The audience of ACS tokens. */
export const ACS_SCOPE = "urn:WindowsAzureMediaServices";
/** The audiences of Azure AD tokens, one a cloud. */
export const AAD_RESOURCES: readonly string[] = [
  "https://rest.media.azure.net",
  "https://rest.media.chinacloudapi.cn",
  "https://rest.media.usgovcloudapi.net",
  "https://rest.media.cloudapi.de",
];

const NAME_CLAIM = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier";
const ISSUER = "https://twinstream.accesscontrol.windows.net/";
const SIGNATURE = "&HMACSHA256=";

/**
 * Tokens that any process of the account can check: they are signed with the account's key, and
 * nothing about them is stored.
 */
export class AccessTokens {
  constructor(private readonly settings: TokenSettings) {}

  /**
   * An ACS token (SWT) for the account's name and key.
   *
   * @throws UnauthenticatedError when they are wrong.
   */
  acsToken(clientId: string, clientSecret: string, now: Date): string {
    if (!this.isAccount(clientId, clientSecret)) throw wrongSecret();
    const claims = new URLSearchParams([
      [NAME_CLAIM, clientId],
      ["Audience", ACS_SCOPE],
      ["ExpiresOn", (seconds(now) + ACS_TOKEN_SECONDS).toString()],
      ["Issuer", ISSUER],
    ]).toString();
    return `${claims}${SIGNATURE}${encodeURIComponent(this.swtSignature(claims))}`;
  }

  /**
   * An Azure AD v1 token (JWT) for a service principal of the tenant, or for the account itself.
   *
   * @throws UnauthenticatedError when id or secret are wrong.
   */
  aadToken(
    client: { tenantId: string; clientId: string; clientSecret: string },
    resource: string,
    now: Date,
  ): string {
    const isPrincipal = this.settings.principals
      .map(
        (known) =>
          known.tenantId.toLowerCase() === client.tenantId.toLowerCase() &&
          known.clientId.toLowerCase() === client.clientId.toLowerCase() &&
          equalSecrets(known.clientSecret, client.clientSecret),
      )
      .includes(true);
    if (!isPrincipal && !this.isAccount(client.clientId, client.clientSecret)) throw wrongSecret();
    const claims = { appid: client.clientId, tid: client.tenantId, ver: "1.0", iat: seconds(now) };
    return sign(claims, this.signingKey("jwt"), {
      algorithm: "HS256",
      audience: resource,
      issuer: `https://sts.windows.net/${client.tenantId}/`,
      expiresIn: AAD_TOKEN_SECONDS,
      notBefore: 0,
    });
  }

  /**
   * Checks a token.
   *
   * @throws UnauthenticatedError when it is not good.
   */
  check(token: string, now: Date): void {
    if (token.includes(SIGNATURE)) this.checkSwt(token, now);
    else this.checkJwt(token, now);
  }

  private checkSwt(token: string, now: Date): void {
    const end = token.lastIndexOf(SIGNATURE);
    const claims = token.slice(0, end);
    const [, given = ""] = [...new URLSearchParams(token.slice(end + 1)).entries()][0] ?? [];
    if (!equalSecrets(given, this.swtSignature(claims))) throw badToken();
    const read = new URLSearchParams(claims);
    const isOurs = read.get("Audience") === ACS_SCOPE && read.get("Issuer") === ISSUER;
    if (!isOurs || Number(read.get("ExpiresOn")) <= seconds(now)) throw badToken();
  }

  private checkJwt(token: string, now: Date): void {
    try {
      verify(token, this.signingKey("jwt"), {
        algorithms: ["HS256"],
        audience: [...AAD_RESOURCES] as [string, ...string[]],
        clockTimestamp: seconds(now),
      });
    } catch (cause) {
      throw badToken(cause);
    }
  }

  private isAccount(clientId: string, clientSecret: string): boolean {
    const isName = clientId.toLowerCase() === this.settings.accountName.toLowerCase();
    return equalSecrets(this.settings.accountKey, clientSecret) && isName;
  }

  private swtSignature(claims: string): string {
    return createHmac("sha256", this.signingKey("swt")).update(claims).digest("base64");
  }

  // A key of its own for each form of token, so that one is never good as the other; with the
  // account's name in it, so that two accounts with one key still refuse each other's tokens.
  private signingKey(form: "swt" | "jwt"): Buffer {
    const { accountKey, accountName } = this.settings;
    return createHmac("sha256", accountKey).update(`${form}/${accountName}`).digest();
  }
}

function equalSecrets(known: string, given: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(known), digest(given));
}

function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}

function wrongSecret(): UnauthenticatedError {
  return new UnauthenticatedError("The client id or the client secret is wrong");
}

function badToken(cause?: unknown): UnauthenticatedError {
  return new UnauthenticatedError("The access token is not valid, or has expired", { cause });
}
