import * as cdn from "@pulumi/azure-native/cdn";
import * as pulumi from "@pulumi/pulumi";
import { cacheRules, cachingOf, routeCaching } from "./cache-rules";
import { edgeProtocols } from "./edge-protocols";
import { declareFrontDoorDomain } from "./front-door-domain";
import { declareEdgeAlert } from "./edge-alert";
import { declareFirewall } from "./front-door-firewall";
import type { FrontDoorScope } from "./front-door-scope";
import type { Origin } from "./origin";
import { sendLogs } from "./send-logs";
import type { DeliverySettings } from "./settings/delivery";
import type { PublicScheme } from "./settings/settings";

/** Inputs of {@link ContentDelivery}. */
export interface ContentDeliveryArgs extends Pick<
  DeliverySettings,
  "frontDoorSku" | "firewallMode" | "domain"
> {
  resourceGroupName: pulumi.Input<string>;
  /** Leftmost label of the edge's host; Azure appends a hash to it. */
  endpointName: string;
  /** What it leads to from the start; more is given to {@link ContentDelivery.leadTo}. */
  origins?: Origin[];
  publicScheme: PublicScheme;
  /** Where its logs go. Default nowhere. */
  logWorkspaceId?: pulumi.Input<string>;
  /** Who is told when it fails viewers, as action groups' ids. Default nobody. */
  actionGroupIds?: pulumi.Input<string>[];
  tags?: Record<string, string>;
}

/**
 * Front Door over all data centers: one host, segments and manifests kept at the edge, and the
 * primary's place taken by the next data center when its probes fail.
 */
export class ContentDelivery extends pulumi.ComponentResource {
  /** Host of the edge. */
  readonly host: pulumi.Output<string>;
  /** What it sends to origins in `X-Azure-FDID`, by which they know it. */
  readonly frontDoorId: pulumi.Output<string>;
  /** Leads it to origins, which may have been told of it before. To be called once. */
  readonly leadTo: (origins: Origin[]) => void;

  constructor(name: string, args: ContentDeliveryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("twinstream:edge:ContentDelivery", name, {}, opts);

    const profile = this.declareProfile(name, args);
    const scope = { resourceGroupName: args.resourceGroupName, profileName: profile.name };
    const endpoint = this.declareEndpoint(name, scope, args);
    const domain =
      args.domain &&
      declareFrontDoorDomain(name, { ...scope, profile, domain: args.domain }, { parent: this });
    this.leadTo = (origins) => {
      const at = { scope, endpointName: endpoint.name, domain };
      this.declareRouting(name, { ...args, origins }, at);
    };
    if (args.origins) this.leadTo(args.origins);
    if (args.frontDoorSku === "premium") {
      const domainIds = [endpoint, ...(domain ? [domain] : [])].map(({ id }) => id);
      const { endpointName: label, firewallMode: mode, tags } = args;
      declareFirewall(name, { ...scope, label, mode, domainIds, tags }, { parent: this });
    }
    const logs = { resourceId: profile.id, workspaceId: args.logWorkspaceId };
    sendLogs(name, logs, { parent: this });
    declareEdgeAlert(name, { ...args, profileId: profile.id }, { parent: this });

    this.host = endpoint.hostName;
    this.frontDoorId = profile.frontDoorId;
    this.registerOutputs({ host: this.host });
  }

  private declareRouting(
    name: string,
    args: ContentDeliveryArgs & { origins: Origin[] },
    at: {
      scope: FrontDoorScope;
      endpointName: pulumi.Input<string>;
      domain: cdn.AFDCustomDomain | undefined;
    },
  ): void {
    const { scope, endpointName, domain } = at;
    const group = this.declareOriginGroup(name, scope, args);
    const origins = args.origins.map((origin) =>
      this.declareOrigin(name, { ...scope, originGroupName: group.name }, origin),
    );
    const ruleSet = new cdn.RuleSet(name, { ...scope, ruleSetName: "caching" }, { parent: this });
    const rules = this.declareRules(name, { ...scope, ruleSetName: ruleSet.name }, origins);
    this.declareRoute(
      name,
      {
        ...scope,
        endpointName,
        originGroup: { id: group.id },
        ruleSets: [{ id: ruleSet.id }],
        ...(domain && { customDomains: [{ id: domain.id }] }),
        cacheConfiguration: routeCaching,
        ...edgeProtocols(args.publicScheme).route,
      },
      // Azure refuses a route whose origin group is empty.
      [...origins, ...rules],
    );
  }

