import type { ConfigReader, Entry, Form } from "./config-reader";

/** Whose tokens of Entra ID an API takes. */
export interface EntraApi {
  /** Undefined: the tenant of whoever deploys. */
  tenantId: string | undefined;
  /** Name of the API in tokens, which the deployment asks for; undefined: one made of tenant and stack. */
  audience: string | undefined;
  /** Further names of the API. */
  audiences: string[];
  /** Address of the authority, with a slash at the end. */
  authority: string;
  /** Object ids of principals that may call without the app role. */
  allowed: string[];
  /** Whether the account has a key as well, for as long as it moves from one to the other. */
  keepsKey: boolean;
}

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const azureAuthority = "https://login.microsoftonline.com/";
const audienceForm = {
  pattern: /^[^\s,]+$/,
  allowed: "the API's application id URI (api://...) or its application id",
};
const members = ["tenantId", "audience", "audiences", "authority", "allowed"];

/** Reads `apiAccess` and `entra`; undefined where the API is called with the account's key. */
export function readEntraApi(config: ConfigReader): EntraApi | undefined {
  const access = config.choice("apiAccess", ["account-key", "entra", "both"], "account-key");
  const owner: Entry = { at: "entra", entry: config.record("entra") };
  if (access === "account-key") {
    if (Object.keys(owner.entry).length > 0) {
      config.refuse("entra", 'is set, but apiAccess is "account-key"; set apiAccess to "entra"');
    }
    return undefined;
  }
  config.onlyMembers(owner, members);
  const optional = (name: string, form: Form): string | undefined =>
    owner.entry[name] === undefined ? undefined : config.member(owner, name, form);
  return {
    keepsKey: access === "both",
    tenantId: optional("tenantId", { pattern: guid, allowed: "the tenant's id, a GUID" }),
    audience: optional("audience", audienceForm),
    audiences: config.memberTexts(owner, "audiences", audienceForm),
    authority: readAuthority(config, owner),
    allowed: config.memberTexts(owner, "allowed", {
      pattern: guid,
      allowed: "a principal's object id, a GUID",
    }),
  };
}

function readAuthority(config: ConfigReader, owner: Entry): string {
  if (owner.entry["authority"] === undefined) return azureAuthority;
  const pattern = /^https:\/\/[^/?#\s]+\/?$/;
  const text = config.member(owner, "authority", { pattern, allowed: "an https address" });
  return text.endsWith("/") ? text : `${text}/`;
}
