import type * as pulumi from "@pulumi/pulumi";
import type { AccountConnection } from "../dynamic-providers/operations/media-services-client/account-connection";
import type { AppsDomain } from "./apps-domain";
import type { MediaIdentity } from "./media-identity";
import type { MediaStorage } from "./media-storage";
import type { HostingSettings } from "./settings/hosting";
import type { ClassicSettings, SelfHostedSettings } from "./settings/media-services";
import type { PublicScheme } from "./settings/settings";
import type { TokenAudience } from "./token-audience";

/** What an account is declared from, whatever kind it is of. */
export interface MediaServicesAccountArgs<Settings = SelfHostedSettings | ClassicSettings> {
  /** The kind of account, and what only that kind asks for. */
  settings: Settings;
  /** Name of the data center that it serves. */
  dataCenter: string;
  location: string;
  resourceGroupName: pulumi.Input<string>;
  /** Subscription that the deployment goes to. */
  subscriptionId: pulumi.Input<string>;
  storage: MediaStorage;
  /** Whose tokens of Entra ID the API takes; without it there is an account key. */
  entra?: TokenAudience;
  /** Who the service is towards its store; without one it uses the store's key. */
  identity?: MediaIdentity;
  /** Name of the account; 3 to 24 lower-case letters and digits. */
  accountName: string;
  /** Name of the container app that everybody asks, where there is one; at most 32 characters. */
  appName: string;
  /** Name of the container app that encodes, likewise. */
  encodeAppName: string;
  hosting: Pick<
    HostingSettings,
    | "minReplicas"
    | "maxReplicas"
    | "maxWorkers"
    | "zoneRedundant"
    | "registryId"
    | "directRequestsPerMinute"
    | "frontDoorOnly"
    | "shutdown"
    | "origin"
  >;
  /** What the edge sends in `X-Azure-FDID`. */
  frontDoorId?: pulumi.Input<string>;
  /** Where logs go. Default nowhere. */
  logWorkspaceId?: pulumi.Input<string>;
  /** Who is told when it is not well, as action groups' ids. Default nobody. */
  actionGroupIds?: pulumi.Input<string>[];
  publicScheme: PublicScheme;
  /** The viewers' host, where the app that everybody asks answers under it too. */
  appsDomain?: AppsDomain;
  /** Whether manifests tell players the other data centers that hold a video. */
  contentSteering: boolean;
  tags?: Record<string, string>;
}

/** Tokens are given for a secret. */
export interface SecretCredentials {
  /** Where tokens are fetched. */
  tokenUrl: pulumi.Output<string>;
  /** The `client_secret` at the token endpoint; a secret. */
  accountKey: pulumi.Output<string>;
  /** Audience of an Azure AD token; without it tokens are asked for in the ACS form. */
  resource?: string;
}

/** Tokens are those of Entra ID of whoever runs the deployment: no secret at all. */
export interface EntraCredentials {
  entraAudience: pulumi.Output<string>;
}

/** An account that speaks the Media Services v2 REST API, whatever kind it is of. */
export interface MediaServicesConnection {
  /** The API's root; ends in a slash. */
  apiUrl: pulumi.Output<string>;
  /** The account's name, or the `client_id` at the token endpoint. */
  accountName: pulumi.Output<string>;
  credentials: SecretCredentials | EntraCredentials;
  /** Host of the streaming endpoint, with a port where it is not the scheme's own. */
  streamingHost: pulumi.Output<string>;
  /** Name of the streaming endpoint in the account. */
  streamingEndpointName: string;
  /** The account's primary storage account. */
  storageAccountName: pulumi.Output<string>;
}

/**
 * The part of a connection that a dynamic resource needs, as one of its inputs. Its members stay
 * outputs of their own: made one output of, all of it would be as secret as the key.
 */
export function accountInput(
  connection: Pick<MediaServicesConnection, "apiUrl" | "accountName" | "credentials">,
): pulumi.Input<AccountConnection> {
  const { apiUrl, accountName, credentials } = connection;
  const members = { apiUrl, accountName, ...credentials };
  // Pulumi waits for outputs inside an input, which the type of an input does not say.
  return members as unknown as AccountConnection;
}
