import { inResourceGroup, type ResourceKind } from "./resource-kind";

const profilePattern = "Microsoft.Cdn/profiles/{profileName}";
const custom = "customRules.rules[]";

/** The rules of a web application firewall: checked and recorded, nothing here is refused by them. */
const policy: ResourceKind = {
  declaration: {
    token: "azure-native:frontdoor:Policy",
    idPattern: inResourceGroup(
      "Microsoft.Network/frontdoorWebApplicationFirewallPolicies/{policyName}",
    ),
    required: ["sku.name"],
    choices: { location: ["Global", "global"] },
    patterns: {
      policyName: {
        pattern: /^[A-Za-z][A-Za-z0-9]{0,127}$/,
        rule: "must be 1 to 128 letters and digits, beginning with a letter",
      },
    },
    ranges: {
      [`${custom}.priority`]: [1, 2_147_483_647],
      [`${custom}.rateLimitDurationInMinutes`]: [1, 5],
      [`${custom}.rateLimitThreshold`]: [10, 1_000_000],
    },
    replacedBy: ["location", "sku"],
  },
};

/** What puts such a policy before the hosts of a Front Door. */
const securityPolicy: ResourceKind = {
  declaration: {
    token: "azure-native:cdn:SecurityPolicy",
    idPattern: inResourceGroup(`${profilePattern}/securityPolicies/{securityPolicyName}`),
    required: [
      "parameters.wafPolicy.id",
      "parameters.associations",
      "parameters.associations[].domains",
      "parameters.associations[].domains[].id",
    ],
    references: {
      "parameters.wafPolicy.id": "Microsoft.Network/frontdoorWebApplicationFirewallPolicies",
      "parameters.associations[].domains[].id": "",
    },
  },
};

/** A certificate of one's own, which Front Door reads from a Key Vault. */
const certificate: ResourceKind = {
  declaration: {
    token: "azure-native:cdn:Secret",
    idPattern: inResourceGroup(`${profilePattern}/secrets/{secretName}`),
    required: ["parameters"],
    choices: { "parameters.type": ["CustomerCertificate"] },
    references: { "parameters.secretSource.id": "Microsoft.KeyVault/vaults/secrets" },
  },
};

/** What protects Front Door; recorded only, since nothing on this machine speaks TLS or is attacked. */
export const firewallKinds: readonly ResourceKind[] = [policy, securityPolicy, certificate];
