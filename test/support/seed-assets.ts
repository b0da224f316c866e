import { randomUUID } from "node:crypto";
import { AzureNamedKeyCredential, TableClient, type TransactionAction } from "@azure/data-tables";
import type { Asset } from "../../media-service/domain/asset";
import { toRow } from "../../media-service/storage/columns";
import { ASSETS } from "../../media-service/storage/entity-definitions";
import { indexRowKey, packGuids } from "../../media-service/storage/index-row";
import type { Azurite } from "./azurite";

// A transaction holds 100 rows, and an asset has two.
const ASSETS_PER_WRITE = 50;
const PARALLEL_WRITES = 8;

/**
 * Writes assets straight into the table of an account, many at once: numbers `from` to `to`, the last left out.
 * Their containers are not made.
 */
export async function seedAssets(
  azurite: Pick<Azurite, "accountName" | "accountKey" | "tableEndpoint">,
  from: number,
  to: number,
): Promise<Asset[]> {
  const { accountName, accountKey, tableEndpoint } = azurite;
  const credential = new AzureNamedKeyCredential(accountName, accountKey);
  const options = { allowInsecureConnection: true };
  const table = new TableClient(tableEndpoint, "assets", credential, options);
  const numbers = Array.from({ length: to - from }, (_, n) => from + n);
  const assets = numbers.map((number) => newAsset(number, azurite.accountName));
  let at = 0;
  const write = async (): Promise<void> => {
    while (at < assets.length) {
      const some = assets.slice(at, (at += ASSETS_PER_WRITE));
      await table.submitTransaction(some.flatMap(rowsOf));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_WRITES }, write));
  return assets;
}

function newAsset(number: number, storageAccountName: string): Asset {
  const guid = randomUUID();
  const now = new Date();
  return {
    ...{ id: `nb:cid:UUID:${guid}`, name: `asset ${number}`, alternateId: null },
    ...{ options: 0, formatOption: 0, state: 0, created: now, lastModified: now },
    ...{ storageAccountName, container: `asset-${guid}` },
    ...{ containerReady: true, deleting: false, parentAssetIds: [] },
  };
}

function rowsOf(asset: Asset): TransactionAction[] {
  const guid = asset.id.slice(-36);
  const index = indexRowKey("asset", "name", asset.name ?? "");
  const partitionKey = "Assets";
  return [
    ["create", { ...toRow(asset, ASSETS.columns), partitionKey, rowKey: `asset!${guid}` }],
    ["create", { partitionKey, rowKey: index, guids: packGuids([guid]), overflowed: false }],
  ];
}
