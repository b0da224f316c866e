import { MediaServicesClient } from "../../dynamic-providers/operations/media-services-client/client";
import { locators } from "../../dynamic-providers/operations/media-services-client/entities";
import type { DeployedLocator, Deployment } from "../deployment/deployment";
import type { Check } from "../report/drill-report";

interface SeenLocator extends DeployedLocator {
  /** By the account itself, or by the state. */
  from: "account" | "state";
  missing: boolean;
}

/** A locator that lapses within so many days is told of. */
const warnDays = 14;
const dayMs = 86_400_000;
/** An account that does not answer now is not waited for: the state tells the same, if less surely. */
const impatient = { retries: 1, firstDelayMs: 100, longestDelayMs: 100, timeoutMs: 10_000 };

/**
 * Compares ids and expiry of each video's locators: the accounts are asked where they answer, else the
 * stack's state is believed.
 */
export async function compareLocators(
  deployment: Deployment,
  notes: string[],
  now = new Date(),
): Promise<Check[]> {
  const seen = await Promise.all(deployment.locators.map((each) => look(each, notes)));
  return deployment.videos.map((video) => {
    const [url = ""] = Object.values(video.urls[deployment.dataCenters[0]?.name ?? ""] ?? {});
    const guid = new URL(url).pathname.split("/")[1]?.toLowerCase() ?? "";
    const ours = seen.filter(({ id }) => id.toLowerCase().endsWith(guid));
    return checkOf(video.name, { guid, ours, now, dataCenters: deployment.dataCenters });
  });
}

async function look(locator: DeployedLocator, notes: string[]): Promise<SeenLocator> {
  try {
    const client = new MediaServicesClient(locator.account, impatient);
    const found = await client.get(locators, locator.id);
    const expiry = found?.expirationDateTime?.toISOString() ?? "";
    return {
      ...locator,
      expirationDateTime: expiry,
      from: "account",
      missing: found === undefined,
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const note = `The locators of ${locator.dataCenter} were taken from the stack's state: ${why}`;
    if (!notes.includes(note)) notes.push(note);
    return { ...locator, from: "state", missing: false };
  }
}

function checkOf(
  subject: string,
  found: {
    guid: string;
    ours: SeenLocator[];
    now: Date;
    dataCenters: Deployment["dataCenters"];
  },
): Check {
  const { guid, ours, now, dataCenters } = found;
  const lacking = dataCenters
    .map(({ name }) => name)
    .filter((name) => !ours.some((each) => each.dataCenter === name && !each.missing));
  const ends = new Set(ours.map(({ expirationDateTime }) => Date.parse(expirationDateTime)));
  const [end = NaN] = ends;
  const problems = [
    ...(lacking.length > 0 ? [`there is no locator ${guid} in ${lacking.join(", ")}`] : []),
    ...(ends.size > 1
      ? [
          `they end at different times: ${ours.map((each) => `${each.dataCenter} ${each.expirationDateTime}`).join(", ")}`,
        ]
      : []),
    ...(end <= now.getTime() ? ["they have expired: run `up`, which renews them"] : []),
  ];
  const days = Math.floor((end - now.getTime()) / dayMs);
  const soon = days < warnDays ? `; run \`up\`, which renews within the last ${warnDays} days` : "";
  const sources = new Set(ours.map(({ from }) => from));
  const by = sources.has("account") ? (sources.size > 1 ? "partly asked" : "asked") : "from state";
  const good = `${guid} everywhere, ends in ${days} days (${by})${soon}`;
  return {
    kind: "locator",
    subject,
    ok: problems.length === 0,
    detail: problems.length === 0 ? good : problems.join("; "),
  };
}
