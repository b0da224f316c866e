import { setTimeout as delay } from "node:timers/promises";
import type { MediaServicesClient } from "./client";
import { accessPolicies, type Locator, locators, LOCATOR_TYPES, PERMISSIONS } from "./entities";
import { exchange } from "./exchange";
import { MediaServicesError } from "./media-services-error";

/** Clocks of two machines differ at most this much, in minutes. */
const CLOCK_SKEW_MINUTES = 5;
/** Signatures can take 30 to 40 s until the store knows them ("Manage assets", Media Services v2). */
const USABLE_WITHIN_MS = 60_000;

/** What a SAS locator is needed for. */
export interface SasLocatorRequest {
  readonly assetId: string;
  /** Flags of {@link PERMISSIONS}. */
  readonly permissions: number;
  /** How long it has to last from now on. */
  readonly minutes: number;
  /** Purpose; with the asset's id it names the policy, by which a killed run's leftovers are found. */
  readonly name: string;
}

/** Access to an asset's container for a short time. */
export interface SasLocator {
  readonly locatorId: string;
  /** Address of the container, without a slash at its end. */
  readonly containerUrl: string;
  /** The signature, beginning with `?`. A secret: never logged. */
  readonly query: string;
  readonly expiresAt: Date;
  /** Address of a blob, signed: a secret. */
  blobUrl(name: string): string;
}

/**
 * Lends access to an asset's container: makes an access policy and a locator, waits until the store
 * knows the signature, and removes both however the work ends. What a killed run of the same name
 * left on the asset is removed first.
 *
 * @throws MediaServicesError when the locator can't be made, used or removed.
 */
export async function withSasLocator<T>(
  client: MediaServicesClient,
  request: SasLocatorRequest,
  use: (locator: SasLocator) => Promise<T>,
): Promise<T> {
  const policyName = `${request.name} ${request.assetId}`;
  await removeByPolicyName(client, request.assetId, policyName);
  let result: T;
  try {
    const locator = await make(client, request, policyName);
    await untilUsable(locator, request.permissions);
    result = await use(locator);
  } catch (error) {
    const failure = await removeByPolicyName(client, request.assetId, policyName).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (failure === undefined) throw error;
    throw new Error(
      `${messageOf(error)} And its access was not removed: ${messageOf(failure)} It ends by itself within ${request.minutes.toString()} minutes.`,
      { cause: error },
    );
  }
  await removeByPolicyName(client, request.assetId, policyName);
  return result;
}

async function make(
  client: MediaServicesClient,
  { assetId, permissions, minutes }: SasLocatorRequest,
  policyName: string,
): Promise<SasLocator> {
  const policy = await client.create(accessPolicies, {
    Name: policyName,
    DurationInMinutes: minutes + CLOCK_SKEW_MINUTES,
    Permissions: permissions,
  });
  const startTime = new Date(Date.now() - CLOCK_SKEW_MINUTES * 60_000);
  const locator = await client.create(locators, {
    AccessPolicyId: policy.id,
    AssetId: assetId,
    Type: LOCATOR_TYPES.sas,
    StartTime: startTime.toISOString(),
  });
  return toSasLocator(locator, new Date(startTime.getTime() + policy.durationMinutes * 60_000));
}

function toSasLocator(locator: Locator, expiresAt: Date): SasLocator {
  const containerUrl = locator.baseUri.replace(/\/$/, "");
  const query = locator.contentAccessComponent;
  return {
    locatorId: locator.id,
    containerUrl,
    query,
    expiresAt: locator.expirationDateTime ?? expiresAt,
    blobUrl: (name) =>
      `${containerUrl}/${name.split("/").map(encodeURIComponent).join("/")}${query}`,
  };
}

/** A blob that no asset has: with a working signature the store answers that there is none. */
const PROBE_BLOB = ".twinstream-probe";

async function untilUsable(locator: SasLocator, permissions: number): Promise<void> {
  if ((permissions & PERMISSIONS.read) === 0) return; // nothing can be asked with it
  const deadline = Date.now() + USABLE_WITHIN_MS;
  for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 5_000)) {
    const status = await probe(locator);
    if (status !== 403 && status < 500) return;
    if (Date.now() + waitMs > deadline) throw notUsable(locator, status);
    await delay(waitMs);
  }
}

async function probe(locator: SasLocator): Promise<number> {
  try {
    const url = locator.blobUrl(PROBE_BLOB);
    return (await exchange({ method: "HEAD", url, headers: {} })).status;
  } catch (error) {
    throw new MediaServicesError(
      `The store at ${locator.containerUrl} does not answer (${messageOf(error)}). Check that the storage account is up and reachable from here, then run again.`,
      { kind: "unreachable", cause: error },
    );
  }
}

function notUsable(locator: SasLocator, status: number): MediaServicesError {
  return new MediaServicesError(
    `The store at ${locator.containerUrl} answers ${status.toString()} to a fresh locator, ${(USABLE_WITHIN_MS / 1_000).toString()} s after it was made. Check the storage account's firewall and that its keys are the ones that the media service has, then run again.`,
    { kind: "denied", status },
  );
}

async function removeByPolicyName(
  client: MediaServicesClient,
  assetId: string,
  policyName: string,
): Promise<void> {
  const policies = await client.find(accessPolicies, { Name: policyName });
  if (policies.length === 0) return;
  const ids = new Set(policies.map(({ id }) => id));
  for (const locator of await client.find(locators, { AssetId: assetId })) {
    if (ids.has(locator.accessPolicyId)) await client.delete(locators, locator.id);
  }
  for (const id of ids) await client.delete(accessPolicies, id);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
