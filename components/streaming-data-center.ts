import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import { AccessPolicy } from "../dynamic-providers/access-policy";
import { StreamingEndpoint } from "../dynamic-providers/streaming-endpoint";
import type { Origin } from "./origin";
import { MediaIdentity } from "./media-identity";
import { MediaServicesAccount } from "./media-services-account";
import { accountInput, type MediaServicesConnection } from "./media-services-connection";
import { MediaStorage } from "./media-storage";
import {
  containerAppName,
  identityName,
  mediaAccountName,
  type Naming,
  resourceGroupName,
  storageAccountName,
} from "./naming";
import { Observability } from "./observability";
import type { HostingSettings } from "./settings/hosting";
import type { MediaServicesSettings } from "./settings/media-services";
import type { PublicScheme, StorageAccess } from "./settings/settings";

/** Inputs of {@link StreamingDataCenter}. */
export interface StreamingDataCenterArgs extends HostingSettings {
  /** Azure location in its short form. */
  location: string;
  /** Rank among all data centers: 1 is asked first. */
  priority: number;
  naming: Naming;
  /** Subscription that the deployment goes to. */
  subscriptionId: pulumi.Input<string>;
  storageAccess: StorageAccess;
  mediaServices: MediaServicesSettings;
  publicScheme: PublicScheme;
  /** Whether manifests tell players the other data centers that hold a video. */
  contentSteering: boolean;
  /** What the edge sends in `X-Azure-FDID`. */
  frontDoorId?: pulumi.Input<string>;
  /** How long viewers may use a locator. */
  locatorDays: number;
  tags?: Record<string, string>;
}

const minutesADay = 24 * 60;

/** Bit of `Read` in an access policy's permissions. */
const readPermission = 1;

/**
 * A region that can encode and serve the whole library by itself: a store, a media services account
 * with its streaming endpoint started, and the policy that viewers' locators share.
 */
export class StreamingDataCenter extends pulumi.ComponentResource {
  /** Name of the data center. */
  readonly dataCenter: string;
  readonly connection: MediaServicesConnection;
  readonly storage: MediaStorage;
  /** The data center as those who choose between several see it. */
  readonly origin: Origin;
  /** The streaming endpoint, once it runs. */
  readonly streamingEndpoint: StreamingEndpoint;
  /** Id of the access policy for viewers. */
  readonly viewingPolicyId: pulumi.Output<string>;

  constructor(name: string, args: StreamingDataCenterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("twinstream:index:StreamingDataCenter", name, {}, opts);

    const { account, storage } = this.declareAccount(name, args);
    const accountOfAll = accountInput(account.connection);

    this.dataCenter = name;
    this.storage = storage;
    this.connection = account.connection;
    this.origin = { name, host: account.connection.streamingHost, priority: args.priority };
    this.streamingEndpoint = new StreamingEndpoint(
      name,
      { account: accountOfAll, name: account.connection.streamingEndpointName },
      { parent: this },
    );
    this.viewingPolicyId = new AccessPolicy(
      `${name}-viewing`,
      {
        account: accountOfAll,
        name: `${args.naming.project}-${args.naming.stack}-viewing`,
        durationMinutes: args.locatorDays * minutesADay,
        permissions: readPermission,
      },
      { parent: this },
    ).policyId;
    this.registerOutputs({ host: account.connection.streamingHost });
  }

  private declareAccount(
    name: string,
    args: StreamingDataCenterArgs,
  ): { account: MediaServicesAccount; storage: MediaStorage } {
    const { naming, location, publicScheme } = args;
    const tags = { ...args.tags, dataCenter: name };
    const group = new resources.ResourceGroup(
      name,
      { resourceGroupName: resourceGroupName(naming, name), location, tags },
      { parent: this },
    );
    const where = { resourceGroupName: group.name, location, tags };
    const watched = args.monitoring
      ? new Observability(name, { ...where, ...args, tags }, { parent: this })
      : undefined;
    const logs = watched && { logWorkspaceId: watched.workspaceId };
    const store = { ...args, ...where, ...logs, accountName: storageAccountName(naming, name) };
    const storage = new MediaStorage(name, store, { parent: this });
    const account = this.declareService(name, args, { ...where, ...logs, storage });
    watched?.watch(pulumi.interpolate`${publicScheme}://${account.connection.streamingHost}`);
    return { account, storage };
  }

  private declareService(
    name: string,
    args: StreamingDataCenterArgs,
    place: {
      resourceGroupName: pulumi.Input<string>;
      location: string;
      tags: Record<string, string>;
      logWorkspaceId?: pulumi.Input<string>;
      storage: MediaStorage;
    },
  ): MediaServicesAccount {
    const { naming } = args;
    const { storage } = place;
    const identity =
      args.storageAccess === "identity"
        ? new MediaIdentity(
            name,
            {
              ...args,
              ...place,
              identityName: identityName(naming, name),
              storageAccountId: storage.accountId,
            },
            { parent: this },
          )
        : undefined;
    return new MediaServicesAccount(
      name,
      {
        ...place,
        subscriptionId: args.subscriptionId,
        ...(identity && { identity }),
        settings: args.mediaServices,
        dataCenter: name,
        accountName: mediaAccountName(naming, name),
        appName: containerAppName(naming, name),
        encodeAppName: containerAppName(naming, name, "encode"),
        hosting: args,
        ...(args.frontDoorId !== undefined && { frontDoorId: args.frontDoorId }),
        publicScheme: args.publicScheme,
        contentSteering: args.contentSteering,
      },
      { parent: this },
    );
  }
}
