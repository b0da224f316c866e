import { createHash } from "node:crypto";
import type { AccountConnection } from "../../dynamic-providers/operations/media-services-client/account-connection";
import { MediaServicesClient } from "../../dynamic-providers/operations/media-services-client/client";
import {
  accessPolicies,
  assets,
  files,
  jobs,
  locators,
  LOCATOR_TYPES,
} from "../../dynamic-providers/operations/media-services-client/entities";
import { exportedResources } from "./exported-state";
import type { LocalCloud } from "./local-cloud";
import { mediaPlaylists, loadSegment, segmentUrls } from "./streaming";

/** Everything in a media services account, without its ids and times, in a form that can be compared. */
export interface AccountContents {
  /** Asset by asset: its name's form and the names and sizes of its files. */
  readonly assets: readonly { readonly name: string; readonly files: readonly string[] }[];
  readonly policies: readonly string[];
  /** Type and asset name of each locator. */
  readonly locators: readonly string[];
  readonly jobs: readonly string[];
}

/** How the chain reaches each data center's account, by data center, as the stack's state has it. */
export async function accountConnections(
  cloud: LocalCloud,
): Promise<Record<string, AccountConnection>> {
  const endpoints = (await exportedResources(cloud)).filter(({ type }) =>
    type.endsWith(":StreamingEndpoint"),
  );
  return Object.fromEntries(
    endpoints.map(({ urn, outputs }) => [
      urn.split("::").at(-1) ?? "",
      outputs?.["account"] as AccountConnection,
    ]),
  );
}

/** Reads an account whole. */
export async function accountContents(connection: AccountConnection): Promise<AccountContents> {
  const client = new MediaServicesClient(connection);
  const all = await client.find(assets);
  const described = await Promise.all(
    all.map(async ({ id, name }) => {
      const own = await client.find(files, { ParentAssetId: id });
      return {
        id,
        name: withoutIds(name),
        files: own.map((file) => `${withoutIds(file.name)} ${file.sizeBytes}`).sort(),
      };
    }),
  );
  const nameOf = new Map(described.map(({ id, name }) => [id, name]));
  const origin = await client.find(locators);
  return {
    assets: described
      .map(({ name, files: own }) => ({ name, files: own }))
      .sort((a, b) => compare(a.name, b.name)),
    policies: (await client.find(accessPolicies)).map(({ name }) => name).sort(),
    locators: origin
      .map(
        ({ type, assetId }) =>
          `${type === LOCATOR_TYPES.onDemandOrigin ? "origin" : "sas"} ${nameOf.get(assetId) ?? "?"}`,
      )
      .sort(),
    jobs: (await client.find(jobs)).map(({ name, state }) => `${withoutIds(name)} ${state}`).sort(),
  };
}

/** SHA-256 over every segment of every track of a video, as one host serves it. */
export async function contentHash(masterUrl: string): Promise<string> {
  const hash = createHash("sha256");
  for (const playlist of await mediaPlaylists(masterUrl)) {
    for (const url of await segmentUrls(playlist)) hash.update((await loadSegment(url)).bytes);
  }
  return hash.digest("hex");
}

/** The contents that belong to one video, under a name that does not tell which. */
export function partOfVideo(contents: AccountContents, video: string): AccountContents {
  const rename = (text: string): string => text.replaceAll(video, "VIDEO");
  const own = (text: string): boolean => text.includes(`${video}-`);
  return {
    assets: contents.assets
      .filter(({ name }) => own(name))
      .map(({ name, files: list }) => ({ name: rename(name), files: list })),
    policies: contents.policies.filter(own).map(rename),
    locators: contents.locators.filter(own).map(rename),
    jobs: contents.jobs.filter(own).map(rename),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function withoutIds(name: string): string {
  return name
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "ID")
    .replaceAll(/\b[0-9a-f]{24}\b/g, "HASH");
}
