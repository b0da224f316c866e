import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import type { AccountConnection } from "../../dynamic-providers/operations/media-services-client/account-connection";
import { MediaServicesClient } from "../../dynamic-providers/operations/media-services-client/client";
import {
  accessPolicies,
  assets,
  files,
  jobs,
  locators,
} from "../../dynamic-providers/operations/media-services-client/entities";
import type { Azurite } from "./azurite";

/** Everything in an account that a client can make, with ids and times mapped to what they stand for. */
export interface AccountSnapshot {
  readonly assets: readonly object[];
  readonly policies: readonly object[];
  readonly locators: readonly object[];
  readonly jobs: readonly object[];
  /** Blobs by the asset whose container has them; containers of no asset by their name. */
  readonly blobs: Readonly<Record<string, readonly object[]>>;
}

/** Looks at an account through its API and at its store, so that nothing can hide. */
export async function snapshotAccount(
  connection: AccountConnection,
  storage: Azurite,
): Promise<AccountSnapshot> {
  const client = new MediaServicesClient(connection);
  const [allAssets, allFiles, allPolicies, allLocators, allJobs] = await Promise.all([
    client.find(assets),
    client.find(files),
    client.find(accessPolicies),
    client.find(locators),
    client.find(jobs),
  ]);
  const assetNames = new Map(allAssets.map(({ id, name }) => [id, nameOf(name)]));
  const policyNames = new Map(allPolicies.map(({ id, name }) => [id, name]));
  const containers = new Map(
    allAssets.map(({ uri, name }) => [uri.split("/").at(-1), nameOf(name)]),
  );
  return {
    assets: sorted(
      allAssets.map(({ id, name, alternateId, options }) => ({
        name: nameOf(name),
        alternateId: nameOf(alternateId),
        options,
        files: sorted(
          allFiles
            .filter(({ assetId }) => assetId === id)
            .map((file) => ({
              name: nameOf(file.name),
              sizeBytes: file.sizeBytes,
              isPrimary: file.isPrimary,
            })),
        ),
      })),
    ),
    policies: sorted(allPolicies.map(({ name, durationMinutes }) => ({ name, durationMinutes }))),
    locators: sorted(
      allLocators.map(({ type, assetId, accessPolicyId }) => ({
        type,
        asset: assetNames.get(assetId),
        policy: policyNames.get(accessPolicyId),
      })),
    ),
    jobs: sorted(allJobs.map(({ name, state }) => ({ name, state }))),
    blobs: await blobsByAsset(storage, containers),
  };
}

/** A replica is called after another account's container, and the facts of an encode after its input. */
function nameOf(name: string): string {
  return name.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "{guid}");
}

async function blobsByAsset(
  { blobEndpoint, accountName, accountKey }: Azurite,
  assetNames: ReadonlyMap<string | undefined, string>,
): Promise<Record<string, object[]>> {
  const credential = new StorageSharedKeyCredential(accountName, accountKey);
  const service = new BlobServiceClient(blobEndpoint, credential);
  const found: Record<string, object[]> = {};
  for await (const { name } of service.listContainers()) {
    const blobs: object[] = [];
    const listing = service
      .getContainerClient(name)
      .listBlobsFlat({ includeUncommitedBlobs: true });
    for await (const { name: blob, properties } of listing) {
      const md5 = Buffer.from(properties.contentMD5 ?? []).toString("base64");
      blobs.push({ blob: nameOf(blob), sizeBytes: properties.contentLength, md5 });
    }
    found[assetNames.get(name) ?? name] = sorted(blobs);
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function sorted<T>(items: T[]): T[] {
  return [...items].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
