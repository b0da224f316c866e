import type { HostingSettings } from "../../components/settings/hosting";

/** How the stack of one machine keeps its data centers. */
export const plainHosting: HostingSettings = {
  softDeleteDays: 7,
  keepVersionsDays: 0,
  protect: false,
  uploadOrigins: [],
  monitoring: false,
  logRetentionDays: 30,
  zoneRedundant: false,
  minReplicas: 1,
  maxReplicas: 10,
  maxWorkers: 4,
  registryId: "",
  directRequestsPerMinute: 0,
  frontDoorOnly: false,
  shutdown: { delaySeconds: 0, graceSeconds: 45 },
  origin: {
    indexCacheMiB: undefined,
    segmentCacheMiB: undefined,
    sendingMiB: undefined,
    stallSeconds: undefined,
  },
  alerts: { emails: [], actionGroupIds: [] },
};
