import { findOrCreate } from "../find-or-create";
import type { MediaServicesClient } from "../media-services-client/client";
import {
  type Locator,
  locators,
  LOCATOR_TYPES,
  streamingEndpoints,
} from "../media-services-client/entities";
import { MediaServicesError } from "../media-services-client/media-services-error";
import type { StreamingLocatorInputs } from "./inputs";
import { wantedPeriod } from "./period";

/** A locator starts this long ago, in milliseconds, so that no clock is behind its start. */
const START_BACK_MS = 5 * 60_000;

/**
 * Gives the locator that the inputs ask for: one that is there already on the same asset is adopted.
 *
 * @throws Error when its id is taken by another asset, or when no streaming endpoint runs.
 */
export async function ensureLocator(
  client: MediaServicesClient,
  inputs: StreamingLocatorInputs,
): Promise<Locator> {
  await assertEndpointRuns(client);
  const locator =
    inputs.locatorId === undefined
      ? await withIdOfAccount(client, inputs)
      : await withGivenId(client, inputs, inputs.locatorId);
  const period = await wantedPeriod(client, inputs, locator);
  if (period === undefined) return locator;
  await client.merge(locators, locator.id, period);
  return (await client.get(locators, locator.id)) ?? locator;
}

/** Makes a locator again under its id, because what is to change can't be changed. */
export async function recreateLocator(
  client: MediaServicesClient,
  inputs: StreamingLocatorInputs & { readonly locatorId: string },
): Promise<Locator> {
  const there = await client.get(locators, inputs.locatorId);
  if (there !== undefined) {
    assertSameAsset(client, there, inputs.assetId);
    await client.delete(locators, there.id);
  }
  return ensureLocator(client, inputs);
}

async function withIdOfAccount(
  client: MediaServicesClient,
  inputs: StreamingLocatorInputs,
): Promise<Locator> {
  const { assetId, accessPolicyId } = inputs;
  return findOrCreate({
    find: async () =>
      (await client.find(locators, { AssetId: assetId })).filter(
        (found) =>
          found.type === LOCATOR_TYPES.onDemandOrigin && found.accessPolicyId === accessPolicyId,
      ),
    create: () => client.create(locators, bodyOf(inputs)),
    removeSurplus: ({ id }) => client.delete(locators, id),
  });
}

async function withGivenId(
  client: MediaServicesClient,
  inputs: StreamingLocatorInputs,
  id: string,
): Promise<Locator> {
  const there = await client.get(locators, id);
  if (there !== undefined) return adopted(client, there, inputs);
  try {
    return await client.create(locators, { Id: id, ...bodyOf(inputs) });
  } catch (error) {
    if (!(error instanceof MediaServicesError) || error.kind === "unreachable") throw error;
    const now = await client.get(locators, id);
    if (now !== undefined) return adopted(client, now, inputs);
    if (error.status !== 403 && error.status !== 409) throw error;
    throw new Error(
      `Locator id '${id}' can't be used in ${client.label}: ${error.message} If another account of the same data center uses that id, delete its locator, or put the data centers into different regions.`,
      { cause: error },
    );
  }
}

/** One on the same asset is what a killed run made; another policy of ours gives way to the wanted one. */
async function adopted(
  client: MediaServicesClient,
  there: Locator,
  inputs: StreamingLocatorInputs,
): Promise<Locator> {
  assertSameAsset(client, there, inputs.assetId);
  if (there.accessPolicyId === inputs.accessPolicyId) return there;
  await client.delete(locators, there.id);
  return client.create(locators, { Id: there.id, ...bodyOf(inputs) });
}

function assertSameAsset(client: MediaServicesClient, there: Locator, assetId: string): void {
  if (there.assetId === assetId) return;
  throw new Error(
    `Locator id '${there.id}' is taken in ${client.label}: it publishes asset '${there.assetId}', not '${assetId}'. Delete that locator if nobody needs it, or have the video encoded anew to get another id.`,
  );
}

function bodyOf(inputs: StreamingLocatorInputs): Record<string, string | number> {
  const start = inputs.startTime ?? wholeSecond(Date.now() - START_BACK_MS).toISOString();
  return {
    AssetId: inputs.assetId,
    AccessPolicyId: inputs.accessPolicyId,
    Type: LOCATOR_TYPES.onDemandOrigin,
    StartTime: start,
  };
}

function wholeSecond(milliseconds: number): Date {
  return new Date(Math.floor(milliseconds / 1_000) * 1_000);
}

async function assertEndpointRuns(client: MediaServicesClient): Promise<void> {
  const endpoints = await client.find(streamingEndpoints);
  if (endpoints.some(({ state }) => state === "Running" || state === "Scaling")) return;
  const states =
    endpoints.map(({ name, state }) => `'${name}' is ${state}`).join(", ") || "there is none";
  throw new Error(
    `No streaming endpoint of ${client.label} is running (${states}), so a locator would lead nowhere. Start one (the StreamingEndpoint resource does; after a stop by hand run a refresh, then up).`,
  );
}
