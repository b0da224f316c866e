import { createHash } from "node:crypto";

/** Traffic Manager knows priorities 1 to 1000, so each of the five ranks has room for 199 of them. */
const step = 200;

/**
 * Priority of a Traffic Manager endpoint. No two of a profile may share one, not even for the moment
 * between two updates, and endpoints are updated one by one: a data center therefore takes a number
 * of its own along from rank to rank, and two can change places.
 * https://learn.microsoft.com/azure/traffic-manager/traffic-manager-routing-methods#priority-traffic-routing-method
 *
 * @param rank - 1 to 5, 1 is asked first.
 */
export function endpointPriority(dataCenter: string, rank: number): number {
  const own = createHash("sha256").update(dataCenter).digest().readUInt32BE() % (step - 1);
  return 1 + (rank - 1) * step + own;
}
