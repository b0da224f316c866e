/** What is wrong with the network of a data center; one thing at a time. */
export type NetworkFault =
  /** Every answer begins that much later. */
  | { action: "slow"; latencyMs: number }
  /** Requests are answered with a status instead of being handed on; all, or those whose path fits. */
  | { action: "fail"; status: number; paths?: string }
  /** Connections are taken, and nothing is ever answered. */
  | { action: "hang" }
  /** Bodies of answers are broken off after so many bytes. */
  | { action: "cut"; afterBytes: number };

/** Whether a fault needs HTTP to be understood; the others work on bytes. */
export function needsHttp(fault: NetworkFault | undefined): boolean {
  return fault?.action === "fail" || fault?.action === "cut";
}
