import type { AccountInputs } from "../resource-operations";

/** Inputs of a streaming locator. */
export interface StreamingLocatorInputs extends AccountInputs {
  readonly assetId: string;
  readonly accessPolicyId: string;
  /** The server manifest that players open. */
  readonly ismFileName: string;
  /** The id that another account gave; without it this account gives one. */
  readonly locatorId?: string;
  /** ISO 8601. Default: five minutes ago. */
  readonly startTime?: string;
  /** ISO 8601; with it this locator follows another one and is never renewed by itself. */
  readonly expirationDateTime?: string;
  /** Renewed when it lapses within so many days. Default 14. */
  readonly renewBeforeDays?: number;
}

/** Outputs of a streaming locator. */
export interface StreamingLocatorOutputs extends StreamingLocatorInputs {
  readonly locatorId: string;
  readonly locatorGuid: string;
  /** Address in the account, with the host. */
  readonly path: string;
  /** `/{guid}/{manifest}`: equal in all accounts that publish under this id. */
  readonly relativePath: string;
  readonly startTime: string;
  readonly expirationDateTime: string;
}
