import * as frontdoor from "@pulumi/azure-native/frontdoor";

const { Block } = frontdoor.ActionType;

/**
 * Requests of one address in a minute. A player makes about one a second, and a few hundred as it
 * starts; behind one address can be an office full of them.
 */
const requestsAMinute = 10_000;

/**
 * Whole path of a stream, as far as a locator decides it; no `?` may come before or after. The managed
 * rules would look for injections in it, and find brackets and equals signs.
 */
const streamPath =
  "^[^?]*/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/[^/?]+\\.ism/[^?]*$";

/** In order of priority; the first that decides ends the search, also through the managed rules. */
export const customRules = [
  {
    name: "RateLimit",
    priority: 10,
    enabledState: frontdoor.CustomRuleEnabledState.Enabled,
    ruleType: frontdoor.RuleType.RateLimitRule,
    rateLimitDurationInMinutes: 1,
    rateLimitThreshold: requestsAMinute,
    groupBy: [{ variableName: frontdoor.VariableName.SocketAddr }],
    matchConditions: [
      {
        matchVariable: frontdoor.MatchVariable.SocketAddr,
        operator: frontdoor.Operator.IPMatch,
        negateCondition: false,
        matchValue: ["0.0.0.0/0", "::/0"],
      },
    ],
    action: Block,
  },
  {
    name: "Streams",
    priority: 20,
    enabledState: frontdoor.CustomRuleEnabledState.Enabled,
    ruleType: frontdoor.RuleType.MatchRule,
    matchConditions: [
      {
        matchVariable: frontdoor.MatchVariable.RequestMethod,
        operator: frontdoor.Operator.Equal,
        negateCondition: false,
        matchValue: ["GET", "HEAD"],
      },
      {
        matchVariable: frontdoor.MatchVariable.RequestUri,
        operator: frontdoor.Operator.RegEx,
        negateCondition: false,
        matchValue: [streamPath],
        transforms: [frontdoor.TransformType.Lowercase],
      },
    ],
    action: frontdoor.ActionType.Allow,
  },
];

/** Microsoft's rule sets, in the versions that Front Door Premium offers. */
export const managedRuleSets = [
  {
    ruleSetType: "Microsoft_DefaultRuleSet",
    ruleSetVersion: "2.1",
    ruleSetAction: frontdoor.ManagedRuleSetActionType.Block,
  },
  { ruleSetType: "Microsoft_BotManagerRuleSet", ruleSetVersion: "1.1" },
];
