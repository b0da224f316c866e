import { ConfigError, type Environment } from "./config-error";
import { readEntra } from "./entra-config";
import type { DirectAccessSettings } from "./origin/direct-access";
import type { ServicePrincipal } from "./services/access-tokens";
import type { EntraSettings } from "./services/entra-tokens";
import type { SharedKeyAccess, StoreAddresses } from "./storage/storage-access";

/** The parts of the service that a process can play. */
export type Role = "api" | "origin" | "worker";

/** A store that is reached by the managed identity of the process. */
export interface ManagedIdentityStorage extends StoreAddresses {
  /** Of a user-assigned identity; undefined means the platform's only one. */
  readonly clientId: string | undefined;
}

/** How much memory the origin may fill, and how long it waits for clients. */
export interface OriginSettings {
  /** For the indexes of assets. */
  readonly indexBytes: number;
  /** For segments and manifests that were packaged lately. */
  readonly segmentBytes: number;
  /** For what clients have not taken yet. */
  readonly sendingBytes: number;
  readonly stallMs: number;
}

/** Everything that a process of the service is told from outside. */
export interface MediaServiceConfig {
  readonly roles: ReadonlySet<Role>;
  readonly accountName: string;
  /** Secret; undefined where only tokens of Entra ID are taken. */
  readonly accountKey: string | undefined;
  /** Undefined where no tokens of Entra ID are taken. */
  readonly entra: EntraSettings | undefined;
  readonly servicePrincipals: readonly ServicePrincipal[];
  readonly dataCenter: string;
  readonly publicScheme: "http" | "https";
  /** Host, or host and port; undefined means wherever the process listens. */
  readonly publicHost: string | undefined;
  /** 0 takes any free port. */
  readonly port: number;
  readonly storage: SharedKeyAccess | ManagedIdentityStorage;
  readonly encoder: { readonly kind: "auto" | "ffmpeg" | "node-av"; readonly ffmpegPath?: string };
  readonly watchPage: boolean;
  readonly contentSteering: boolean;
  readonly origin: OriginSettings;
  /** What happens to requests that come past the edge. */
  readonly directAccess: DirectAccessSettings;
  readonly logLevel: string;
  /** How long the process may take to end. */
  readonly shutdown: { readonly delaySeconds: number; readonly graceSeconds: number };
}

const ROLES: readonly Role[] = ["api", "origin", "worker"];
const DEFAULT_PORT = 8080;
const MIB = 1024 * 1024;
/** As much as a machine may have. */
const MAX_MIB = 1024 * 1024;

/**
 * Reads the settings from the environment. Nothing else in the service does.
 *
 * @throws ConfigError naming the first setting that is missing or wrong.
 */
export function readConfig(env: Environment = process.env): MediaServiceConfig {
  const ffmpegPath = env["FFMPEG_PATH"];
  return {
    roles: readRoles(env["ROLES"]),
    accountName: required(env, "MEDIA_ACCOUNT_NAME"),
    ...readAccess(env),
    dataCenter: env["DATA_CENTER"] ?? "local",
    publicScheme: oneOf(env, "PUBLIC_SCHEME", ["https", "http"]),
    publicHost: readPublicHost(env),
    port: readPort(env["CONTAINER_APP_PORT"]),
    storage: readStorage(env),
    encoder: {
      kind: oneOf(env, "ENCODER", ["auto", "ffmpeg", "node-av"]),
      ...(ffmpegPath === undefined || ffmpegPath === "" ? {} : { ffmpegPath }),
    },
    watchPage: oneOf(env, "WATCH_PAGE", ["false", "true"]) === "true",
    contentSteering: oneOf(env, "CONTENT_STEERING", ["false", "true"]) === "true",
    origin: {
      indexBytes:
        wholeNumber(env, "INDEX_CACHE_MIB", { from: 1, to: MAX_MIB, otherwise: 16 }) * MIB,
      segmentBytes:
        wholeNumber(env, "SEGMENT_CACHE_MIB", { from: 0, to: MAX_MIB, otherwise: 24 }) * MIB,
      sendingBytes: wholeNumber(env, "SENDING_MIB", { from: 8, to: MAX_MIB, otherwise: 48 }) * MIB,
      stallMs: wholeNumber(env, "STALL_SECONDS", { from: 1, to: 3600, otherwise: 30 }) * 1000,
    },
    directAccess: readDirectAccess(env),
    logLevel: oneOf(env, "LOG_LEVEL", [
      "info",
      "trace",
      "debug",
      "warn",
      "error",
      "fatal",
      "silent",
    ]),
    shutdown: {
      delaySeconds: readSeconds(env, "SHUTDOWN_DELAY_SECONDS", 0),
      graceSeconds: readSeconds(env, "SHUTDOWN_GRACE_SECONDS", 45),
    },
  };
}

function readAccess(
  env: Environment,
): Pick<MediaServiceConfig, "accountKey" | "entra" | "servicePrincipals"> {
  const entra = readEntra(env);
  const servicePrincipals = readPrincipals(env["SERVICE_PRINCIPALS"]);
  const isKeyless = entra !== undefined && (env["MEDIA_ACCOUNT_KEY"] ?? "") === "";
  if (isKeyless && servicePrincipals.length > 0) {
    throw new ConfigError(
      "SERVICE_PRINCIPALS",
      "needs MEDIA_ACCOUNT_KEY, which signs their tokens",
    );
  }
  const accountKey = isKeyless ? undefined : required(env, "MEDIA_ACCOUNT_KEY");
  return { accountKey, entra, servicePrincipals };
}

