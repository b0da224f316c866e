import { type Asset, AssetOptions } from "../domain/asset";
import { refusalOf } from "../domain/delivery-policy";
import { entityId, isGuid } from "../domain/ids";
import { type Locator, LocatorType } from "../domain/locator";
import type { EndpointInUse, PublishedAsset, PublishedAssets } from "../ports/published-assets";
import type { AccountDeps } from "./account-deps";
import { defaultEndpointId } from "./streaming-endpoints";

const ALWAYS = new Date(0);
const NO_ENDPOINT: EndpointInUse = {
  running: false,
  allowedAddresses: null,
  maxAgeSeconds: null,
  clientAccessPolicy: null,
  crossDomainPolicy: null,
};

/** How the origin looks at the account: straight from the tables, nothing remembered. */
export class StoredPublishedAssets implements PublishedAssets {
  constructor(private readonly deps: Pick<AccountDeps, "account" | "stores" | "clock">) {}

  async find(locatorGuid: string, signal?: AbortSignal): Promise<PublishedAsset | undefined> {
    if (!isGuid(locatorGuid)) return undefined;
    const stored = await this.deps.stores.locators.get(entityId("lid", locatorGuid), signal);
    return stored === undefined ? undefined : this.published(stored.value, signal);
  }

  async wasDeleted(locatorGuid: string, signal?: AbortSignal): Promise<boolean> {
    if (!isGuid(locatorGuid)) return false;
    const { deletedLocators } = this.deps.stores;
    return (await deletedLocators.get(entityId("lid", locatorGuid), signal)) !== undefined;
  }

  async *each(signal?: AbortSignal): AsyncIterable<PublishedAsset> {
    const type = LocatorType.onDemandOrigin.toString();
    const now = this.deps.clock.now();
    for await (const { value } of this.deps.stores.locators.each("type", type, signal)) {
      if (value.expirationDateTime <= now || (value.startTime ?? ALWAYS) > now) continue;
      const published = await this.published(value, signal);
      if (published !== undefined && published.refusal === undefined) yield published;
    }
  }

  async endpoint(signal?: AbortSignal): Promise<EndpointInUse> {
    const id = defaultEndpointId(this.deps.account.name);
    const stored = await this.deps.stores.streamingEndpoints.get(id, signal);
    if (stored === undefined) return NO_ENDPOINT;
    const { state, accessControl, ...settings } = stored.value;
    const { maxAgeSeconds, clientAccessPolicy, crossDomainPolicy } = settings;
    return {
      running: state === "Running",
      allowedAddresses: accessControl?.allowedAddresses ?? null,
      ...{ maxAgeSeconds, clientAccessPolicy, crossDomainPolicy },
    };
  }

  private async published(
    locator: Locator,
    signal: AbortSignal | undefined,
  ): Promise<PublishedAsset | undefined> {
    if (locator.type !== LocatorType.onDemandOrigin) return undefined;
    const asset = await this.deps.stores.assets.get(locator.assetId, signal);
    if (asset === undefined || asset.value.deleting) return undefined;
    const refusal = await this.refusalOf(asset.value, signal);
    return {
      locatorId: locator.id,
      assetId: asset.value.id,
      assetName: asset.value.name ?? "",
      container: locator.container,
      availableFrom: locator.startTime ?? ALWAYS,
      expiresAt: locator.expirationDateTime,
      ...(refusal === undefined ? {} : { refusal }),
    };
  }

  private async refusalOf(
    { id, options }: Asset,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    if (options === AssetOptions.storageEncrypted) {
      return "the asset is StorageEncrypted, which this origin does not decrypt";
    }
    const { links, deliveryPolicies } = this.deps.stores;
    for await (const { value } of links.each("source", id, signal)) {
      if (value.property !== "DeliveryPolicies") continue;
      const policy = await deliveryPolicies.get(value.targetId, signal);
      const refusal = policy === undefined ? undefined : refusalOf(policy.value);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }
}
