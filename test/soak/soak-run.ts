import type { ViewerResult } from "../support/failover-run";

/** One run of one scenario, as it is kept between soaks. */
export interface SoakRun {
  /** The scenario's name. */
  readonly scenario: string;
  readonly retry: boolean;
  /** From 1. */
  readonly round: number;
  readonly results: readonly ViewerResult[];
}
