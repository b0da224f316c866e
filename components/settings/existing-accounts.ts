import type { ConfigReader, Entry, Form } from "./config-reader";

/** Accounts that are there before the stack, one a data center, and stay after it. */
export interface ExistingSettings {
  kind: "existing";
  /** By name of the data center. */
  accounts: Record<string, ExistingAccountSettings>;
}

/** How an account is reached. */
export interface ExistingAccountSettings {
  apiUrl: string;
  /** The account's name or, with an application of Entra ID, that one's id. */
  accountName: string;
  access: SecretAccess | DeployerAccess;
  streamingHost: string;
  streamingEndpoint: string;
  /** Storage account that the media service must keep media in; undefined: any. */
  storageAccount: string | undefined;
}

/** Tokens are given for a secret: the account's key, or an application's. */
interface SecretAccess {
  /** Member of the settings that holds the secret, for messages. */
  member: "accountKey" | "clientSecret";
  tokenUrl: string;
  /** Secret: callers wrap it before it reaches a resource. */
  secret: string;
  /** Audience of a token of Entra ID; undefined where the account has a key. */
  audience: string | undefined;
}

/** Tokens are those of Entra ID of whoever deploys. */
interface DeployerAccess {
  member: "audience";
  audience: string;
}

const audienceOfMediaServices = "https://rest.media.azure.net";

type Way = "key" | "application" | "deployer";

const sharedMembers = ["apiUrl", "streamingHost", "streamingEndpoint", "storageAccount"];
const members: Record<Way, readonly string[]> = {
  key: ["tokenUrl", "accountName", "accountKey"],
  application: ["tokenUrl", "tenantId", "clientId", "clientSecret", "audience"],
  deployer: ["accountName", "audience"],
};
const ways =
  "{apiUrl, streamingHost, accountName, accountKey} for an account with a key, {apiUrl, streamingHost," +
  " audience} for tokens of Entra ID of whoever deploys, or {apiUrl, streamingHost, tenantId, clientId," +
  " clientSecret} for those of an application";
const tenant = { pattern: /^[A-Za-z0-9.-]+$/, allowed: "the tenant's id, or a domain of it" };
const name = { pattern: /^\S+$/, allowed: "an application's id or its application id URI" };
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

/** Reads `accounts`: one for each data center, with a key, or for tokens of Entra ID. */
export function readExistingAccounts(
  config: ConfigReader,
  dataCenterNames: readonly string[],
): ExistingSettings {
  const entry = config.record("accounts");
  config.onlyMembers({ at: "accounts", entry }, dataCenterNames);
  const accounts = dataCenterNames.flatMap((name) => {
    const owner = config.optionalRecord({ at: "accounts", entry }, name);
    if (owner !== undefined) {
      const account = readAccount(config, name, { at: `accounts.${name}`, entry: owner });
      return account === undefined ? [] : [[name, account] as const];
    }
    if (entry[name] === undefined) {
      config.refuse(
        `accounts.${name}`,
        `is required where mediaServices is "existing"; allowed: an account as ${ways}`,
      );
    }
    return [];
  });
  return { kind: "existing", accounts: Object.fromEntries(accounts) };
}

function readAccount(
  config: ConfigReader,
  dataCenter: string,
  owner: Entry,
): ExistingAccountSettings | undefined {
  const way = wayInto(owner);
  if (way === undefined) {
    config.refuse(owner.at, `says nothing of who may call the account; allowed: ${ways}`);
    return undefined;
  }
  config.onlyMembers(owner, [...sharedMembers, ...members[way]]);
  const member = (name: string, form: Form, fallback?: string): string =>
    owner.entry[name] === undefined && fallback !== undefined
      ? fallback
      : config.member(owner, name, form);
  const apiUrl = member("apiUrl", address);
  return {
    apiUrl: apiUrl.endsWith("/") ? apiUrl : `${apiUrl}/`,
    accountName: {
      key: () => member("accountName", text),
      application: () => member("clientId", text),
      deployer: () => member("accountName", text, dataCenter),
    }[way](),
    access: readAccess(config, owner, { way, apiUrl, member }),
    streamingHost: member("streamingHost", host),
    streamingEndpoint: member("streamingEndpoint", text, "default"),
    storageAccount: member("storageAccount", storageName, "") || undefined,
  };
}

/** Told by what is given; undefined where that is nothing. */
function wayInto({ entry }: Entry): Way | undefined {
  const has = (...names: string[]): boolean => names.some((name) => entry[name] !== undefined);
  if (has("accountKey")) return "key";
  if (has("tenantId", "clientId", "clientSecret")) return "application";
  if (has("audience")) return "deployer";
  return has("accountName") ? "key" : undefined;
}

function readAccess(
  config: ConfigReader,
  owner: Entry,
  from: {
    way: Way;
    apiUrl: string;
    member: (name: string, form: Form, fallback?: string) => string;
  },
): SecretAccess | DeployerAccess {
  const { way, apiUrl, member } = from;
  if (way === "deployer") return { member: "audience", audience: member("audience", name) };
  const secretName = way === "key" ? "accountKey" : "clientSecret";
  const tokenUrl =
    way === "key"
      ? `${URL.canParse(apiUrl) ? new URL(apiUrl).origin : ""}/v2/OAuth2-13`
      : `https://login.microsoftonline.com/${member("tenantId", tenant)}/oauth2/token`;
  return {
    member: secretName,
    tokenUrl: member("tokenUrl", address, tokenUrl),
    secret: readSecret(config, owner, secretName),
    audience: way === "key" ? undefined : member("audience", name, audienceOfMediaServices),
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
