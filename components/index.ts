export { ContentDelivery } from "./content-delivery";
export { ContentSteering } from "./content-steering";
export { FailoverVideo } from "./failover-video";
export { hostLabel, resourceGroupName } from "./naming";
export { playerHosts, routedHost, watchPageUrl } from "./public-hosts";
export { stackSettings } from "./settings/stack-settings";
export { StreamingDataCenter } from "./streaming-data-center";
export { TrafficRouting } from "./traffic-routing";
export { ViewersHost } from "./viewers-host";
