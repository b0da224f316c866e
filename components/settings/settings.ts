import { RunError } from "@pulumi/pulumi";
import { ConfigReader, type RawConfig } from "./config-reader";
import {
  rankDataCenters,
  type RankedDataCenter,
  readDataCenterName,
  readDataCenters,
} from "./data-centers";
import { type DeliverySettings, readDelivery } from "./delivery";
import { type HostingSettings, readHosting } from "./hosting";
import type { LibraryFiles } from "./library";
import { type MediaServicesSettings, readMediaServices } from "./media-services";
import { readShard, type Shard, videosOfShard } from "./shard";
import { readVideos, type Video } from "./videos";

/** How players and the chain reach the data centers. */
export type PublicScheme = "https" | "http";

/** How the media service reaches its store: as an identity of its own, or with the store's key. */
export type StorageAccess = "identity" | "shared-key";

/** Everything the program declares, from a stack's configuration. */
export interface Settings extends DeliverySettings, HostingSettings {
  dataCenters: RankedDataCenter[];
  /** Where the resource group is kept that all data centers share; read once, at its creation. */
  sharedLocation: string;
  videos: Video[];
  /** Which part of the library the videos are; undefined where they are all of it. */
  shard: Shard | undefined;
  /** How many of them are encoded, copied and published at once. */
  videosAtOnce: number;
  mediaServices: MediaServicesSettings;
  publicScheme: PublicScheme;
  /** Tells players the other data centers that hold a video. */
  contentSteering: boolean;
  storageAccess: StorageAccess;
  serverSideCopy: "auto" | "never" | "always";
  /** Whether blobs that somebody else wrote in a copy give way to the original's. */
  overwriteReplicas: boolean;
  /** How long a locator may be used from its start. */
  locatorDays: number;
  /** Goes into names that must be unique in all of Azure. */
  nameSalt: string;
  tags: Record<string, string>;
}

/** Where settings are read from. */
export interface SettingsSource {
  raw: RawConfig;
  /** Keys that are set, without their namespace. */
  keys: string[];
  /** Length in bytes of a regular file, relative to the project's root; undefined where there is none. */
  fileSizeBytes: (file: string) => number | undefined;
  files: LibraryFiles;
}

/** Every key that is read; the schema in Pulumi.yaml describes each. */
export const settingKeys = [
  "accounts",
  "activePath",
  "alerts",
  "apiAccess",
  "authority",
  "contentSteering",
  "dataCenters",
  "directRequestsPerMinute",
  "domain",
  "encodeIn",
  "encoder",
  "entra",
  "firewallMode",
  "frontDoorOnly",
  "frontDoorSku",
  "image",
  "keepVersionsDays",
  "keyDeliveryAllow",
  "library",
  "locatorDays",
  "logLevel",
  "logRetentionDays",
  "maxReplicas",
  "maxWorkers",
  "mediaServices",
  "mediaServicesApi",
  "minReplicas",
  "monitoring",
  "nameSalt",
  "origin",
  "primary",
  "protect",
  "publicScheme",
  "registryId",
  "serverSideCopy",
  "overwriteReplicas",
  "servicePrincipal",
  "shard",
  "shutdownDelaySeconds",
  "shutdownGraceSeconds",
  "softDeleteDays",
  "storageAccess",
  "streamingEndpoint",
  "tags",
  "uploadOrigins",
  "videos",
  "videosAtOnce",
  "watchPage",
  "zoneRedundant",
] as const;

/**
 * Reads and checks a stack's configuration.
 *
 * @throws RunError that lists every mistake: its key, its value and what is allowed.
 */
export function readSettings(source: SettingsSource): Settings {
  const config = new ConfigReader(source.raw);
  refuseUnknownKeys(config, source.keys);
  const dataCenters = readDataCenters(config);
  const primary = readDataCenterName(config, "primary", dataCenters);
  const mediaServices = readMediaServices(
    config,
    dataCenters.map(({ name }) => name),
  );
  const publicScheme = config.choice("publicScheme", ["https", "http"], "https");
  const delivery = readDelivery(config, publicScheme);
  const shard = readShard(config, { mediaServices, ...delivery });
  const videos = readVideos(config, {
    encodeIn: readDataCenterName(config, "encodeIn", dataCenters),
    dataCenterNames: dataCenters.map(({ name }) => name),
    fileSizeBytes: source.fileSizeBytes,
    files: source.files,
  });
  const settings: Settings = {
    dataCenters: rankDataCenters(dataCenters, primary),
    sharedLocation: dataCenters[0]?.location ?? "",
    videos: videosOfShard(videos, shard),
    shard,
    videosAtOnce: config.integer("videosAtOnce", { min: 1, max: 256, fallback: 16 }),
    mediaServices,
    publicScheme,
    ...delivery,
    contentSteering: config.flag("contentSteering", true),
    storageAccess: config.choice("storageAccess", ["identity", "shared-key"], "identity"),
    overwriteReplicas: config.flag("overwriteReplicas", false),
    serverSideCopy: config.choice("serverSideCopy", ["auto", "never", "always"], "auto"),
    // Locators are renewed 14 days before they lapse: shorter ones would be renewed on every run.
    locatorDays: config.integer("locatorDays", { min: 15, max: 3650, fallback: 90 }),
    ...readHosting(config),
    nameSalt: config.text("nameSalt", ""),
    tags: readTags(config),
  };
  refuseLostViewers(config, settings);
  refuseUnreadCertificate(config, settings);
  throwProblems(config.problems);
  return settings;
}

/** Who answers only what comes through the edge must not send viewers another way. */
function refuseLostViewers(config: ConfigReader, settings: Settings): void {
  if (!settings.frontDoorOnly) return;
  const ways = [
    ...(settings.contentSteering ? ["contentSteering is true"] : []),
    ...(settings.activePath === "front-door" ? [] : [`activePath is ${settings.activePath}`]),
  ];
  for (const way of ways) {
    config.refuse(
      "frontDoorOnly",
      `is "true", but ${way}, which leads viewers past the edge; allowed: false,` +
        " or contentSteering false and activePath front-door",
    );
  }
}

/** The data centers' apps read the domain's certificate as an identity, which only that access gives them. */
function refuseUnreadCertificate(config: ConfigReader, settings: Settings): void {
  const { domain, mediaServices, publicScheme, storageAccess } = settings;
  if (domain === undefined || mediaServices.kind !== "self-hosted") return;
  if (publicScheme !== "https" || storageAccess === "identity") return;
  config.refuse(
    "storageAccess",
    `is "${storageAccess}", but the apps have no identity then to read the certificate of domain with;` +
      " allowed with a domain over https: identity",
  );
}

function refuseUnknownKeys(config: ConfigReader, keys: string[]): void {
  for (const key of keys) {
    if (!settingKeys.some((known) => known === key)) {
      config.refuse(key, `is not known; allowed: ${settingKeys.join(", ")}`);
    }
  }
}

function readTags(config: ConfigReader): Record<string, string> {
  const form = { pattern: /^.{0,256}$/, allowed: "text of at most 256 characters" };
  const entry = config.record("tags");
  return Object.fromEntries(
    Object.keys(entry).map((name) => [name, config.member({ at: "tags", entry }, name, form)]),
  );
}

function throwProblems(problems: string[]): void {
  if (problems.length === 0) return;
  const lines = problems.map((problem) => `\n  twinstream:${problem}`).join("");
  const many = problems.length === 1 ? "a mistake" : `${problems.length} mistakes`;
  throw new RunError(`The stack's configuration has ${many}:${lines}`);
}
