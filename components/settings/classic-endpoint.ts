import { isIP } from "node:net";
import type { ConfigReader, Entry, Form } from "./config-reader";

/** How a classic account's streaming endpoint is declared. */
export interface ClassicEndpoint {
  description: string | undefined;
  /** 0 is a Standard endpoint, more make a Premium one. */
  scaleUnits: number;
  /** How long caches keep what it answers; undefined: as the service sees fit. */
  maxCacheAgeSeconds: number | undefined;
  cdn: { provider: string; profile: string | undefined } | undefined;
  customHostNames: string[];
  /** Addresses that may stream; none: everybody. */
  allow: AddressRange[];
  /** Keys that Akamai signs its requests with. */
  akamaiKeys: AkamaiKey[];
  /** Contents of clientaccesspolicy.xml and crossdomain.xml. */
  clientAccessPolicy: string | undefined;
  crossDomainPolicy: string | undefined;
}

/** Addresses that share their first bits. */
export interface AddressRange {
  address: string;
  prefixLength: number;
}

interface AkamaiKey {
  identifier: string;
  /** Secret: callers wrap it before it reaches a resource. */
  base64Key: string;
  /** RFC 3339. */
  expiration: string;
}

const members = [
  "akamaiKeys",
  "allow",
  "cdn",
  "clientAccessPolicy",
  "crossDomainPolicy",
  "customHostNames",
  "description",
  "maxCacheAgeSeconds",
  "scaleUnits",
];
const text = { pattern: /\S/, allowed: "a text that is not empty" };
const provider = {
  pattern: /^(?:StandardVerizon|PremiumVerizon|StandardAkamai)$/,
  allowed: "StandardVerizon, PremiumVerizon, StandardAkamai",
};
const profile = {
  pattern: /^[-A-Za-z0-9]{1,120}$/,
  allowed: "1 to 120 letters, digits and hyphens",
};
const hostName = {
  pattern: /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/i,
  allowed: "a domain, such as video.example.com",
};
const base64 = {
  pattern: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  allowed: "a key in base64",
};
const moment = {
  pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/,
  allowed: "a moment such as 2030-01-31T00:00:00Z",
};
/** One IP address, or a range as `203.0.113.0/24`. */
export const rangeForm: Form = {
  pattern: /^[0-9A-Fa-f:.]+(?:\/\d{1,3})?$/,
  allowed: "an IP address, or a range such as 203.0.113.0/24",
};

/** Reads `streamingEndpoint`, by the rules of the provider and the service. */
export function readClassicEndpoint(config: ConfigReader): ClassicEndpoint {
  const owner: Entry = { at: "streamingEndpoint", entry: config.record("streamingEndpoint") };
  config.onlyMembers(owner, members);
  const optional = (name: string): string | undefined =>
    owner.entry[name] === undefined ? undefined : config.member(owner, name, text);
  const number = (name: string, min: number, max: number): number | undefined =>
    config.memberInteger(owner, name, { min, max });
  const endpoint = {
    description: optional("description"),
    scaleUnits: number("scaleUnits", 0, 10) ?? 0,
    maxCacheAgeSeconds: number("maxCacheAgeSeconds", 1, 2_147_483_647),
    cdn: readCdn(config, owner),
    customHostNames: config.memberTexts(owner, "customHostNames", hostName),
    allow: config
      .memberTexts(owner, "allow", rangeForm)
      .flatMap((range) => readRange(config, `${owner.at}.allow`, range)),
    akamaiKeys: config.memberEntries(owner, "akamaiKeys").map((key) => readKey(config, key)),
    clientAccessPolicy: optional("clientAccessPolicy"),
    crossDomainPolicy: optional("crossDomainPolicy"),
  };
  refuseBesideCdn(config, endpoint);
  return endpoint;
}

/** Reads one of the texts that {@link rangeForm} lets through. */
export function readRange(config: ConfigReader, at: string, range: string): AddressRange[] {
  const [address = "", prefix] = range.split("/");
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  const prefixLength = prefix === undefined ? most : Number(prefix);
  if (most >= 0 && prefixLength <= most) return [{ address, prefixLength }];
  config.refuse(at, `has ${JSON.stringify(range)} in it; allowed: ${rangeForm.allowed}`);
  return [];
}

function readCdn(config: ConfigReader, owner: Entry): ClassicEndpoint["cdn"] {
  const entry = config.optionalRecord(owner, "cdn");
  if (entry === undefined) return undefined;
  const cdn = { at: `${owner.at}.cdn`, entry };
  config.onlyMembers(cdn, ["provider", "profile"]);
  return {
    provider: config.member(cdn, "provider", provider),
    profile: entry["profile"] === undefined ? undefined : config.member(cdn, "profile", profile),
  };
}

// Never shows the key: it is a secret, or was meant to be part of one.
function readKey(config: ConfigReader, key: Entry): AkamaiKey {
  config.onlyMembers(key, ["identifier", "base64Key", "expiration"]);
  const { base64Key } = key.entry;
  const isKey = typeof base64Key === "string" && base64Key !== "" && base64.pattern.test(base64Key);
  if (!isKey) config.refuse(`${key.at}.base64Key`, `is required; allowed: ${base64.allowed}`);
  return {
    identifier: config.member(key, "identifier", text),
    base64Key: isKey ? base64Key : "",
    expiration: config.member(key, "expiration", moment),
  };
}

/**
 * Who streams, and under which host, is the content delivery network's to decide where there is one.
 * https://learn.microsoft.com/azure/media-services/latest/stream-streaming-endpoint-concept
 */
function refuseBesideCdn(config: ConfigReader, endpoint: ClassicEndpoint): void {
  if (endpoint.cdn === undefined) return;
  for (const name of ["allow", "akamaiKeys", "customHostNames"] as const) {
    if (endpoint[name].length === 0) continue;
    config.refuse(
      `streamingEndpoint.${name}`,
      "is set beside cdn, which comes between the endpoint and viewers; allowed: one of the two",
    );
  }
}
