import * as authorization from "@pulumi/azure-native/authorization";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import {
  ContentDelivery,
  ContentSteering,
  declareAppsDomain,
  declareLibrary,
  hostLabel,
  Observability,
  playerHosts,
  resourceGroupName,
  routedHost,
  stackSettings,
  StreamingDataCenter,
  TrafficRouting,
  ViewersHost,
  watchPageUrl,
} from "./components";

const settings = stackSettings();
const { publicScheme, serverSideCopy, overwriteReplicas } = settings;
const naming = { project: pulumi.getProject(), stack: pulumi.getStack(), salt: settings.nameSalt };
const tags = { ...settings.tags, project: naming.project, stack: naming.stack };

const { subscriptionId } = authorization.getClientConfigOutput();

const shared = new resources.ResourceGroup(
  "shared",
  {
    resourceGroupName: resourceGroupName(naming, "shared"),
    location: settings.sharedLocation,
    tags,
  },
  // What is in it is global: it need not move when the list of data centers changes.
  { ignoreChanges: ["location"] },
);
const label = hostLabel(naming);
const where = { resourceGroupName: shared.name, location: settings.sharedLocation, tags };
const watched = settings.monitoring
  ? new Observability("shared", { ...settings, ...where, naming })
  : undefined;
const front = { ...settings, ...where, ...(watched && { logWorkspaceId: watched.workspaceId }) };
// First, for data centers are told by what they know it.
const edge = new ContentDelivery("edge", { ...front, endpointName: label });
const { frontDoorId } = edge;
const appsDomain = declareAppsDomain("viewers-apps", settings);
const dataCenters = settings.dataCenters.map(
  ({ name, ...where }) =>
    new StreamingDataCenter(name, {
      ...settings,
      ...where,
      naming,
      subscriptionId,
      frontDoorId,
      appsDomain,
      tags,
    }),
);
const sites = dataCenters.map(({ origin }) => origin);
edge.leadTo(sites);
watched?.watch(pulumi.interpolate`${publicScheme}://${edge.host}`);

const router = new TrafficRouting("router", { ...front, origins: sites, relativeName: label });
const viewers =
  settings.domain &&
  new ViewersHost("viewers", {
    ...front,
    domain: settings.domain,
    relativeName: `${label}-viewers`,
    frontDoorHost: edge.host,
    dataCentersProfileId: router.profileId,
  });
const publicHost = viewers?.host ?? edge.host;
new ContentSteering("steering", { ...settings, dataCenters, edgeHost: publicHost });

const trafficManager = routedHost(publicScheme, router.host, viewers?.host);
const hosts = playerHosts({
  scheme: publicScheme,
  dataCenters: sites,
  edge: edge.host,
  trafficManager,
});

/** Every video with its relative path, and its addresses on every host. */
export const videos = declareLibrary({
  videos: settings.videos,
  videosAtOnce: settings.videosAtOnce,
  common: { dataCenters, serverSideCopy, overwriteReplicas },
  hosts,
});

/** Host of the edge. */
export const edgeHost = edge.host;

/** Host that Traffic Manager leads on, where players can use one: the domain, if there is one. */
export const trafficManagerHost = trafficManager ?? null;

/** Host of each data center by its name. */
export const origins = Object.fromEntries(sites.map(({ name, host }) => [name, host]));

/** Address of the watch page, where there is one. */
export const watchPage = watchPageUrl(settings, publicHost);
