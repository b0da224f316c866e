import type { MediaServicesClient } from "../media-services-client/client";
import { accessPolicies, type Locator } from "../media-services-client/entities";
import { parseDate } from "../media-services-client/wire-values";
import { UNKNOWN } from "../resource-operations";
import type { StreamingLocatorInputs, StreamingLocatorOutputs } from "./inputs";

const DEFAULT_RENEW_BEFORE_DAYS = 14;
const MILLISECONDS_PER_DAY = 86_400_000;
const MILLISECONDS_PER_MINUTE = 60_000;

/** When a locator lapses, in milliseconds of the epoch, and how long before it is renewed. */
type Lapse = Pick<StreamingLocatorOutputs, "expirationDateTime">;

/** Whether a locator lapses so soon that it has to be renewed; one that follows another never is. */
export function isRenewalDue(olds: Lapse, news: StreamingLocatorInputs, now: Date): boolean {
  if (news.expirationDateTime !== undefined || olds.expirationDateTime === "") return false;
  if (olds.expirationDateTime === UNKNOWN) return false;
  const days = news.renewBeforeDays ?? DEFAULT_RENEW_BEFORE_DAYS;
  const lapsesAt = parseDate(olds.expirationDateTime).getTime();
  return lapsesAt - now.getTime() <= days * MILLISECONDS_PER_DAY;
}

/** What is said when a renewal is due. */
export function renewalLine(olds: Lapse & { readonly locatorId: string }): string {
  return `warning: locator ${olds.locatorId} lapses on ${olds.expirationDateTime}: up renews it`;
}

/** The start and end that a locator should have and has not; undefined when all is as it should be. */
export async function wantedPeriod(
  client: MediaServicesClient,
  inputs: StreamingLocatorInputs,
  locator: Locator,
): Promise<Record<string, string> | undefined> {
  const start = changed(locator.startTime, inputs.startTime);
  const end =
    changed(locator.expirationDateTime, inputs.expirationDateTime) ??
    (await renewedEnd(client, inputs, locator));
  if (start === undefined) return end === undefined ? undefined : { ExpirationDateTime: end };
  // A new start alone would move the end, too.
  const kept = end ?? locator.expirationDateTime?.toISOString();
  return { StartTime: start, ...(kept === undefined ? {} : { ExpirationDateTime: kept }) };
}

function changed(current: Date | undefined, wanted: string | undefined): string | undefined {
  if (wanted === undefined) return undefined;
  const date = parseDate(wanted);
  return current?.getTime() === date.getTime() ? undefined : date.toISOString();
}

async function renewedEnd(
  client: MediaServicesClient,
  inputs: StreamingLocatorInputs,
  { expirationDateTime: end }: Locator,
): Promise<string | undefined> {
  const now = new Date();
  const lapse = { expirationDateTime: end?.toISOString() ?? "" };
  if (!isRenewalDue(lapse, inputs, now)) return undefined;
  const policy = await client.get(accessPolicies, inputs.accessPolicyId);
  if (policy === undefined) {
    throw new Error(
      `Access policy '${inputs.accessPolicyId}' is gone from ${client.label}, so nobody knows for how long its locators are to be renewed. Run a refresh, then up.`,
    );
  }
  return new Date(now.getTime() + policy.durationMinutes * MILLISECONDS_PER_MINUTE).toISOString();
}
