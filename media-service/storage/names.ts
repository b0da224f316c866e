/** Queue of jobs that wait for a worker; a message is a job's id. */
export const ENCODE_JOBS_QUEUE = "encode-jobs";

/** Tables of the account. Jobs and tasks share one, because they are written together. */
export const TABLES = {
  assets: "assets",
  files: "assetfiles",
  accessPolicies: "accesspolicies",
  locators: "locators",
  jobs: "jobs",
  streamingEndpoints: "streamingendpoints",
  operations: "operations",
  contentKeys: "contentkeys",
  deliveryPolicies: "deliverypolicies",
  authorizationPolicies: "authorizationpolicies",
  policyOptions: "policyoptions",
  links: "links",
  account: "account",
} as const;