function readDirectAccess(env: Environment): DirectAccessSettings {
  const frontDoorId = env["FRONT_DOOR_ID"] === "" ? undefined : env["FRONT_DOOR_ID"];
  const frontDoorOnly = oneOf(env, "FRONT_DOOR_ONLY", ["false", "true"]) === "true";
  if (frontDoorOnly && frontDoorId === undefined) {
    throw new ConfigError("FRONT_DOOR_ID", "is required where FRONT_DOOR_ONLY is true");
  }
  const text = env["DIRECT_REQUESTS_PER_MINUTE"] ?? "";
  if (!/^\d{0,7}$/.test(text)) {
    throw new ConfigError("DIRECT_REQUESTS_PER_MINUTE", `must be a whole number, got '${text}'`);
  }
  return { frontDoorId, frontDoorOnly, requestsPerMinute: Number(text) };
}

function readStorage(env: Environment): SharedKeyAccess | ManagedIdentityStorage {
  const addresses = {
    accountName: required(env, "STORAGE_ACCOUNT_NAME"),
    blobEndpoint: endpoint(env, "BLOB_ENDPOINT"),
    queueEndpoint: endpoint(env, "QUEUE_ENDPOINT"),
    tableEndpoint: endpoint(env, "TABLE_ENDPOINT"),
  };
  if (oneOf(env, "STORAGE_ACCESS", ["shared-key", "identity"]) === "shared-key") {
    return { ...addresses, accountKey: required(env, "STORAGE_ACCOUNT_KEY") };
  }
  for (const name of ["BLOB_ENDPOINT", "QUEUE_ENDPOINT", "TABLE_ENDPOINT"]) requireHttps(env, name);
  const clientId = env["AZURE_CLIENT_ID"];
  return { ...addresses, clientId: clientId === "" ? undefined : clientId };
}

function requireHttps(env: Environment, name: string): void {
  if (env[name]?.startsWith("https:") === true) return;
  throw new ConfigError(
    name,
    "must begin with https: where STORAGE_ACCESS is identity, for tokens are not sent in the clear",
  );
}

function required(env: Environment, name: string): string {
  const value = env[name];
  if (value === undefined || value === "") throw new ConfigError(name, "is required");
  return value;
}

/** The first choice is the default. */
function oneOf<T extends string>(env: Environment, name: string, choices: readonly [T, ...T[]]): T {
  const value = env[name];
  if (value === undefined || value === "") return choices[0];
  const choice = choices.find((known) => known === value);
  if (choice === undefined) throw new ConfigError(name, `must be one of ${choices.join(", ")}`);
  return choice;
}

function wholeNumber(
  env: Environment,
  name: string,
  { from, to, otherwise }: { from: number; to: number; otherwise: number },
): number {
  const text = env[name];
  if (text === undefined || text === "") return otherwise;
  const value = Number(text);
  if (!/^\d{1,7}$/.test(text) || value < from || value > to) {
    throw new ConfigError(name, `must be a whole number from ${from} to ${to}, got '${text}'`);
  }
  return value;
}

function endpoint(env: Environment, name: string): string {
  const value = required(env, name);
  if (!/^https?:\/\//.test(value) || !URL.canParse(value)) {
    throw new ConfigError(name, `must be an http(s) address, got '${value}'`);
  }
  return value.replace(/\/+$/, "");
}

function readRoles(text: string | undefined): ReadonlySet<Role> {
  if (text === undefined || text.trim() === "") return new Set(ROLES);
  const roles = text.split(",").map((name) => {
    const role = ROLES.find((known) => known === name.trim());
    if (role === undefined) throw new ConfigError("ROLES", `must be a list of ${ROLES.join(", ")}`);
    return role;
  });
  return new Set(roles);
}

// Container Apps gives the name of the app and the suffix of its environment.
function readPublicHost(env: Environment): string | undefined {
  const [app, suffix] = [env["CONTAINER_APP_NAME"], env["CONTAINER_APP_ENV_DNS_SUFFIX"]];
  const isOnAzure = app !== undefined && app !== "" && suffix !== undefined && suffix !== "";
  const host =
    env["PUBLIC_HOST_NAME"] ?? (isOnAzure ? `${app}.${suffix}` : env["CONTAINER_APP_HOSTNAME"]);
  return host === "" ? undefined : host;
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === "") return DEFAULT_PORT;
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new ConfigError("CONTAINER_APP_PORT", `must be a port number, got '${text}'`);
  }
  return port;
}

function readSeconds(env: Environment, name: string, unset: number): number {
  const text = env[name];
  if (text === undefined || text === "") return unset;
  if (/^\d{1,3}(\.\d+)?$/.test(text)) return Number(text);
  throw new ConfigError(name, `must be a number of seconds from 0 to 999, got '${text}'`);
}

function readPrincipals(text: string | undefined): ServicePrincipal[] {
  if (text === undefined || text === "") return [];
  const name = "SERVICE_PRINCIPALS";
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw new ConfigError(name, "is not JSON");
  }
  if (!Array.isArray(list) || !list.every(isPrincipal)) {
    throw new ConfigError(name, "must be a list of { tenantId, clientId, clientSecret }");
  }
  return list;
}

function isPrincipal(value: unknown): value is ServicePrincipal {
  const fields = value as Partial<Record<keyof ServicePrincipal, unknown>> | null;
  return (
    typeof fields?.tenantId === "string" &&
    typeof fields.clientId === "string" &&
    typeof fields.clientSecret === "string" &&
    fields.clientSecret !== ""
  );
}
