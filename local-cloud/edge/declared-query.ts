import { textAt, type Value } from "../stand-in/properties";
import type { QueryCaching } from "./cache-settings";

const queryModes: Readonly<Record<string, QueryCaching["mode"]>> = {
  IgnoreQueryString: "ignore",
  UseQueryString: "use",
  IgnoreSpecifiedQueryStrings: "ignore-specified",
  IncludeSpecifiedQueryStrings: "include-specified",
};

/** How the query string takes part in caching; routes and rules declare it alike. */
export function declaredQuery(configuration: Value): QueryCaching {
  const mode = queryModes[textAt(configuration, "queryStringCachingBehavior") ?? ""] ?? "ignore";
  const parameters = (textAt(configuration, "queryParameters") ?? "").split(",").filter(Boolean);
  return { mode, parameters };
}
