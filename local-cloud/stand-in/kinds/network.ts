import { inResourceGroup, type ResourceKind } from "./resource-kind";

const isAddressRange = {
  pattern: /^(?:\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/,
  rule: "must be a range of addresses, such as 10.0.0.0/23",
};
const isName = {
  pattern: /^[A-Za-z0-9](?:[\w.-]{0,62}\w)?$/,
  rule: "must be up to 64 letters, digits, and _ . -, beginning with a letter or digit",
};

/** Networks of a data center's apps: checked and recorded, for one machine has one network. */
export const networkKinds: readonly ResourceKind[] = [
  {
    declaration: {
      token: "azure-native:network:VirtualNetwork",
      idPattern: inResourceGroup("Microsoft.Network/virtualNetworks/{virtualNetworkName}"),
      required: ["location", "addressSpace.addressPrefixes"],
      patterns: {
        virtualNetworkName: isName,
        "addressSpace.addressPrefixes[]": isAddressRange,
      },
      replacedBy: ["location"],
    },
  },
  {
    declaration: {
      token: "azure-native:network:Subnet",
      idPattern: inResourceGroup(
        "Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}",
      ),
      required: ["addressPrefix"],
      // Nothing else runs in the local cloud's networks.
      choices: { "delegations[].serviceName": ["Microsoft.App/environments"] },
      patterns: { subnetName: isName, addressPrefix: isAddressRange },
    },
  },
];
