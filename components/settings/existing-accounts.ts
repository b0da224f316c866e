import type { ConfigReader, Entry } from "./config-reader";

/** Accounts that are there before the stack, one a data center, and stay after it. */
export interface ExistingSettings {
  kind: "existing";
  /** By name of the data center. */
  accounts: Record<string, ExistingAccountSettings>;
}

/** How an account is reached. */
export interface ExistingAccountSettings {
  apiUrl: string;
  tokenUrl: string;
  /** The `client_id` at the token endpoint. */
  clientId: string;
  /** Name of the member that holds the secret, for messages: `accountKey` or `clientSecret`. */
  secretName: string;
  /** Secret: callers wrap it before it reaches a resource. */
  secret: string;
  /** Audience of a token of Entra ID; undefined where the account has a key. */
  audience: string | undefined;
  streamingHost: string;
  streamingEndpoint: string;
  /** Storage account that the media service must keep media in; undefined: any. */
  storageAccount: string | undefined;
}

const audienceOfMediaServices = "https://rest.media.azure.net";

const members = {
  shared: ["apiUrl", "streamingHost", "streamingEndpoint", "storageAccount", "tokenUrl"],
  key: ["accountName", "accountKey"],
  entra: ["tenantId", "clientId", "clientSecret", "audience"],
};
const text = { pattern: /\S/, allowed: "a text that is not empty" };
const address = {
  pattern: /^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?$/,
  allowed: "an http or https address",
};
const host = {
  pattern: /^[A-Za-z0-9.-]+(?::\d{1,5})?$/,
  allowed: "a host, with a port where it is not the scheme's own",
};
const storageName = { pattern: /^[a-z0-9]{3,24}$/, allowed: "the name of a storage account" };

/** Reads `accounts`: one for each data center, with a key or with an application of Entra ID. */
export function readExistingAccounts(
  config: ConfigReader,
  dataCenterNames: readonly string[],
): ExistingSettings {
  const entry = config.record("accounts");
  config.onlyMembers({ at: "accounts", entry }, dataCenterNames);
  const accounts = dataCenterNames.flatMap((name) => {
    const owner = config.optionalRecord({ at: "accounts", entry }, name);
    if (owner !== undefined) {
      return [[name, readAccount(config, { at: `accounts.${name}`, entry: owner })] as const];
    }
    if (entry[name] === undefined) {
      config.refuse(
        `accounts.${name}`,
        'is required where mediaServices is "existing"; allowed: an account as {apiUrl, streamingHost,' +
          " accountName, accountKey} or {apiUrl, streamingHost, tenantId, clientId, clientSecret}",
      );
    }
    return [];
  });
  return { kind: "existing", accounts: Object.fromEntries(accounts) };
}

function readAccount(config: ConfigReader, owner: Entry): ExistingAccountSettings {
  const { entry } = owner;
  const isKey = entry["accountKey"] !== undefined || entry["accountName"] !== undefined;
  config.onlyMembers(owner, [...members.shared, ...(isKey ? members.key : members.entra)]);
  const optional = (name: string, form: typeof text, fallback: string): string =>
    entry[name] === undefined ? fallback : config.member(owner, name, form);
  const apiUrl = config.member(owner, "apiUrl", address);
  const secretName = isKey ? "accountKey" : "clientSecret";
  const tokenUrl = isKey
    ? `${URL.canParse(apiUrl) ? new URL(apiUrl).origin : ""}/v2/OAuth2-13`
    : `https://login.microsoftonline.com/${config.member(owner, "tenantId", text)}/oauth2/token`;
  return {
    apiUrl: apiUrl.endsWith("/") ? apiUrl : `${apiUrl}/`,
    tokenUrl: optional("tokenUrl", address, tokenUrl),
    clientId: config.member(owner, isKey ? "accountName" : "clientId", text),
    secretName,
    secret: readSecret(config, owner, secretName),
    audience: isKey ? undefined : optional("audience", text, audienceOfMediaServices),
    streamingHost: config.member(owner, "streamingHost", host),
    streamingEndpoint: optional("streamingEndpoint", text, "default"),
    storageAccount: optional("storageAccount", storageName, "") || undefined,
  };
}

// Never shows the value: it is a secret, or was meant to be part of one.
function readSecret(config: ConfigReader, { at, entry }: Entry, name: string): string {
  const value = entry[name];
  if (typeof value === "string" && value !== "") return value;
  config.refuse(
    `${at}.${name}`,
    `is required; set it with \`pulumi config set --secret --path twinstream:${at}.${name}\``,
  );
  return "";
}
