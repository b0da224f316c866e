import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";
import {
  declareAppsDomain,
  declareLibrary,
  libraryFront,
  playerHosts,
  stackSettings,
  StreamingDataCenter,
  watchPageUrl,
} from "./components";

/** Declares the stack. A function, since a library in Azure Storage has to be listed first. */
async function declareStack() {
  const settings = await stackSettings();
  const { publicScheme, serverSideCopy, overwriteReplicas } = settings;
  const naming = {
    project: pulumi.getProject(),
    stack: pulumi.getStack(),
    salt: settings.nameSalt,
  };
  const tags = { ...settings.tags, project: naming.project, stack: naming.stack };

  const { subscriptionId, tenantId } = authorization.getClientConfigOutput();

  // First, for data centers are told by what they know it.
  const front = libraryFront(settings, { naming, tags });
  const { frontDoorId } = front;
  const appsDomain = declareAppsDomain("viewers-apps", settings);
  const dataCenters = settings.dataCenters.map(
    ({ name, ...where }) =>
      new StreamingDataCenter(name, {
        ...settings,
        ...where,
        naming,
        subscriptionId,
        tenantId,
        ...(frontDoorId && { frontDoorId }),
        appsDomain,
        tags,
      }),
  );
  const sites = dataCenters.map(({ origin }) => origin);
  const { publicHost, trafficManagerHost: trafficManager } = front.leadTo(dataCenters);
  const hosts = playerHosts({
    scheme: publicScheme,
    dataCenters: sites,
    edge: front.edgeHost,
    trafficManager,
  });
  const videos = declareLibrary({
    videos: settings.videos,
    videosAtOnce: settings.videosAtOnce,
    common: { dataCenters, serverSideCopy, overwriteReplicas },
    hosts,
  });
  return {
    /** Host of the edge. */
    edgeHost: front.edgeHost,
    /** Host of each data center by its name. */
    origins: Object.fromEntries(sites.map(({ name, host }) => [name, host])),
    /** Host that Traffic Manager leads on, where players can use one: the domain, if there is one. */
    trafficManagerHost: trafficManager ?? null,
    /** Every video with its relative path, and its addresses on every host. */
    videos,
    /** Address of the watch page, where there is one. */
    watchPage: watchPageUrl(settings, publicHost),
  };
}

// What Pulumi calls, and whose answer it takes for the stack's outputs.
export = declareStack;
