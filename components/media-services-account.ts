import * as pulumi from "@pulumi/pulumi";
import { declareClassicAccount } from "./classic-account";
import type {
  MediaServicesAccountArgs,
  MediaServicesConnection,
} from "./media-services-connection";
import { declareSelfHostedAccount } from "./self-hosted-account";

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
