/**
 * @typedef {object} PathwayHealth
 * @property {string} name
 * @property {string} baseUrl
 * @property {boolean} edge - Stands in front of the data centers.
 * @property {boolean} healthy
 * @property {string} detail
 * @property {number} latencyMs
 */

/**
 * @typedef {object} Health
 * @property {PathwayHealth[]} pathways - Empty where the deployment told of none.
 * @property {boolean} local - The page came through the edge of a local cloud.
 */

const EVERY_MS = 2_000;
const TIMEOUT_MS = 5_000;

/**
 * Asks for the health of all pathways, again and again while somebody looks.
 *
 * @param {(health: Health | undefined) => void} onHealth - Undefined when nobody answered.
 */
export async function watchHealth(onHealth) {
  for (;;) {
    if (!document.hidden) onHealth(await ask());
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

async function ask() {
  try {
    const response = await fetch("health.json", { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) return undefined;
    const { pathways } = await response.json();
    return { pathways, local: response.headers.get("x-edge") === "twinstream" };
  } catch {
    return undefined; // shown as what it is: no answer
  }
}
