import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import { AccessPolicy } from "../dynamic-providers/access-policy";
import { StreamingEndpoint } from "../dynamic-providers/streaming-endpoint";
import type { AppsDomain } from "./apps-domain";
import { declareExistingAccount } from "./existing-account";
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
import { tokenAudience } from "./token-audience";
import type { HostingSettings } from "./settings/hosting";
import type {
  ClassicSettings,
  MediaServicesSettings,
  SelfHostedSettings,
} from "./settings/media-services";
import type { PublicScheme, StorageAccess } from "./settings/settings";
import type { Shard } from "./settings/shard";

/** Inputs of {@link StreamingDataCenter}. */
export interface StreamingDataCenterArgs extends HostingSettings {
  /** Azure location in its short form. */
  location: string;
  /** Rank among all data centers: 1 is asked first. */
  priority: number;
  naming: Naming;
  /** Subscription that the deployment goes to. */
  subscriptionId: pulumi.Input<string>;
  /** Tenant of whoever deploys. */
  tenantId: pulumi.Input<string>;
  storageAccess: StorageAccess;
  mediaServices: MediaServicesSettings;
  publicScheme: PublicScheme;
  /** The viewers' host, where the data center's own app answers under it too. */
  appsDomain?: AppsDomain | undefined;
  /** Whether manifests tell players the other data centers that hold a video. */
  contentSteering: boolean;
  /** What the edge sends in `X-Azure-FDID`. */
  frontDoorId?: pulumi.Input<string>;
  /** How long viewers may use a locator. */
  locatorDays: number;
  /** Which part of the library plays from here; undefined: all of it. */
  shard?: Shard | undefined;
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
  /** The store, where it is the stack's own. */
  readonly storage: MediaStorage | undefined;
  /** The data center as those who choose between several see it. */
  readonly origin: Origin;
  /** The streaming endpoint, once it runs. */
  readonly streamingEndpoint: StreamingEndpoint;
  /** Id of the access policy for viewers. */
  readonly viewingPolicyId: pulumi.Output<string>;

  constructor(name: string, args: StreamingDataCenterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("twinstream:index:StreamingDataCenter", name, {}, opts);

    const { mediaServices: settings, publicScheme } = args;
    const { connection, storage } =
      settings.kind === "existing"
        ? {
            connection: declareExistingAccount(name, { settings, publicScheme }, { parent: this }),
            storage: undefined,
          }
        : this.declareAccount(name, args, settings);
    const account = accountInput(connection);

    this.dataCenter = name;
    this.storage = storage;
    this.connection = connection;
    this.origin = { name, host: connection.streamingHost, priority: args.priority };
    this.streamingEndpoint = new StreamingEndpoint(
      name,
      { account, name: connection.streamingEndpointName },
      // The first stack started it, and other stacks' viewers need it: it is not a shard's to stop.
      { parent: this, ...(args.shard?.front && { retainOnDelete: true }) },
    );
    this.viewingPolicyId = new AccessPolicy(
      `${name}-viewing`,
      {
        account,
        name: `${args.naming.project}-${args.naming.stack}-viewing`,
        durationMinutes: args.locatorDays * minutesADay,
        permissions: readPermission,
      },
      { parent: this },
    ).policyId;
    this.registerOutputs({ host: connection.streamingHost });
  }

  private declareAccount(
    name: string,
    args: StreamingDataCenterArgs,
    settings: SelfHostedSettings | ClassicSettings,
  ): { connection: MediaServicesConnection; storage: MediaStorage } {
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
    const told = watched && { actionGroupIds: watched.actionGroupIds };
    const store = { ...args, ...where, ...logs, accountName: storageAccountName(naming, name) };
    const storage = new MediaStorage(name, store, { parent: this });
    const place = { ...where, ...logs, ...told, storage };
    const { connection } = this.declareService(name, { ...args, mediaServices: settings }, place);
    watched?.watch(pulumi.interpolate`${publicScheme}://${connection.streamingHost}`);
    return { connection, storage };
  }

  private declareService(
    name: string,
    args: StreamingDataCenterArgs & { mediaServices: SelfHostedSettings | ClassicSettings },
    place: {
      resourceGroupName: pulumi.Input<string>;
      location: string;
      tags: Record<string, string>;
      logWorkspaceId?: pulumi.Input<string>;
      actionGroupIds?: pulumi.Input<string>[];
      storage: MediaStorage;
    },
  ): MediaServicesAccount {
    const { naming, appsDomain, mediaServices: settings } = args;
    const { storage } = place;
    const entra = settings.kind === "self-hosted" ? settings.entra : undefined;
    const identity =
      args.storageAccess === "identity"
        ? new MediaIdentity(
            name,
            {
              ...args,
              ...place,
              identityName: identityName(naming, name),
              storageAccountId: storage.accountId,
              certificateId: appsDomain?.certificateId,
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
        settings,
        ...(entra && { entra: tokenAudience(entra, args) }),
        dataCenter: name,
        accountName: mediaAccountName(naming, name),
        appName: containerAppName(naming, name),
        encodeAppName: containerAppName(naming, name, "encode"),
        hosting: args,
        ...(args.frontDoorId !== undefined && { frontDoorId: args.frontDoorId }),
        publicScheme: args.publicScheme,
        ...(appsDomain && { appsDomain }),
        contentSteering: args.contentSteering,
      },
      { parent: this },
    );
  }
}