  private declareProfile(name: string, args: ContentDeliveryArgs): cdn.Profile {
    return new cdn.Profile(
      name,
      {
        resourceGroupName: args.resourceGroupName,
        profileName: args.endpointName,
        // Said, or the provider would put its default location here, which Azure refuses.
        location: "Global",
        sku: {
          name:
            args.frontDoorSku === "premium"
              ? cdn.SkuName.Premium_AzureFrontDoor
              : cdn.SkuName.Standard_AzureFrontDoor,
        },
        // Reads the certificate of the viewers' host from its Key Vault.
        ...(args.domain?.certificateId && {
          identity: { type: cdn.ManagedServiceIdentityType.SystemAssigned },
        }),
        originResponseTimeoutSeconds: 30,
        tags: args.tags,
      },
      { parent: this },
    );
  }

  private declareEndpoint(
    name: string,
    scope: FrontDoorScope,
    args: ContentDeliveryArgs,
  ): cdn.AFDEndpoint {
    return new cdn.AFDEndpoint(
      name,
      {
        ...scope,
        endpointName: args.endpointName,
        location: "Global",
        enabledState: cdn.EnabledState.Enabled,
        autoGeneratedDomainNameLabelScope: cdn.AutoGeneratedDomainNameLabelScope.TenantReuse,
        tags: args.tags,
      },
      { parent: this },
    );
  }

  private declareOriginGroup(
    name: string,
    scope: FrontDoorScope,
    { publicScheme }: ContentDeliveryArgs,
  ): cdn.AFDOriginGroup {
    return new cdn.AFDOriginGroup(
      name,
      {
        ...scope,
        originGroupName: "data-centers",
        sessionAffinityState: cdn.EnabledState.Disabled,
        healthProbeSettings: {
          probePath: "/readyz",
          probeProtocol: edgeProtocols(publicScheme).probe,
          probeRequestType: cdn.HealthProbeRequestType.HEAD,
          probeIntervalInSeconds: 10,
        },
        // Healthy while 3 of the last 4 probes succeed: lost 20 s after the last good one.
        loadBalancingSettings: {
          sampleSize: 4,
          successfulSamplesRequired: 3,
          additionalLatencyInMilliseconds: 0,
        },
      },
      { parent: this },
    );
  }

  private declareOrigin(
    name: string,
    scope: FrontDoorScope & { originGroupName: pulumi.Input<string> },
    { name: dataCenter, host, priority }: Origin,
  ): cdn.AFDOrigin {
    return new cdn.AFDOrigin(
      `${name}-${dataCenter}`,
      {
        ...scope,
        originName: dataCenter,
        hostName: host,
        // Left out, it would be the edge's own host, which no container app answers to.
        originHostHeader: host,
        httpPort: 80,
        httpsPort: 443,
        priority,
        weight: 1000,
        enabledState: cdn.EnabledState.Enabled,
        enforceCertificateNameCheck: true,
      },
      { parent: this },
    );
  }

  private declareRules(
    name: string,
    scope: FrontDoorScope & { ruleSetName: pulumi.Input<string> },
    origins: pulumi.Resource[],
  ): cdn.Rule[] {
    const rules: cdn.Rule[] = [];
    for (const [index, rule] of cacheRules.entries()) {
      rules.push(
        new cdn.Rule(
          `${name}-${rule.name}`,
          { ...scope, ruleName: rule.name, order: index + 1, ...cachingOf(rule) },
          // One after the other: a rule set takes one change at a time.
          { parent: this, dependsOn: [...origins, ...rules] },
        ),
      );
    }
    return rules;
  }

  private declareRoute(
    name: string,
    args: Omit<cdn.RouteArgs, "routeName">,
    dependsOn: pulumi.Resource[],
  ): void {
    new cdn.Route(
      name,
      {
        ...args,
        routeName: "everything",
        patternsToMatch: ["/*"],
        linkToDefaultDomain: cdn.LinkToDefaultDomain.Enabled,
        enabledState: cdn.EnabledState.Enabled,
      },
      { parent: this, dependsOn },
    );
  }
}
