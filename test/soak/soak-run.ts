import type { ViewerResult } from "../support/failover-run";

/** Which of the lines between a lost data center and a viewer are on. */
export const variants = {
  /** As declared: the edge tries again, and players know other ways. */
  all: { retry: true, steered: true, rounds: 5 },
  /** Only players help themselves. */
  players: { retry: false, steered: true, rounds: 1 },
  /** Only the edge's probes move viewers. */
  probes: { retry: false, steered: false, rounds: 1 },
} as const;

/** A name of one of the {@link variants}. */
export type Variant = keyof typeof variants;

/** One run of one scenario, as it is kept between soaks. */
export interface SoakRun {
  /** The scenario's name. */
  readonly scenario: string;
  readonly variant: Variant;
  /** From 1. */
  readonly round: number;
  readonly results: readonly ViewerResult[];
}
