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

/**
 * Name of a container app: at most 32 lower-case letters, digits and single hyphens. Long stack
 * names are cut and told apart by a hash.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftapp
 */
export function containerAppName(naming: Naming, dataCenter: string): string {
  const name = `media-${slug(naming.stack)}-${dataCenter}`;
  if (name.length <= 32) return name;
  const stack = slug(naming.stack).slice(0, 32 - "media--".length - dataCenter.length - 7);
  const hash = digest(naming, dataCenter).slice(0, 6);
  return `media-${stack.replace(/-$/, "")}-${hash}-${dataCenter}`;
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
