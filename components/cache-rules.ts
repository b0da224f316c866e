import * as cdn from "@pulumi/azure-native/cdn";

/** How long the edge keeps one kind of answer. */
interface CacheRule {
  /** Letters and digits only. */
  name: string;
  /** Lower-case parts of a path, of which one is enough. */
  pathContains: string[];
  /** `d.hh:mm:ss`, or `hh:mm:ss` below a day. */
  duration: string;
  compress: boolean;
}

/**
 * The first rule that fits decides. Segments come first: their paths may hold a file name that looks
 * like a manifest's. A segment never changes, for its path holds the locator's guid; a manifest is
 * kept just long enough to spare the origin a crowd. Nothing else is kept: API, probes, watch page.
 */
export const cacheRules: readonly CacheRule[] = [
  {
    name: "segments",
    pathContains: ["/fragments(", "/fragments%28"],
    duration: "30.00:00:00",
    compress: false,
  },
  {
    name: "manifests",
    pathContains: ["/manifest", ".ism/steering"],
    duration: "00:00:04",
    compress: true,
  },
];

/** A rule as Front Door is told it; the origin may say otherwise, but does not decide. */
export function cachingOf(rule: CacheRule) {
  const { Enabled, Disabled } = cdn.RuleIsCompressionEnabled;
  return {
    matchProcessingBehavior: cdn.MatchProcessingBehavior.Stop,
    conditions: [
      {
        name: "UrlPath" as const,
        parameters: {
          typeName: "DeliveryRuleUrlPathMatchConditionParameters" as const,
          operator: cdn.UrlPathOperator.Contains,
          matchValues: rule.pathContains,
          transforms: [cdn.Transform.Lowercase],
        },
      },
    ],
    actions: [
      {
        name: "RouteConfigurationOverride" as const,
        parameters: {
          typeName: "DeliveryRuleRouteConfigurationOverrideActionParameters" as const,
          cacheConfiguration: {
            cacheBehavior: cdn.RuleCacheBehavior.OverrideAlways,
            cacheDuration: rule.duration,
            queryStringCachingBehavior: cdn.RuleQueryStringCachingBehavior.IgnoreQueryString,
            isCompressionEnabled: rule.compress ? Enabled : Disabled,
          },
        },
      },
    ],
  };
}
