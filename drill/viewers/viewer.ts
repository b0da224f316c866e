import type { ViewerReport } from "../report/drill-report";

/** Somebody who watches during a drill. */
export interface Viewer {
  /** Resolves when there is a picture and a full buffer. */
  readonly settled: Promise<void>;
  /** Ends the watching and tells what was seen. */
  stop(): Promise<ViewerReport>;
}
