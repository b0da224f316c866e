/** That a client has linked one entity to another. */
export interface EntityLink {
  readonly id: string;
  readonly sourceId: string;
  /** Name of the navigation property. */
  readonly property: string;
  readonly targetId: string;
}
