/** Tables of the account. Jobs, tasks and notices share one, because they are written together. */
export const TABLES = {
  assets: "assets",
  files: "assetfiles",
  accessPolicies: "accesspolicies",
  locators: "locators",
  jobs: "jobs",
  jobTemplates: "jobtemplates",
  streamingEndpoints: "streamingendpoints",
  operations: "operations",
  notificationEndPoints: "notificationendpoints",
  contentKeys: "contentkeys",
  deliveryPolicies: "deliverypolicies",
  authorizationPolicies: "authorizationpolicies",
  policyOptions: "policyoptions",
  links: "links",
  account: "account",
} as const;
