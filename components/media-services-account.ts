import * as pulumi from "@pulumi/pulumi";
import { declareClassicAccount } from "./classic-account";
import type { MediaServicesConnection } from "./media-services-connection";
import type { MediaStorage } from "./media-storage";
import { declareSelfHostedAccount } from "./self-hosted-account";
import type { MediaServicesSettings } from "./settings/media-services";
import type { PublicScheme } from "./settings/settings";

/** Inputs of {@link MediaServicesAccount}. */
export interface MediaServicesAccountArgs<Settings = MediaServicesSettings> {
  /** The kind of account, and what only that kind asks for. */
  settings: Settings;
  /** Name of the data center that it serves. */
  dataCenter: string;
  location: string;
  resourceGroupName: pulumi.Input<string>;
  storage: MediaStorage;
  /** Name of the account; 3 to 24 lower-case letters and digits. */
  accountName: string;
  /** Name of the container app, where there is one; at most 32 characters. */
  appName: string;
  publicScheme: PublicScheme;
  tags?: Record<string, string>;
}

/** A data center's media services account: one interface, several kinds. */
export class MediaServicesAccount extends pulumi.ComponentResource {
  readonly connection: MediaServicesConnection;

  constructor(
    name: string,
    args: MediaServicesAccountArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("twinstream:media:MediaServicesAccount", name, {}, opts);

    const { settings } = args;
    this.connection =
      settings.kind === "azure"
        ? declareClassicAccount(name, { ...args, settings }, { parent: this })
        : declareSelfHostedAccount(name, { ...args, settings }, { parent: this });

    this.registerOutputs({
      apiUrl: this.connection.apiUrl,
      accountName: this.connection.accountName,
      streamingHost: this.connection.streamingHost,
    });
  }
}
