import { type AlertSettings, readAlerts } from "./alerts";
import type { ConfigReader } from "./config-reader";
import { type OriginSettings, readOrigin } from "./origin-memory";

/** How a data center is kept, watched and scaled. */
export interface HostingSettings {
  /** Days that a deleted blob or container can be restored. */
  softDeleteDays: number;
  /** Days that what a blob held before it was overwritten is kept; 0 keeps nothing. */
  keepVersionsDays: number;
  /** Refuses to delete the stores: Pulumi by itself, Azure by a lock. */
  protect: boolean;
  /** Web origins whose pages may reach the blobs of assets by their locators. */
  uploadOrigins: string[];
  /** Keeps logs and has the data centers asked from outside. */
  monitoring: boolean;
  /** Days that logs are kept. */
  logRetentionDays: number;
  /** Spreads a data center's apps over several buildings of its region. */
  zoneRedundant: boolean;
  /** Copies of the app that answers viewers: so many at any time. */
  minReplicas: number;
  maxReplicas: number;
  /** Most copies of the app that encodes; without jobs there is none. */
  maxWorkers: number;
  /** Resource id of the Azure container registry that holds the image; empty where anybody may pull it. */
  registryId: string;
  /** Most requests a minute from one address that does not come through the edge; 0 counts none. */
  directRequestsPerMinute: number;
  /** Answers only what comes through the edge. */
  frontDoorOnly: boolean;
  /** How a copy of the app that answers viewers ends. */
  shutdown: ShutdownSettings;
  /** What it keeps in memory, and how long it waits. */
  origin: OriginSettings;
  /** Who is told when the data center is not well. */
  alerts: AlertSettings;
}

/** How a copy of the app that answers viewers ends. */
interface ShutdownSettings {
  /** Goes on for so long, until nobody is sent to it any more. */
  delaySeconds: number;
  /** Then what it sends may take so long. */
  graceSeconds: number;
}

const registryForm =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.ContainerRegistry\/registries\/[A-Za-z0-9]{5,50}$/i;

const originForm = {
  pattern: /^https:\/\/[a-z0-9.-]+(?::\d{1,5})?$/,
  allowed: "a web origin, such as https://studio.example.com",
};

/** Reads how a data center is kept, watched and scaled. */
export function readHosting(config: ConfigReader): HostingSettings {
  const minReplicas = config.integer("minReplicas", { min: 1, max: 300, fallback: 1 });
  const maxReplicas = config.integer("maxReplicas", { min: 1, max: 300, fallback: 10 });
  if (minReplicas > maxReplicas) {
    config.refuse(
      "maxReplicas",
      `is "${maxReplicas}"; allowed: a whole number from minReplicas, ${minReplicas}, to 300`,
    );
  }
  const monitoring = config.flag("monitoring", true);
  return {
    softDeleteDays: config.integer("softDeleteDays", { min: 1, max: 365, fallback: 7 }),
    keepVersionsDays: config.integer("keepVersionsDays", { min: 0, max: 365, fallback: 0 }),
    protect: config.flag("protect", false),
    uploadOrigins: config.texts("uploadOrigins", originForm),
    monitoring,
    // What Log Analytics keeps without asking for more than its first month's price.
    logRetentionDays: config.integer("logRetentionDays", { min: 30, max: 730, fallback: 30 }),
    zoneRedundant: config.flag("zoneRedundant", false),
    minReplicas,
    maxReplicas,
    maxWorkers: config.integer("maxWorkers", { min: 1, max: 300, fallback: 4 }),
    registryId: readRegistry(config),
    directRequestsPerMinute: config.integer("directRequestsPerMinute", {
      min: 0,
      max: 1_000_000,
      fallback: 1_200,
    }),
    frontDoorOnly: config.flag("frontDoorOnly", false),
    shutdown: {
      delaySeconds: config.integer("shutdownDelaySeconds", { min: 0, max: 60, fallback: 5 }),
      graceSeconds: config.integer("shutdownGraceSeconds", { min: 5, max: 500, fallback: 45 }),
    },
    origin: readOrigin(config),
    alerts: readAlerts(config, monitoring),
  };
}

function readRegistry(config: ConfigReader): string {
  const id = config.text("registryId", "");
  if (id !== "" && !registryForm.test(id)) {
    config.refuse(
      "registryId",
      `is "${id}"; allowed: the resource id of a container registry, /subscriptions/{id}` +
        "/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{name}",
    );
  }
  return id;
}
