import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import { ContentDelivery } from "../../../../components/content-delivery";
import type { Origin } from "../../../../components/origin";
import type { ActivePath, FrontDoorSku } from "../../../../components/settings/delivery";
import { TrafficRouting } from "../../../../components/traffic-routing";
import { ViewersHost } from "../../../../components/viewers-host";

const config = new pulumi.Config();
const group = new resources.ResourceGroup("shared", {
  resourceGroupName: "shared",
  location: "eastus2",
});
const front = {
  resourceGroupName: group.name,
  origins: config.requireObject<Origin[]>("origins"),
  publicScheme: "http" as const,
  frontDoorSku: config.require<FrontDoorSku>("frontDoorSku"),
  firewallMode: "prevention" as const,
  activePath: config.require<ActivePath>("activePath"),
  domain: {
    name: "video.example.com",
    zone: { name: "example.com", resourceGroup: "dns" },
    certificateId:
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v/secrets/viewers",
  },
};
const edge = new ContentDelivery("edge", { ...front, endpointName: "films" });
const router = new TrafficRouting("router", { ...front, relativeName: "films" });
new ViewersHost("viewers", {
  ...front,
  relativeName: "films-viewers",
  frontDoorHost: edge.host,
  dataCentersProfileId: router.profileId,
});

/** Host of Front Door. */
export const edgeHost = edge.host;
