import { type Asset, AssetOptions } from "../domain/asset";
import { refusalOf } from "../domain/delivery-policy";
import { entityId, isGuid } from "../domain/ids";
import { type Locator, LocatorType } from "../domain/locator";
import type { PublishedAsset, PublishedAssets } from "../ports/published-assets";
import type { AccountDeps } from "./account-deps";
import { linkedIds } from "./entity-links";
import { defaultEndpointId } from "./streaming-endpoints";

const ALWAYS = new Date(0);

/** How the origin looks at the account: straight from the tables, nothing remembered. */
export class StoredPublishedAssets implements PublishedAssets {
  constructor(private readonly deps: Pick<AccountDeps, "account" | "stores" | "clock">) {}

  async find(locatorGuid: string): Promise<PublishedAsset | undefined> {
    if (!isGuid(locatorGuid)) return undefined;
    const stored = await this.deps.stores.locators.get(entityId("lid", locatorGuid));
    return stored === undefined ? undefined : this.published(stored.value);
  }

  async list(limit: number): Promise<PublishedAsset[]> {
    const type = LocatorType.onDemandOrigin.toString();
    const now = this.deps.clock.now();
    const found: PublishedAsset[] = [];
    for (const { value } of await this.deps.stores.locators.find("type", type)) {
      if (found.length >= limit) break;
      if (value.expirationDateTime <= now || (value.startTime ?? ALWAYS) > now) continue;
      const published = await this.published(value);
      if (published !== undefined && published.refusal === undefined) found.push(published);
    }
    return found;
  }

  async endpointRunning(): Promise<boolean> {
    const id = defaultEndpointId(this.deps.account.name);
    return (await this.deps.stores.streamingEndpoints.get(id))?.value.state === "Running";
  }

  private async published(locator: Locator): Promise<PublishedAsset | undefined> {
    if (locator.type !== LocatorType.onDemandOrigin) return undefined;
    const asset = await this.deps.stores.assets.get(locator.assetId);
    if (asset === undefined || asset.value.deleting) return undefined;
    const refusal = await this.refusalOf(asset.value);
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

  private async refusalOf({ id, options }: Asset): Promise<string | undefined> {
    if (options === AssetOptions.storageEncrypted) {
      return "the asset is StorageEncrypted, which this origin does not decrypt";
    }
    for (const policyId of await linkedIds(this.deps, id, "DeliveryPolicies")) {
      const policy = await this.deps.stores.deliveryPolicies.get(policyId);
      const refusal = policy === undefined ? undefined : refusalOf(policy.value);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }
}
