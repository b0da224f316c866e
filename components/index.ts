export { ContentDelivery } from "./content-delivery";
export { ContentSteering } from "./content-steering";
export { FailoverVideo } from "./failover-video";
export { hostLabel, resourceGroupName } from "./naming";
export { playerHosts, watchPageUrl } from "./public-hosts";
export { stackSettings } from "./settings/stack-settings";
export { StreamingDataCenter } from "./streaming-data-center";
export { TrafficRouting } from "./traffic-routing";
