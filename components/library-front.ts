import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import { ContentDelivery } from "./content-delivery";
import { ContentSteering } from "./content-steering";
import { hostLabel, type Naming, resourceGroupName } from "./naming";
import { Observability } from "./observability";
import { routedHost } from "./public-hosts";
import type { Settings } from "./settings/settings";
import type { FirstStacksFront } from "./settings/shard";
import type { StreamingDataCenter } from "./streaming-data-center";
import { TrafficRouting } from "./traffic-routing";
import { ViewersHost } from "./viewers-host";

/** What stands between viewers and all data centers together. */
export interface LibraryFront {
  /** What the edge sends to data centers in `X-Azure-FDID`; undefined where they know it already. */
  frontDoorId: pulumi.Output<string> | undefined;
  /** Host of the edge. */
  edgeHost: pulumi.Input<string>;
  /** Leads it to the data centers, which may have been told of it before. To be called once. */
  leadTo: (dataCenters: StreamingDataCenter[]) => FrontHosts;
}

/** Hosts that a front leads on. */
interface FrontHosts {
  /** The one that viewers are given: the domain, else the edge's. */
  publicHost: pulumi.Input<string>;
  /** The one that Traffic Manager leads on, where players can use one. */
  trafficManagerHost: pulumi.Input<string> | undefined;
}

/** The front of the library: this stack's own, or in a further shard the first stack's. */
export function libraryFront(
  settings: Settings,
  stack: { naming: Naming; tags: Record<string, string> },
): LibraryFront {
  const front = settings.shard?.front;
  return front ? frontOfFirstStack(front) : declareFront(settings, stack);
}

function frontOfFirstStack({ edgeHost, trafficManagerHost }: FirstStacksFront): LibraryFront {
  return {
    frontDoorId: undefined,
    edgeHost,
    leadTo: () => ({ publicHost: edgeHost, trafficManagerHost }),
  };
}

function declareFront(
  settings: Settings,
  { naming, tags }: { naming: Naming; tags: Record<string, string> },
): LibraryFront {
  const { publicScheme, sharedLocation: location } = settings;
  const shared = new resources.ResourceGroup(
    "shared",
    { resourceGroupName: resourceGroupName(naming, "shared"), location, tags },
    // What is in it is global: it need not move when the list of data centers changes.
    { ignoreChanges: ["location"] },
  );
  const where = { resourceGroupName: shared.name, location, tags };
  const watched = settings.monitoring
    ? new Observability("shared", { ...settings, ...where, naming })
    : undefined;
  const args = {
    ...settings,
    ...where,
    ...(watched && {
      logWorkspaceId: watched.workspaceId,
      actionGroupIds: watched.actionGroupIds,
    }),
  };
  const label = hostLabel(naming);
  const edge = new ContentDelivery("edge", { ...args, endpointName: label });
  return {
    frontDoorId: edge.frontDoorId,
    edgeHost: edge.host,
    leadTo: (dataCenters) => {
      const origins = dataCenters.map(({ origin }) => origin);
      edge.leadTo(origins);
      watched?.watch(pulumi.interpolate`${publicScheme}://${edge.host}`);
      const router = new TrafficRouting("router", { ...args, origins, relativeName: label });
      const viewers = declareViewersHost(args, { edge, router, label });
      const publicHost = viewers?.host ?? edge.host;
      new ContentSteering("steering", { ...settings, dataCenters, edgeHost: publicHost });
      return {
        publicHost,
        trafficManagerHost: routedHost(publicScheme, router.host, viewers?.host),
      };
    },
  };
}

function declareViewersHost(
  args: Settings & { resourceGroupName: pulumi.Input<string> },
  { edge, router, label }: { edge: ContentDelivery; router: TrafficRouting; label: string },
): ViewersHost | undefined {
  const { domain } = args;
  return (
    domain &&
    new ViewersHost("viewers", {
      ...args,
      domain,
      relativeName: `${label}-viewers`,
      frontDoorHost: edge.host,
      dataCentersProfileId: router.profileId,
    })
  );
}
