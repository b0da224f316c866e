/** How whoever runs the deployment shows who it is. */
export type DeployerIdentity =
  | {
      /** An application that its pipeline vouches for. */
      readonly kind: "federated";
      readonly tenantId: string;
      readonly clientId: string;
      readonly request: IdTokenRequest;
    }
  | {
      readonly kind: "secret";
      readonly tenantId: string;
      readonly clientId: string;
      readonly clientSecret: string;
    }
  /** Whoever `@azure/identity` finds: a managed identity, who is logged in with the Azure CLI, and so on. */
  | { readonly kind: "found" };

/** Where a pipeline gives out tokens that say which run it is. */
export interface IdTokenRequest {
  readonly url: string;
  /** A secret of the run. */
  readonly token: string;
}

/** What Entra ID wants such a token to be for. */
const exchangeAudience = "api://AzureADTokenExchange";
const answerWithinMs = 30_000;

/**
 * Looks for the identity where Azure's own providers look, so that one deployment is one principal. What a
 * pipeline vouches for is asked for anew with each token: the Azure CLI can't do that, and after ten minutes
 * gives no token for anything that it was not asked for before.
 */
export function deployerIdentity(env: NodeJS.ProcessEnv): DeployerIdentity {
  const value = (...names: string[]): string =>
    names.map((name) => env[name] ?? "").find((text) => text !== "") ?? "";
  // Says which of the found ones is meant.
  if (value("AZURE_TOKEN_CREDENTIALS") !== "") return { kind: "found" };
  const [tenantId, clientId] = [value("ARM_TENANT_ID"), value("ARM_CLIENT_ID")];
  if (tenantId === "" || clientId === "") return { kind: "found" };
  const request = {
    url: value("ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL"),
    token: value("ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
  };
  const isFederated = /^(?:true|1)$/i.test(value("ARM_USE_OIDC"));
  if (isFederated && request.url !== "" && request.token !== "") {
    return { kind: "federated", tenantId, clientId, request };
  }
  const clientSecret = value("ARM_CLIENT_SECRET");
  return clientSecret === ""
    ? { kind: "found" }
    : { kind: "secret", tenantId, clientId, clientSecret };
}

/**
 * A token by which the pipeline vouches for the run.
 *
 * @throws Error when it gives none.
 */
export async function idToken({ url, token }: IdTokenRequest): Promise<string> {
  const address = new URL(url);
  address.searchParams.set("audience", exchangeAudience);
  const answer = await fetch(address, {
    headers: { authorization: `Bearer ${token}`, accept: "application/json" },
    signal: AbortSignal.timeout(answerWithinMs),
  });
  const text = await answer.text();
  const { value } = answer.ok ? (JSON.parse(text) as { value?: unknown }) : {};
  if (typeof value === "string" && value !== "") return value;
  throw new Error(
    `the pipeline gave no token for the run (${address.host} answered ${answer.status.toString()}); on GitHub the job needs the permission id-token: write`,
  );
}
