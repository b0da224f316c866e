import type { Locator } from "../../domain/locator";
import type { WireEntity } from "../../odata/edm";
import type { AccountDeps } from "../../services/account-deps";
import { locatorAddress } from "../../services/locators";

/** A locator as clients see it. */
export async function locatorToWire(
  deps: Pick<AccountDeps, "account" | "blobs" | "signer">,
  locator: Locator,
): Promise<WireEntity> {
  const { path, baseUri, contentAccessComponent } = await locatorAddress(deps, locator);
  return {
    Id: locator.id,
    ExpirationDateTime: locator.expirationDateTime,
    Type: locator.type,
    Path: path,
    BaseUri: baseUri,
    ContentAccessComponent: contentAccessComponent,
    AccessPolicyId: locator.accessPolicyId,
    AssetId: locator.assetId,
    StartTime: locator.startTime,
    Name: locator.name,
  };
}
