/** Pulumi's type of a classic account. */
export const mediaAccountToken = "azure:media/serviceAccount:ServiceAccount";

/** Where classic accounts are in a resource group. */
export const accountPattern = "Microsoft.Media/mediaServices";

/** Name of the process that serves a classic account. */
export function mediaAccountProcessName(account: string): string {
  return `service:${account}`;
}
