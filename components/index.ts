export { declareAppsDomain } from "./apps-domain";
export { libraryFront } from "./library-front";
export { playerHosts, watchPageUrl } from "./public-hosts";
export { stackSettings } from "./settings/stack-settings";
export { StreamingDataCenter } from "./streaming-data-center";
export { declareLibrary } from "./video-library";
