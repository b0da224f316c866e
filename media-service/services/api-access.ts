import { UnauthenticatedError } from "../domain/errors";
import type { AccessTokens } from "./access-tokens";
import { EntraTokens } from "./entra-tokens";

/** Who may call the API: whoever has a token of the account's own, or of the tenant. */
export class ApiAccess {
  constructor(
    private readonly by: {
      /** Undefined where the account has no key. */
      readonly own: AccessTokens | undefined;
      readonly entra: EntraTokens | undefined;
    },
  ) {}

  /**
   * Checks an Authorization header.
   *
   * @throws UnauthenticatedError when there is none, or its token is not good; DeniedError when its
   * principal may not call.
   */
  async check(authorization: string | undefined, now: Date): Promise<void> {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) {
      throw new UnauthenticatedError("An Authorization header with a Bearer token is required");
    }
    const { own, entra } = this.by;
    if (entra !== undefined && EntraTokens.isInForm(token)) await entra.check(token, now);
    else if (own !== undefined) own.check(token, now);
    else throw new UnauthenticatedError("The access token is not one of Microsoft Entra ID");
  }
}
