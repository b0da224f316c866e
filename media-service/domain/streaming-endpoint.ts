/** States of a streaming endpoint; SDK clients refuse any other text. */
export type StreamingEndpointState = "Stopped" | "Starting" | "Running" | "Scaling" | "Stopping";

/** Media Services v2, "StreamingEndpoint": what serves origin locators. */
export interface StreamingEndpoint {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly created: Date;
  readonly lastModified: Date;
  readonly state: StreamingEndpointState;
  readonly scaleUnits: number;
  readonly cdnEnabled: boolean;
}

/** Media Services v2, "Operation": how a long-running call went. */
export interface Operation {
  readonly id: string;
  readonly targetEntityId: string;
  readonly state: "Succeeded" | "Failed" | "InProgress";
  readonly created: Date;
}

/** Name of the endpoint that every account has from its beginning. */
export const DEFAULT_ENDPOINT = "default";
