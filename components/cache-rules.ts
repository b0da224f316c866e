import * as cdn from "@pulumi/azure-native/cdn";

/** How long the edge keeps one kind of answer. */
interface CacheRule {
  /** Letters and digits only. */
  name: string;
  /** Lower-case parts of a path, of which one is enough; undefined: every path. */
  pathContains: string[] | undefined;
  /** Undefined: nothing is kept. */
  keep: { duration: string; compress: boolean } | undefined;
}

/**
 * The first rule that fits decides. Segments come first: their paths may hold a file name that looks
 * like a manifest's. A segment never changes, for its path holds the locator's guid; a manifest is
 * kept just long enough to spare the origin a crowd. Nothing else is kept (API, probes, watch page),
 * and that must be said: the route keeps things, or Front Door would compress none.
 */
export const cacheRules: readonly CacheRule[] = [
  {
    name: "segments",
    pathContains: ["/fragments(", "/fragments%28"],
    // `d.hh:mm:ss`, or `hh:mm:ss` below a day.
    keep: { duration: "30.00:00:00", compress: false },
  },
  {
    name: "manifests",
    pathContains: ["/manifest", ".ism/steering"],
    keep: { duration: "00:00:04", compress: true },
  },
  { name: "others", pathContains: undefined, keep: undefined },
];

/**
 * What the route itself says of caching. It names the types that are compressed, which a rule can't;
 * the rules decide over all else.
 * https://learn.microsoft.com/azure/frontdoor/standard-premium/how-to-compression
 */
export const routeCaching = {
  queryStringCachingBehavior: cdn.AfdQueryStringCachingBehavior.UseQueryString,
  compressionSettings: {
    isCompressionEnabled: true,
    contentTypesToCompress: [
      "application/vnd.apple.mpegurl",
      "application/dash+xml",
      "application/vnd.ms-sstr+xml",
      "application/json",
    ],
  },
};

/** A rule as Front Door is told it; the origin may say otherwise, but does not decide. */
export function cachingOf({ pathContains, keep }: CacheRule) {
  return {
    matchProcessingBehavior: cdn.MatchProcessingBehavior.Stop,
    ...(pathContains && { conditions: [pathCondition(pathContains)] }),
    actions: [
      {
        name: "RouteConfigurationOverride" as const,
        parameters: {
          typeName: "DeliveryRuleRouteConfigurationOverrideActionParameters" as const,
          // Left out, nothing is kept.
          ...(keep && { cacheConfiguration: cacheConfiguration(keep) }),
        },
      },
    ],
  };
}

function pathCondition(matchValues: string[]) {
  return {
    name: "UrlPath" as const,
    parameters: {
      typeName: "DeliveryRuleUrlPathMatchConditionParameters" as const,
      operator: cdn.UrlPathOperator.Contains,
      matchValues,
      transforms: [cdn.Transform.Lowercase],
    },
  };
}

function cacheConfiguration({ duration, compress }: { duration: string; compress: boolean }) {
  const { Enabled, Disabled } = cdn.RuleIsCompressionEnabled;
  return {
    cacheBehavior: cdn.RuleCacheBehavior.OverrideAlways,
    cacheDuration: duration,
    queryStringCachingBehavior: cdn.RuleQueryStringCachingBehavior.IgnoreQueryString,
    isCompressionEnabled: compress ? Enabled : Disabled,
  };
}
