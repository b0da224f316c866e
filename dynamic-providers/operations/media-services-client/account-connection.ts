/** How to reach a media services account, as a resource's input: by a secret, or by who deploys. */
export type AccountConnection = SecretConnection | EntraConnection;

/** An account whose tokens are given for a secret. */
export interface SecretConnection {
  /** The API's root, for example `https://east.restv2.westeurope.media.azure.net/api/`. */
  readonly apiUrl: string;
  /** Where tokens are fetched: `.../v2/OAuth2-13` (ACS) or `.../{tenant}/oauth2/token` (Azure AD v1). */
  readonly tokenUrl: string;
  /** The `client_id` at the token endpoint: the account's name for ACS. */
  readonly accountName: string;
  /** The `client_secret` at the token endpoint. A secret: never logged. */
  readonly accountKey: string;
  /** Audience of an Azure AD v1 token; when given that form is used, else the ACS form. */
  readonly resource?: string;
}

/** An account that takes tokens of Entra ID, of whoever runs the deployment; nothing in it is secret. */
export interface EntraConnection {
  /** The API's root. */
  readonly apiUrl: string;
  readonly accountName: string;
  /** What tokens are asked for: the API's application id URI, or its application id. */
  readonly entraAudience: string;
}

/** Whether tokens are those of whoever runs the deployment. */
export function isByEntra(connection: AccountConnection): connection is EntraConnection {
  return "entraAudience" in connection;
}

/** How messages name an account: its name and host tell two data centers apart, nothing in it is secret. */
export function accountLabel(connection: AccountConnection): string {
  return `media services account '${connection.accountName}' (${hostOf(connection.apiUrl)})`;
}

/** Host and port of an address; the address itself when it is none. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
