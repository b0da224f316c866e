import { containerOf } from "./asset-container";
import { InputCheck } from "./check-inputs";
import { compareInputs } from "./compare-inputs";
import { findOrCreate } from "./find-or-create";
import { MediaServicesClient } from "./media-services-client/client";
import { type Asset, assets } from "./media-services-client/entities";
import type { AccountInputs, ResourceOperations } from "./resource-operations";

/** Inputs of a replica. */
export interface ReplicaAssetInputs extends AccountInputs {
  /** The source asset's container: the replica is called after it. */
  readonly name: string;
  /** Protection of the source asset; only 0, none, can be replicated. */
  readonly sourceAssetOptions: number;
}

/** Outputs of a replica. */
export interface ReplicaAssetOutputs extends ReplicaAssetInputs {
  readonly assetId: string;
  /** The replica's own container. */
  readonly container: string;
}

/** Keeps the asset that will hold the copy of another data center's. */
export const operations: ResourceOperations<ReplicaAssetInputs, ReplicaAssetOutputs> = {
  check(_olds, news) {
    const { failures } = new InputCheck(news)
      .account("account")
      .text("name")
      .require(
        "sourceAssetOptions",
        (options) => options === 0,
        encryptionReason(news.sourceAssetOptions),
      );
    return Promise.resolve({ inputs: news, failures });
  },

  diff: (_id, olds, news) =>
    Promise.resolve(
      compareInputs(olds, news, { replace: ["name"], update: ["sourceAssetOptions"] }),
    ),

  async create(inputs) {
    // At preview it may not have been known.
    if (inputs.sourceAssetOptions !== 0)
      throw new Error(encryptionReason(inputs.sourceAssetOptions));
    const client = new MediaServicesClient(inputs.account);
    const alternateId = `twinstream:replica:${inputs.name}`;
    const asset = await findOrCreate({
      find: async () =>
        (await client.find(assets, { Name: inputs.name })).filter(
          (found) => found.alternateId === alternateId,
        ),
      create: () =>
        client.create(assets, { Name: inputs.name, AlternateId: alternateId, Options: 0 }),
      removeSurplus: ({ id }) => client.delete(assets, id),
    });
    return { id: asset.id, outs: { ...inputs, ...observed(asset) } };
  },

  async read(id, outs) {
    const asset = await new MediaServicesClient(outs.account).get(assets, id);
    return asset === undefined ? { id: "" } : { id, props: { ...outs, ...observed(asset) } };
  },

  update: (_id, { assetId, container }, news) =>
    Promise.resolve({ outs: { ...news, assetId, container } }),

  /** Its files, locators and container go with it. */
  async delete(id, { account }) {
    await new MediaServicesClient(account).delete(assets, id);
  },
};

function observed(asset: Asset): Pick<ReplicaAssetOutputs, "assetId" | "container"> {
  return { assetId: asset.id, container: containerOf(asset) };
}

function encryptionReason(options: number): string {
  const kind = options === 1 ? "StorageEncrypted" : "protected";
  return `the source asset is ${kind} (Options ${options}): its keys exist in its own account only, so a copy could not be played. Encode to an asset in the clear (Options 0).`;
}
