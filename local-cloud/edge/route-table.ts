import { DeliveryRules } from "./delivery-rules";
import type { RouteSettings } from "./front-door-settings";

/** A route, ready for many requests. */
export interface OpenRoute {
  settings: RouteSettings;
  rules: DeliveryRules;
  compressedTypes: ReadonlySet<string>;
}

/** The route of a request, and what its pattern fits up to the wildcard; undefined without one. */
export interface RouteMatch {
  route: OpenRoute;
  prefix: string | undefined;
}

/**
 * Finds the route of a path: one that names it exactly, otherwise the longest that ends in a wildcard.
 *
 * @see https://learn.microsoft.com/azure/frontdoor/front-door-route-matching
 */
export class RouteTable {
  private readonly exact = new Map<string, RouteMatch>();
  /** Longest first. */
  private readonly prefixes: (RouteMatch & { prefix: string })[];

  constructor(routes: readonly RouteSettings[]) {
    const prefixes: (RouteMatch & { prefix: string })[] = [];
    for (const settings of routes) {
      const route = {
        settings,
        rules: new DeliveryRules(settings.rules),
        compressedTypes: new Set(settings.compressedTypes.map((type) => type.toLowerCase())),
      };
      for (const pattern of settings.patterns.map((each) => each.toLowerCase())) {
        if (pattern.endsWith("*")) prefixes.push({ route, prefix: pattern.slice(0, -1) });
        else this.exact.set(pattern, { route, prefix: undefined });
      }
    }
    this.prefixes = prefixes.sort((a, b) => b.prefix.length - a.prefix.length);
  }

  find(path: string): RouteMatch | undefined {
    const wanted = path.toLowerCase();
    return (
      this.exact.get(wanted) ??
      this.prefixes.find(({ prefix }) => wanted.startsWith(prefix) || `${wanted}/` === prefix)
    );
  }
}
