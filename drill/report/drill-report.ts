/** What was compared, and how it came out. */
export interface Check {
  /** Stable: `ready`, `path`, `manifest`, `segments` or `locator`. */
  kind: "ready" | "path" | "manifest" | "segments" | "locator";
  /** What it was about: a data center, or a video with a protocol. */
  subject: string;
  ok: boolean;
  /** What was found, for people. */
  detail: string;
}

/** Something that happened while the drill watched. Seconds count from its beginning. */
export interface DrillEvent {
  at: number;
  kind: "killed" | "detected" | "good" | "restored" | "ready" | "failback";
  /** Who noticed: the drill itself, the `edge` or the `trafficManager`, or one's probes. */
  by: "drill" | "edge" | "trafficManager" | "edge probes" | "trafficManager probes";
  detail: string;
}

/** An answer to a viewer. */
export interface SegmentAnswer {
  at: number;
  /** Who served it; null where nobody answered or the answer does not say. */
  dataCenter: string | null;
  /** 0 when there was no answer. */
  status: number;
}

/** What a viewer saw. */
export interface ViewerReport {
  /** `paced reader`, `hls.js`, `dash.js`. */
  player: string;
  via: "edge" | "trafficManager";
  /** Whether the promise about stalls is about this one. */
  promised: boolean;
  video: string;
  stallSeconds: number;
  stalls: { from: number; to: number }[];
  errors: string[];
  segments: SegmentAnswer[];
  /** How many seconds lay ahead of the picture. */
  buffer: { at: number; seconds: number }[];
}

/** Something that was promised, and whether it was kept. */
export interface PromiseReport {
  name: string;
  unit: "s";
  limit: number;
  /** Null when it never came. */
  measured: number | null;
  kept: boolean;
}

/** The whole drill; `report.json` is this. */
export interface DrillReport {
  schema: "twinstream-drill/1";
  stack: string;
  cloud: "local" | "azure";
  /** ISO 8601. */
  startedAt: string;
  endedAt: string;
  /** `checked`: only compared; `refused`: a check failed, so nothing was taken away; `interrupted`: ended before its time. */
  outcome: "passed" | "failed" | "checked" | "refused" | "interrupted";
  dataCenters: string[];
  /** The one that was, or would have been, taken away. */
  away: string;
  how: string;
  /** `kill`, `hang`, `fail`, `slow` or `cut` in the local cloud, `disable` on Azure. */
  fault: string;
  /** Segments compared of each quality; null: all. */
  sample: number | null;
  checks: Check[];
  promises: PromiseReport[];
  events: DrillEvent[];
  viewers: ViewerReport[];
  /** What the reader should know besides. */
  notes: string[];
}
