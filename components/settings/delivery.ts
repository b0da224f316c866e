import type { ConfigReader, Entry } from "./config-reader";

/** Which Front Door: Premium adds a firewall. */
export type FrontDoorSku = "standard" | "premium";

/** Whether the firewall refuses what its rules find, or only notes it. */
export type FirewallMode = "prevention" | "detection";

/** Which way viewers take in under the domain: the switch for when Front Door itself is lost. */
export type ActivePath = "front-door" | "direct" | "both";

/** A host name of one's own for viewers. */
export interface ViewersDomain {
  /** The host, e.g. `video.example.com`. */
  name: string;
  /** The Azure DNS zone that the host lies in, where its records are to be written. */
  zone: DnsZone | undefined;
  /** Resource id of the Key Vault secret with the host's certificate. */
  certificateId: string | undefined;
}

/** A zone that exists already. */
export interface DnsZone {
  name: string;
  resourceGroup: string;
}

/** What stands between viewers and the data centers. */
export interface DeliverySettings {
  frontDoorSku: FrontDoorSku;
  firewallMode: FirewallMode;
  activePath: ActivePath;
  domain: ViewersDomain | undefined;
}

const hostForm = {
  pattern: /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/,
  allowed: "a host name in lower case, such as video.example.com",
};
const groupForm = {
  pattern: /^[\w().-]{0,89}[\w()-]$/,
  allowed: "the name of a resource group: up to 90 letters, digits, and _ ( ) - .",
};
const certificateForm = {
  pattern:
    /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.KeyVault\/vaults\/[^/]+\/secrets\/[^/]+$/i,
  allowed:
    "the resource id of a Key Vault secret, /subscriptions/{id}/resourceGroups/{group}" +
    "/providers/Microsoft.KeyVault/vaults/{vault}/secrets/{name}",
};

/** Reads `frontDoorSku`, `firewallMode`, `domain` and `activePath`. */
export function readDelivery(config: ConfigReader, scheme: "https" | "http"): DeliverySettings {
  const settings = {
    frontDoorSku: config.choice("frontDoorSku", ["standard", "premium"], "standard"),
    firewallMode: config.choice("firewallMode", ["prevention", "detection"], "prevention"),
    activePath: config.choice("activePath", ["front-door", "direct", "both"], "front-door"),
    domain: readDomain(config, scheme),
  };
  if (settings.activePath !== "front-door" && settings.domain === undefined) {
    config.refuse(
      "activePath",
      `is "${settings.activePath}", but without a domain there is no name to lead elsewhere;` +
        " set domain, or activePath to front-door",
    );
  }
  return settings;
}

function readDomain(config: ConfigReader, scheme: "https" | "http"): ViewersDomain | undefined {
  const entry = config.record("domain");
  if (Object.keys(entry).length === 0) return undefined;
  const owner = { at: "domain", entry };
  config.onlyMembers(owner, ["name", "zone", "certificate"]);
  const name = config.member(owner, "name", hostForm);
  // Front Door's own certificates are renewed only for a host that leads straight to it.
  const needsCertificate = scheme === "https" || entry["certificate"] !== undefined;
  return {
    name,
    zone: readZone(config, owner, name),
    certificateId: needsCertificate
      ? config.member(owner, "certificate", certificateForm)
      : undefined,
  };
}

function readZone(config: ConfigReader, domain: Entry, host: string): DnsZone | undefined {
  const entry = config.optionalRecord(domain, "zone");
  if (entry === undefined) return undefined;
  const owner = { at: "domain.zone", entry };
  config.onlyMembers(owner, ["name", "resourceGroup"]);
  const zone = {
    name: config.member(owner, "name", hostForm),
    resourceGroup: config.member(owner, "resourceGroup", groupForm),
  };
  if (zone.name !== "" && host !== "" && !host.endsWith(`.${zone.name}`)) {
    config.refuse(
      "domain.zone.name",
      `is "${zone.name}"; allowed: a zone that "${host}" lies below, for the host becomes an alias there`,
    );
  }
  return zone;
}
