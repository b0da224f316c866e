import type { CacheSettings } from "./cache-settings";
import type { DeliveryRule } from "./delivery-rules";

/** What a probe asks, and what it accepts. */
export interface ProbeSettings {
  path: string;
  protocol: "http" | "https" | "tcp";
  method: "GET" | "HEAD";
  intervalMs: number;
  timeoutMs: number;
  /** Accepted statuses, as inclusive ranges. */
  statuses: readonly (readonly [number, number])[];
  /** Sent along; `host` takes the place of the target's own. */
  headers?: Readonly<Record<string, string>>;
}

/** Where requests can be sent. */
export interface OriginSettings {
  name: string;
  /** Host, with a port where it isn't the protocol's own. */
  host: string;
  /** Sent as `Host`. */
  hostHeader: string;
  /** The lowest number among the healthy ones is asked first. */
  priority: number;
  /** Share of the requests among origins of one priority. */
  weight: number;
}

/** Origins of which each can answer for the others. */
export interface OriginGroupSettings {
  id: string;
  origins: readonly OriginSettings[];
  /** Without a probe every origin counts as healthy. */
  probe: ProbeSettings | undefined;
  /** Newest probes that count. */
  sampleSize: number;
  /** How many of them must have succeeded. */
  successfulSamplesRequired: number;
  /** Origins this much slower than the fastest share its requests. */
  additionalLatencyMs: number;
}

/** Which requests go to which origins. */
export interface RouteSettings {
  name: string;
  /** `/*`, `/path/*` or `/path`; the longest that fits wins. */
  patterns: readonly string[];
  /** Takes the place of what the pattern fits, in the path at the origin; empty: nothing does. */
  originPath: string;
  group: OriginGroupSettings;
  rules: readonly DeliveryRule[];
  /** Origin groups that rules put in the place of the route's, by id. */
  otherGroups: readonly OriginGroupSettings[];
  /** Undefined: nothing is cached unless a rule says so. */
  cache: CacheSettings | undefined;
  /** Content types that are compressed where caching says so. */
  compressedTypes: readonly string[];
  /** How long an origin may take for its headers, and between two parts of a body. */
  responseTimeoutMs: number;
}

/** A Front Door endpoint: a port of its own. */
export interface EndpointSettings {
  id: string;
  name: string;
  port: number;
  routes: readonly RouteSettings[];
}
