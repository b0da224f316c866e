import * as pulumi from "@pulumi/pulumi";
import { PathwayList } from "../dynamic-providers/pathway-list";
import { accountInput } from "./media-services-connection";
import type { Settings } from "./settings/settings";
import type { StreamingDataCenter } from "./streaming-data-center";

/** Inputs of {@link ContentSteering}. */
export interface ContentSteeringArgs extends Pick<
  Settings,
  "mediaServices" | "contentSteering" | "publicScheme"
> {
  dataCenters: StreamingDataCenter[];
  edgeHost: pulumi.Input<string>;
}

/**
 * Tells every media service the ways to the library: the edge, then the data centers in order of
 * priority. They are told when they run, and not by their environment, because a data center's
 * host is known only when its service exists, and so do all the others' hosts: there is no order in
 * which the services could be told by their declarations. Nothing restarts when the ways change.
 */
export class ContentSteering extends pulumi.ComponentResource {
  constructor(name: string, args: ContentSteeringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("twinstream:edge:ContentSteering", name, {}, opts);

    const { mediaServices, contentSteering, dataCenters } = args;
    if (mediaServices.kind === "self-hosted" && contentSteering) {
      const pathways = this.pathways(args);
      for (const { dataCenter, connection } of dataCenters) {
        const account = accountInput(connection);
        new PathwayList(dataCenter, { account, pathways }, { parent: this });
      }
    }
    this.registerOutputs({});
  }

  private pathways({ dataCenters, edgeHost, publicScheme }: ContentSteeringArgs) {
    const origins = dataCenters
      .map(({ origin }) => origin)
      .sort((one, other) => one.priority - other.priority);
    const fronts = [{ name: "edge", host: edgeHost }, ...origins];
    return pulumi.output(
      fronts.map(({ name, host }) => ({
        name,
        baseUrl: pulumi.interpolate`${publicScheme}://${host}`,
      })),
    );
  }
}
