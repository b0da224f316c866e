/** Somebody with an account in the tenant: an application or a managed identity. */
export interface Principal {
  readonly clientId: string;
  /** Its object id in the tenant: `principalId` of a managed identity. */
  readonly principalId: string;
  /** App roles that it was given. */
  readonly roles?: readonly string[];
}

const LIFE_SECONDS = 3599;
/** Resources of Microsoft's own take tokens of the first version (aud a URL, iss sts.windows.net). */
const FIRST_VERSION = /^https:\/\/([\w-]+\.)*(azure\.com|azure\.net|windows\.net)(\/|$)/;

/** What a token says about whom it is for, in the form that the resource takes. */
export function tokenClaims(
  principal: Principal,
  resource: string,
  authority: { readonly url: string; readonly tenantId: string },
): { readonly exp: number } & Record<string, unknown> {
  const { url, tenantId } = authority;
  const { clientId, principalId, roles = [] } = principal;
  const now = Math.floor(Date.now() / 1000);
  const version = FIRST_VERSION.test(resource)
    ? { iss: `https://sts.windows.net/${tenantId}/`, ver: "1.0", appid: clientId, appidacr: "2" }
    : { iss: `${url}${tenantId}/v2.0`, ver: "2.0", azp: clientId, azpacr: "2" };
  return {
    aud: resource,
    iat: now,
    nbf: now,
    exp: now + LIFE_SECONDS,
    idtyp: "app",
    oid: principalId,
    sub: principalId,
    tid: tenantId,
    ...version,
    ...(roles.length === 0 ? {} : { roles }),
  };
}
