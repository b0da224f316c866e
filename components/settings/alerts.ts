import type { ConfigReader, Entry } from "./config-reader";

/** Who is told when a data center is not well. */
export interface AlertSettings {
  emails: string[];
  /** Resource ids of action groups that are there already. */
  actionGroupIds: string[];
}

const email = { pattern: /^[^\s@]+@[^\s@]+\.[^\s@]+$/, allowed: "an e-mail address" };
const actionGroup = {
  pattern:
    /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Insights\/actionGroups\/[^/]+$/i,
  allowed:
    "the resource id of an action group, /subscriptions/{id}/resourceGroups/{group}" +
    "/providers/Microsoft.Insights/actionGroups/{name}",
};

/** Reads `alerts`; nobody is told where nothing is set. */
export function readAlerts(config: ConfigReader, monitoring: boolean): AlertSettings {
  const owner: Entry = { at: "alerts", entry: config.record("alerts") };
  config.onlyMembers(owner, ["emails", "actionGroupIds"]);
  const alerts = {
    emails: config.memberTexts(owner, "emails", email),
    actionGroupIds: config.memberTexts(owner, "actionGroupIds", actionGroup),
  };
  if (alerts.emails.length + alerts.actionGroupIds.length > 0 && !monitoring) {
    config.refuse("alerts", "is set, but monitoring is false; set monitoring to true");
  }
  return alerts;
}
