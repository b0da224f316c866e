import { textAt } from "../properties";
import { domainName, inResourceGroup, type ResourceKind } from "./resource-kind";

/** Token of DNS records. */
export const recordSetToken = "azure-native:dns:RecordSet";

/** Records of one name and type in a zone; the responder answers for those that it can. */
export const recordSet: ResourceKind = {
  declaration: {
    token: recordSetToken,
    idPattern: inResourceGroup(
      "Microsoft.Network/dnsZones/{zoneName}/{recordType}/{relativeRecordSetName}",
    ),
    required: ["ttl"],
    // The zone is there before the stack, and stays after it.
    holderElsewhere: true,
    choices: {
      recordType: ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT"],
    },
    patterns: {
      zoneName: domainName,
    },
    ranges: { ttl: [1, 2_147_483_647] },
    references: {
      "targetResource.id": "",
      "trafficManagementProfile.id": "Microsoft.Network/trafficManagerProfiles",
    },
  },
  maker: {
    // The responder reads what is recorded at each question.
    startOrder: 4,
    computed: ["fqdn"],
    apply: ({ name, inputs }) => {
      const zone = textAt(inputs, "zoneName") ?? "";
      return Promise.resolve({ outputs: { fqdn: name === "@" ? `${zone}.` : `${name}.${zone}.` } });
    },
    remove: () => Promise.resolve(),
  },
};
