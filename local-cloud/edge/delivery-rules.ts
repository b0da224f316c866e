import type { CacheSettings } from "./cache-settings";
import { compileCondition, type DeliveryCondition, type Predicate } from "./rule-conditions";
import { bodyVariables, type RuleRequest } from "./rule-variables";
import type { UrlRedirect, UrlRewrite } from "./url-actions";

/** A header that a rule changes. */
export interface HeaderAction {
  target: "request" | "response";
  action: "append" | "overwrite" | "delete";
  name: string;
  value: string;
}

/** What happens to requests that meet every condition. */
export interface DeliveryRule {
  order: number;
  conditions: readonly DeliveryCondition[];
  /** `none` switches the route's caching off. */
  cache: CacheSettings | "none" | undefined;
  /** The origin group that takes the route's place. */
  groupId?: string | undefined;
  redirect?: UrlRedirect | undefined;
  rewrite?: UrlRewrite | undefined;
  headers: readonly HeaderAction[];
  /** No later rule is looked at. */
  stops: boolean;
}

/** What the rules come to for one request. */
export interface RuleOutcome {
  cache: CacheSettings | undefined;
  groupId: string | undefined;
  redirect: UrlRedirect | undefined;
  rewrite: UrlRewrite | undefined;
  requestHeaders: readonly HeaderAction[];
  responseHeaders: readonly HeaderAction[];
}

interface CompiledRule {
  rule: DeliveryRule;
  conditions: Predicate[];
}

/**
 * The rules of a route, ready to be applied to many requests, one after the other, the later over the
 * earlier.
 *
 * @see https://learn.microsoft.com/azure/frontdoor/front-door-rules-engine
 */
export class DeliveryRules {
  /** Whether any of them looks at the body. */
  readonly readBody: boolean;
  private readonly rules: CompiledRule[];

  constructor(rules: readonly DeliveryRule[]) {
    this.rules = rules.map((rule) => ({
      rule,
      conditions: rule.conditions.map(compileCondition),
    }));
    this.readBody = rules.some(({ conditions }) =>
      conditions.some(({ variable }) => bodyVariables.has(variable)),
    );
  }

  apply(request: RuleRequest, routeCache: CacheSettings | undefined): RuleOutcome {
    const headers: HeaderAction[] = [];
    const outcome = { ...nothing, cache: routeCache };
    for (const { rule, conditions } of this.rules) {
      if (!conditions.every((isMet) => isMet(request))) continue;
      if (rule.cache !== undefined) outcome.cache = rule.cache === "none" ? undefined : rule.cache;
      outcome.groupId = rule.groupId ?? outcome.groupId;
      outcome.redirect = rule.redirect ?? outcome.redirect;
      outcome.rewrite = rule.rewrite ?? outcome.rewrite;
      headers.push(...rule.headers);
      if (rule.stops) break;
    }
    if (headers.length === 0) return outcome;
    return {
      ...outcome,
      requestHeaders: headers.filter(({ target }) => target === "request"),
      responseHeaders: headers.filter(({ target }) => target === "response"),
    };
  }
}

const nothing: RuleOutcome = {
  cache: undefined,
  groupId: undefined,
  redirect: undefined,
  rewrite: undefined,
  requestHeaders: [],
  responseHeaders: [],
};
