import * as pulumi from "@pulumi/pulumi";
import { AssetCopy } from "../dynamic-providers/asset-copy";
import { AssetFiles } from "../dynamic-providers/asset-files";
import { EncodingJob } from "../dynamic-providers/encoding-job";
import { MezzanineAsset } from "../dynamic-providers/mezzanine-asset";
import { ReplicaAsset } from "../dynamic-providers/replica-asset";
import type { SourceBlob } from "../dynamic-providers/operations/source-container/source-blob";
import { StreamingLocator } from "../dynamic-providers/streaming-locator";
import { accountInput } from "./media-services-connection";
import type { StreamingDataCenter } from "./streaming-data-center";
import { type StreamingHost, type StreamingUrls, streamingUrls } from "./streaming-urls";

/** Inputs of {@link FailoverVideo}. */
export interface FailoverVideoArgs {
  /** The mezzanine, relative to the project's root, or to the container that it is a blob in. */
  file: string;
  /** Which blob it is, where it is one. */
  blob?: SourceBlob;
  /** Every data center that plays the video. */
  dataCenters: StreamingDataCenter[];
  /** Name of the one among them that encodes it. */
  encodeIn: string;
  /** `nb:lid:UUID:{guid}` to publish under; without it the first account gives one. */
  locatorId?: string | undefined;
  /** Whether blobs are copied from store to store, or relayed. */
  serverSideCopy: "auto" | "never" | "always";
  /** Whether blobs that somebody else wrote in a copy give way to the original's. */
  overwriteReplicas: boolean;
}

/**
 * One video that every data center plays under the same relative path: encoded in one of them,
 * copied to the others, and published everywhere under the locator id of the first.
 */
export class FailoverVideo extends pulumi.ComponentResource {
  /** `/{locator guid}/{file}.ism`, the same on every host. */
  readonly relativePath: pulumi.Output<string>;
  /** In each data center the last step: it depends on all others there. */
  private readonly locators: StreamingLocator[] = [];

  constructor(name: string, args: FailoverVideoArgs, opts?: pulumi.ComponentResourceOptions) {
    super("twinstream:media:FailoverVideo", name, {}, opts);

    const source = args.dataCenters.find(({ dataCenter }) => dataCenter === args.encodeIn);
    if (!source) {
      throw new pulumi.InputPropertyError({
        propertyPath: "encodeIn",
        reason: `must name one of the video's data centers, got "${args.encodeIn}"`,
      });
    }
    const job = this.encode(name, args, source);
    const locator = this.publish(name, source, {
      job,
      assetId: job.outputAssetId,
      ...(args.locatorId !== undefined && { like: { locatorId: args.locatorId } }),
    });
    for (const replica of args.dataCenters) {
      if (replica !== source) this.replicate(name, { ...args, source, replica, job, locator });
    }

    this.relativePath = locator.relativePath;
    this.registerOutputs({ relativePath: this.relativePath });
  }

  /** Resolves when the engine has taken up every step; in a preview as well. */
  declared(): Promise<void> {
    // URNs are known always. An output that a preview does not know never calls back.
    const urns = pulumi.all(this.locators.map(({ urn }) => urn));
    return new Promise((resolve) => {
      urns.apply(() => {
        resolve();
      });
    });
  }

  /** Addresses of the video on each of several hosts. */
  urlsOn(
    hosts: Record<string, pulumi.Input<StreamingHost>>,
  ): pulumi.Output<Record<string, StreamingUrls>> {
    return pulumi
      .all([pulumi.all(hosts), this.relativePath])
      .apply(([known, path]) =>
        Object.fromEntries(
          Object.entries(known).map(([host, where]) => [host, streamingUrls(where, path)]),
        ),
      );
  }

  private encode(name: string, args: FailoverVideoArgs, source: StreamingDataCenter): EncodingJob {
    const account = accountInput(source.connection);
    const { file, blob, serverSideCopy } = args;
    const mezzanine = new MezzanineAsset(
      `${name}-${source.dataCenter}`,
      { account, name: `${name}-mezzanine`, file, ...(blob && { blob, serverSideCopy }) },
      { parent: this },
    );
    return new EncodingJob(
      `${name}-${source.dataCenter}`,
      {
        account,
        name: `${name}-encoding`,
        inputAssetId: mezzanine.assetId,
        inputSha256: blob ? mezzanine.contentTag : mezzanine.contentSha256,
        preset: "Adaptive Streaming",
        outputAssetName: `${name}-encoded`,
      },
      { parent: this },
    );
  }

  private replicate(
    name: string,
    chain: Encoded & { source: StreamingDataCenter; replica: StreamingDataCenter } & Pick<
        FailoverVideoArgs,
        "serverSideCopy" | "overwriteReplicas"
      >,
  ): void {
    const { source, replica, job, locator } = chain;
    const child = `${name}-${replica.dataCenter}`;
    const account = accountInput(replica.connection);
    const asset = new ReplicaAsset(
      child,
      { account, name: job.container, sourceAssetOptions: job.outputAssetOptions },
      { parent: this },
    );
    const copy = new AssetCopy(
      child,
      {
        source: accountInput(source.connection),
        target: account,
        sourceAssetId: job.outputAssetId,
        targetAssetId: asset.assetId,
        sourceTag: job.contentTag,
        serverSideCopy: chain.serverSideCopy,
        overwrite: chain.overwriteReplicas,
      },
      { parent: this },
    );
    const files = new AssetFiles(
      child,
      {
        account,
        assetId: asset.assetId,
        primaryFileName: job.ismFileName,
        contentDigest: copy.contentDigest,
      },
      { parent: this },
    );
    const { locatorId, startTime, expirationDateTime } = locator;
    this.publish(name, replica, {
      job,
      assetId: asset.assetId,
      like: { locatorId, startTime, expirationDateTime },
      after: files,
    });
  }

  private publish(
    name: string,
    dataCenter: StreamingDataCenter,
    { job, assetId, like, after }: Publication,
  ): StreamingLocator {
    const locator = new StreamingLocator(
      `${name}-${dataCenter.dataCenter}`,
      {
        account: accountInput(dataCenter.connection),
        assetId,
        accessPolicyId: dataCenter.viewingPolicyId,
        ismFileName: job.ismFileName,
        // The same id is the same path; the same times make all of them lapse together.
        ...like,
      },
      { parent: this, dependsOn: [dataCenter.streamingEndpoint, ...(after ? [after] : [])] },
    );
    this.locators.push(locator);
    return locator;
  }
}

interface Encoded {
  job: EncodingJob;
  /** The locator in the data center that encoded the video. */
  locator: StreamingLocator;
}

interface Publication {
  job: EncodingJob;
  assetId: pulumi.Input<string>;
  /** Another locator's id and times, or a chosen id; without it the account gives an id. */
  like?: {
    locatorId: pulumi.Input<string>;
    startTime?: pulumi.Input<string>;
    expirationDateTime?: pulumi.Input<string>;
  };
  /** What makes the asset ready to be played. */
  after?: pulumi.Resource;
}
