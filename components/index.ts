export { ContentDelivery } from "./content-delivery";
export { ContentSteering } from "./content-steering";
export { hostLabel, resourceGroupName } from "./naming";
export { playerHosts, routedHost, watchPageUrl } from "./public-hosts";
export { stackSettings } from "./settings/stack-settings";
export { StreamingDataCenter } from "./streaming-data-center";
export { TrafficRouting } from "./traffic-routing";
export { declareLibrary } from "./video-library";
export { ViewersHost } from "./viewers-host";
