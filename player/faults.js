/** What a page may do to a data center of a local cloud, as its control API calls it. */
export const FAULTS = [
  {
    id: "kill",
    title: "Kill",
    done: "lost its power",
    steps: [
      { what: "service", action: "kill" },
      { what: "store", action: "kill" },
    ],
  },
  {
    id: "slow",
    title: "Slow",
    done: "answers a second later",
    steps: [{ what: "network", action: "slow", latencyMs: 1_000 }],
  },
  {
    id: "break",
    title: "Break",
    done: "answers every request with 503",
    steps: [{ what: "network", action: "fail", status: 503 }],
  },
  {
    id: "hang",
    title: "Hang",
    done: "takes connections and never answers",
    steps: [{ what: "network", action: "hang" }],
  },
  {
    id: "restore",
    title: "Restore",
    done: "comes back",
    steps: [
      { what: "network", action: "restore" },
      { what: "store", action: "restore" },
      { what: "service", action: "restore" },
    ],
  },
];

// A header that no form and no foreign page can send without asking first.
const HEADERS = { "x-twinstream-control": "1" };

/** Names of the data centers that this page may break; empty where nothing lets it. */
export async function breakableDataCenters() {
  const response = await fetch("control/data-centers", { headers: HEADERS });
  if (!response.ok) return [];
  const { dataCenters } = await response.json();
  return dataCenters;
}

/**
 * Does something to a data center.
 *
 * @param {string} target
 * @param {typeof FAULTS[number]} fault
 */
export async function cause(target, { steps }) {
  for (const step of steps) {
    const response = await fetch("control/faults", {
      method: "POST",
      headers: { ...HEADERS, "content-type": "application/json" },
      body: JSON.stringify({ target, ...step }),
    });
    if (!response.ok) throw new Error((await response.json()).error);
  }
}
