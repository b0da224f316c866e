import { createHash } from "node:crypto";

/** What makes a stack's names its own. */
export interface Naming {
  project: string;
  stack: string;
  /** Tells apart two deployments of the same project and stack. Default none. */
  salt?: string;
}

/**
 * Name of a storage account: 3 to 24 lower-case letters and digits, unique in all of Azure. It ends
 * in a hash and not in a random number, so that it is known at preview.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftstorage
 */
export function storageAccountName(naming: Naming, dataCenter: string): string {
  return accountName(naming, { dataCenter, purpose: "storage" });
}

/** Name of a media services account, under the same rules as a storage account's. */
export function mediaAccountName(naming: Naming, dataCenter: string): string {
  return accountName(naming, { dataCenter, purpose: "media" });
}

/** What a container app does in its data center. */
export type AppPurpose = "media" | "encode";

/**
 * Name of a container app: at most 32 lower-case letters, digits and single hyphens. Long stack
 * names are cut and told apart by a hash.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftapp
 */
export function containerAppName(
  naming: Naming,
  dataCenter: string,
  purpose: AppPurpose = "media",
): string {
  const name = `${purpose}-${slug(naming.stack)}-${dataCenter}`;
  if (name.length <= 32) return name;
  const room = 32 - `${purpose}--`.length - dataCenter.length - 7;
  const stack = slug(naming.stack).slice(0, room).replace(/-$/, "");
  const hash = digest(naming, dataCenter).slice(0, 6);
  return [purpose, ...(stack === "" ? [] : [stack]), hash, dataCenter].join("-");
}

/** Name of a workspace for logs: 4 to 63 letters, digits and hyphens. */
export function workspaceName(naming: Naming, dataCenter: string): string {
  return containerAppName(naming, dataCenter);
}

/** Name of an identity: at most 128 letters, digits and hyphens. */
export function identityName(naming: Naming, dataCenter: string): string {
  return containerAppName(naming, dataCenter);
}

/**
 * Name of a role assignment, which must be a GUID. It follows from what the assignment is for, so that
 * it is known at preview and a repeated deployment finds it.
 */
export function roleAssignmentName(naming: Naming, purpose: string): string {
  const hex = digest(naming, `role/${purpose}`);
  // Version 8 and variant 1 of RFC 9562: made from data in a way of our own.
  const variant = "89ab"[Number.parseInt(hex.charAt(16), 16) % 4] ?? "8";
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`];
  return [...parts, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join("-");
}

/** Name of a data center's resource group, or of the one for what all of them share. */
export function resourceGroupName(naming: Naming, dataCenter: string): string {
  return `${slug(naming.project)}-${slug(naming.stack)}-${dataCenter}`.slice(-90);
}

/** Leftmost label of a host name, unique under a domain that all of Azure shares. */
export function hostLabel(naming: Naming): string {
  const head = `${slug(naming.project)}-${slug(naming.stack)}`.slice(0, 40).replace(/-$/, "");
  return `${head}-${digest(naming, "edge").slice(0, 8)}`;
}

function accountName(naming: Naming, key: { dataCenter: string; purpose: string }): string {
  const head = `${key.dataCenter}${naming.stack}`.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  return `${head.slice(0, 16)}${digest(naming, `${key.purpose}/${key.dataCenter}`).slice(0, 8)}`;
}

function digest({ project, stack, salt }: Naming, subject: string): string {
  return createHash("sha256")
    .update([project, stack, salt ?? "", subject].join("/"))
    .digest("hex");
}

function slug(text: string): string {
  const words = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  return words === "" ? "x" : words;
}
