import * as cdn from "@pulumi/azure-native/cdn";
import * as frontdoor from "@pulumi/azure-native/frontdoor";
import type * as pulumi from "@pulumi/pulumi";
import { customRules, managedRuleSets } from "./firewall-rules";
import type { FrontDoorScope } from "./front-door-scope";
import type { FirewallMode } from "./settings/delivery";

/** What a firewall is declared from. */
interface FirewallArgs extends FrontDoorScope {
  /** Name of the profile, known at preview. */
  label: string;
  mode: FirewallMode;
  /** Ids of the endpoint and the custom domain that it stands before. */
  domainIds: pulumi.Input<string>[];
  tags?: Record<string, string> | undefined;
}

/** Declares the web application firewall before a Front Door Premium, and puts it to work there. */
export function declareFirewall(
  name: string,
  { label, mode, domainIds, tags, ...scope }: FirewallArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const { Prevention, Detection } = frontdoor.PolicyMode;
  const policy = new frontdoor.Policy(
    `${name}-firewall`,
    {
      resourceGroupName: scope.resourceGroupName,
      // Letters and digits only.
      policyName: label.replaceAll("-", ""),
      location: "Global",
      sku: { name: frontdoor.SkuName.Premium_AzureFrontDoor },
      policySettings: {
        enabledState: frontdoor.PolicyEnabledState.Enabled,
        mode: mode === "prevention" ? Prevention : Detection,
        requestBodyCheck: frontdoor.PolicyRequestBodyCheck.Enabled,
      },
      customRules: { rules: customRules },
      managedRules: { managedRuleSets },
      ...(tags && { tags }),
    },
    opts,
  );
  new cdn.SecurityPolicy(
    `${name}-firewall`,
    {
      ...scope,
      securityPolicyName: "firewall",
      parameters: {
        type: "WebApplicationFirewall",
        wafPolicy: { id: policy.id },
        associations: [{ domains: domainIds.map((id) => ({ id })), patternsToMatch: ["/*"] }],
      },
    },
    opts,
  );
}
