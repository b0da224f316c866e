import { InputCheck } from "./check-inputs";
import { compareInputs } from "./compare-inputs";
import { MediaServicesClient } from "./media-services-client/client";
import { type Locator, locators } from "./media-services-client/entities";
import { parseDate } from "./media-services-client/wire-values";
import { writeLine } from "./progress";
import type { DiffResult, ResourceOperations } from "./resource-operations";
import { isUnknown } from "./resource-operations";
import type { StreamingLocatorInputs, StreamingLocatorOutputs } from "./streaming-locator/inputs";
import { isRenewalDue, renewalLine, wantedPeriod } from "./streaming-locator/period";
import { ensureLocator, recreateLocator } from "./streaming-locator/publish";

export type { StreamingLocatorInputs, StreamingLocatorOutputs };

/** Publishes an asset for streaming, in a second account under the id that the first one gave. */
export const operations: ResourceOperations<StreamingLocatorInputs, StreamingLocatorOutputs> = {
  check(_olds, news) {
    const isDate = (value?: string): boolean => value === undefined || !isNaN(Date.parse(value));
    const { failures } = new InputCheck(news)
      .account("account")
      .text("assetId", "accessPolicyId", "ismFileName")
      .require(
        "locatorId",
        (id) => id === undefined || /^nb:lid:UUID:[0-9a-f-]{36}$/i.test(id),
        `locatorId must have the form nb:lid:UUID:{guid}, got '${news.locatorId ?? ""}'`,
      )
      .require("startTime", isDate, "startTime must be a date")
      .require("expirationDateTime", isDate, "expirationDateTime must be a date")
      .require(
        "renewBeforeDays",
        (days) => days === undefined || days > 0,
        "renewBeforeDays must be more than 0 days",
      );
    return Promise.resolve({ inputs: news, failures });
  },

  diff: (_id, olds, news) => Promise.resolve(difference(olds, news)),

  async create(inputs) {
    const client = new MediaServicesClient(inputs.account);
    const locator = await ensureLocator(client, inputs);
    return { id: locator.id, outs: toOutputs(inputs, locator) };
  },

  async read(id, outs) {
    const locator = await new MediaServicesClient(outs.account).get(locators, id);
    return locator?.assetId === outs.assetId ? { id, props: toOutputs(outs, locator) } : { id: "" };
  },

  async update(id, olds, news) {
    const client = new MediaServicesClient(news.account);
    const there = await client.get(locators, id);
    const inputs = { ...news, locatorId: id };
    // Its policy can't be changed, and a new id would change the path: made again with the same one.
    if (there?.accessPolicyId !== news.accessPolicyId) {
      const locator = await recreateLocator(client, {
        ...inputs,
        startTime: news.startTime ?? olds.startTime,
      });
      return { outs: toOutputs(news, locator) };
    }
    const renewed = await wantedPeriod(client, news, there);
    if (renewed !== undefined) await client.merge(locators, id, renewed);
    return { outs: toOutputs(news, (await client.get(locators, id)) ?? there) };
  },

  async delete(id, { account, assetId }) {
    const client = new MediaServicesClient(account);
    const locator = await client.get(locators, id);
    // The id may meanwhile stand for somebody else's asset.
    if (locator?.assetId === assetId) await client.delete(locators, id);
  },
};

/**
 * Another asset means another locator. Another policy or end changes this one. The id is another
 * account's output, so before a deployment it may only seem unknown: then the asset decides.
 */
function difference(olds: StreamingLocatorOutputs, news: StreamingLocatorInputs): DiffResult {
  const result = compareInputs(olds, news, {
    replace: ["assetId"],
    update: ["accessPolicyId", "ismFileName", "renewBeforeDays"],
  });
  const given = givenId(olds, news);
  const replaces = [...(result.replaces ?? []), ...(given === "other" ? ["locatorId"] : [])];
  const due = isRenewalDue(olds, news, new Date());
  if (due) writeLine(renewalLine(olds));
  const updates = result.changes || periodDiffers(olds, news) || given === "unknown" || due;
  return {
    changes: updates || replaces.length > 0,
    replaces,
    // Both would have the same id.
    deleteBeforeReplace: replaces.length > 0 && given === "same",
  };
}

function givenId(
  olds: StreamingLocatorOutputs,
  { locatorId }: StreamingLocatorInputs,
): "none" | "unknown" | "same" | "other" {
  if (locatorId === undefined) return "none";
  if (isUnknown(locatorId)) return "unknown";
  return locatorId.toLowerCase() === olds.locatorId.toLowerCase() ? "same" : "other";
}

function periodDiffers(olds: StreamingLocatorOutputs, news: StreamingLocatorInputs): boolean {
  return (["startTime", "expirationDateTime"] as const).some((name) => {
    const wanted = news[name];
    if (wanted === undefined) return false;
    if (isUnknown(wanted) || olds[name] === "") return true;
    return parseDate(wanted).getTime() !== parseDate(olds[name]).getTime();
  });
}

function toOutputs(inputs: StreamingLocatorInputs, locator: Locator): StreamingLocatorOutputs {
  const guid = locator.id.slice(locator.id.lastIndexOf(":") + 1).toLowerCase();
  return {
    ...inputs,
    locatorId: locator.id,
    locatorGuid: guid,
    path: locator.path,
    relativePath: `/${guid}/${encodeURIComponent(inputs.ismFileName)}`,
    // Not every answer holds the start; the one that was asked for stands then.
    startTime: locator.startTime?.toISOString() ?? inputs.startTime ?? "",
    expirationDateTime: locator.expirationDateTime?.toISOString() ?? "",
  };
}
