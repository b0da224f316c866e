/** What the probes of those who choose between data centers say of one. */
export interface ProbeView {
  edge?: "good" | "bad";
  trafficManager?: "good" | "bad";
}

/** How a data center is taken away and brought back. */
export interface DataCenterControl {
  readonly cloud: "local" | "azure";
  /** What taking one away does, for people: "its media service and its store are killed". */
  readonly how: string;
  /** Name of that, for programs: the fault of the local cloud, or `disable`. */
  readonly fault: string;
  /**
   * Whether probes of `/readyz` see it. Where they don't, the data center goes on being asked, and only what
   * viewers see is promised.
   */
  readonly seenByProbes: boolean;
  /**
   * Looks whether it can be taken away, and tells what is needed to undo it; nothing is changed yet.
   *
   * @throws DrillError when it can't.
   */
  prepare(dataCenter: string): Promise<unknown>;
  takeAway(dataCenter: string): Promise<void>;
  /** @param undo - what `prepare` told. Does no harm where nothing was taken away. */
  bringBack(dataCenter: string, undo: unknown): Promise<void>;
  /** Makes the edge forget what it keeps, so that viewers need a data center; where that can be done. */
  emptyCache?(): Promise<void>;
  /** What probes say, where they can be asked. */
  probes?(dataCenter: string): Promise<ProbeView>;
}
