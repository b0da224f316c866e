import {
  type AddressRange,
  type ClassicEndpoint,
  rangeForm,
  readClassicEndpoint,
  readRange,
} from "./classic-endpoint";
import type { ConfigReader } from "./config-reader";
import { readContainerImage } from "./container-image";
import { type EntraApi, readEntraApi } from "./entra-api";
import { type ExistingSettings, readExistingAccounts } from "./existing-accounts";

/** The kinds of account that can be declared. */
export type MediaServicesSettings = SelfHostedSettings | ClassicSettings | ExistingSettings;

/** This project's own media service, as a container app. */
export interface SelfHostedSettings {
  kind: "self-hosted";
  /** Container image of the media service, by its digest or of this machine only. */
  image: string;
  encoder: "auto" | "ffmpeg" | "node-av";
  watchPage: boolean;
  logLevel: string;
  /** Whose tokens of Entra ID the API takes, as far as it is said; without it there is an account key. */
  entra?: EntraApi;
}

/** An account of the retired Azure service, or of a service that stands in for it. */
export interface ClassicSettings {
  kind: "azure";
  /** Address of an account's API, with `{account}`, `{location}` or `{host}` (the streaming one) in it. */
  apiTemplate: string;
  /** Where tokens come from, e.g. `https://login.microsoftonline.com/`; may hold the same. */
  authority: string;
  servicePrincipal: ServicePrincipal;
  endpoint: ClassicEndpoint;
  /** Addresses that content keys are given to; undefined: all. */
  keyDeliveryAllow: AddressRange[] | undefined;
}

/** The identity that calls a classic account. */
interface ServicePrincipal {
  tenantId: string;
  clientId: string;
  /** Secret: callers wrap it before it reaches a resource. */
  clientSecret: string;
}

/** Where Azure's accounts answered. */
const azureApiTemplate = "https://{account}.restv2.{location}.media.azure.net/api/";

const azureAuthority = "https://login.microsoftonline.com/";

const kinds = ["self-hosted", "azure", "existing"] as const;
const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
const encoders = ["auto", "ffmpeg", "node-av"] as const;

// Public cloud, China, US Government, Germany: the service is gone from all of them.
const retiredHosts =
  /(?:^|\.)media\.(?:azure\.net|chinacloudapi\.cn|usgovcloudapi\.net|cloudapi\.de)$/;

/** Reads `mediaServices` and the keys of the chosen kind. */
export function readMediaServices(
  config: ConfigReader,
  dataCenterNames: readonly string[],
): MediaServicesSettings {
  const kind = config.choice("mediaServices", kinds, "self-hosted");
  if (kind === "azure") return readClassic(config);
  refuseClassicKeys(config, kind);
  if (kind === "existing") return readExistingAccounts(config, dataCenterNames);
  const entra = readEntraApi(config);
  return {
    kind: "self-hosted",
    ...(entra && { entra }),
    image: readContainerImage(config),
    encoder: config.choice("encoder", encoders, "auto"),
    watchPage: config.flag("watchPage", false),
    logLevel: config.choice("logLevel", logLevels, "info"),
  };
}

function readClassic(config: ConfigReader): ClassicSettings {
  const apiTemplate = config.text("mediaServicesApi", azureApiTemplate);
  refuseBadTemplate(config, apiTemplate);
  const authority = config.text("authority", azureAuthority);
  if (!webAddress(authority)) {
    config.refuse("authority", `is "${authority}"; allowed: an http or https address`);
  }
  return {
    kind: "azure",
    apiTemplate,
    authority: authority.endsWith("/") ? authority : `${authority}/`,
    servicePrincipal: readServicePrincipal(config),
    endpoint: readClassicEndpoint(config),
    keyDeliveryAllow: readKeyDelivery(config),
  };
}

function readKeyDelivery(config: ConfigReader): AddressRange[] | undefined {
  const ranges = config.texts("keyDeliveryAllow", rangeForm);
  if (ranges.length === 0) return undefined;
  return ranges.flatMap((range) => readRange(config, "keyDeliveryAllow", range));
}

function refuseClassicKeys(config: ConfigReader, kind: string): void {
  const isSet = {
    streamingEndpoint: Object.keys(config.record("streamingEndpoint")).length > 0,
    keyDeliveryAllow: config.texts("keyDeliveryAllow", rangeForm).length > 0,
  };
  for (const [key, set] of Object.entries(isSet)) {
    if (set)
      config.refuse(key, `is set, but mediaServices is "${kind}"; allowed with "azure" only`);
  }
}

/** The address with its placeholders filled in at random; undefined when it is none. */
function webAddress(template: string): URL | undefined {
  const example = template.replaceAll(/\{(account|location|host)\}/g, "$1");
  if (!URL.canParse(example)) return undefined;
  const url = new URL(example);
  return ["http:", "https:"].includes(url.protocol) ? url : undefined;
}

function refuseBadTemplate(config: ConfigReader, template: string): void {
  const url = webAddress(template);
  if (!url || !/\{(?:account|host)\}/.test(template)) {
    config.refuse(
      "mediaServicesApi",
      `is "${template}"; allowed: an http or https address with {account} or {host} in it`,
    );
  } else if (retiredHosts.test(url.hostname)) {
    config.refuse(
      "mediaServices",
      `is "azure", but Microsoft retired Azure Media Services on 2024-06-30 and ${template} no` +
        ' longer answers; set mediaServices to "self-hosted", or mediaServicesApi to a service' +
        " that speaks the same API",
    );
  }
}

// Never shows the value: it is a secret, or was meant to be part of one.
function readServicePrincipal(config: ConfigReader): ServicePrincipal {
  const entry = config.record("servicePrincipal");
  const member = (name: string) => {
    const value = entry[name];
    if (typeof value === "string" && value !== "") return value;
    config.refuse(`servicePrincipal.${name}`, 'is required where mediaServices is "azure"');
    return "";
  };
  return {
    tenantId: member("tenantId"),
    clientId: member("clientId"),
    clientSecret: member("clientSecret"),
  };
}
