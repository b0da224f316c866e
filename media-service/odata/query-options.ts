import { InvalidInputError } from "../domain/errors";
import { type EntityType, isPrimitive } from "./edm";
import type { FilterNode } from "./filter/nodes";
import { parseFilter } from "./filter/parser";

/** What a client asks of a list. */
export interface QueryOptions {
  readonly filter?: FilterNode;
  readonly top?: number;
  readonly skip: number;
  readonly orderBy: readonly { readonly property: string; readonly descending: boolean }[];
  readonly select?: readonly string[];
  readonly inlineCount: boolean;
}

// By a batch a filter could be as long as a body, and as deep as it is long.
const MAX_FILTER_LENGTH = 10_000;
const KNOWN = ["$filter", "$top", "$skip", "$orderby", "$select", "$inlinecount", "$format"];

/**
 * Reads the query options of a list of entities.
 *
 * @throws InvalidInputError naming an option that is malformed or not supported.
 */
export function readQueryOptions(query: URLSearchParams, type: EntityType): QueryOptions {
  const unknown = [...query.keys()].find((name) => name.startsWith("$") && !KNOWN.includes(name));
  if (unknown !== undefined) {
    throw new InvalidInputError(`The query option '${unknown}' is not supported`);
  }
  const properties = Object.keys(type.properties).filter((name) => {
    const definition = type.properties[name];
    return definition !== undefined && isPrimitive(definition.type);
  });
  const filter = query.get("$filter");
  if ((filter?.length ?? 0) > MAX_FILTER_LENGTH) {
    throw new InvalidInputError(`$filter may have at most ${MAX_FILTER_LENGTH} characters`);
  }
  const top = wholeNumber(query, "$top");
  const select = readSelect(query.get("$select"), type);
  return {
    ...(filter === null ? {} : { filter: parseFilter(filter, properties) }),
    ...(top === undefined ? {} : { top }),
    ...(select === undefined ? {} : { select }),
    skip: wholeNumber(query, "$skip") ?? 0,
    orderBy: readOrderBy(query.get("$orderby"), properties),
    inlineCount: query.get("$inlinecount") === "allpages",
  };
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d{1,9}$/.test(text)) {
    throw new InvalidInputError(`${name} must be a whole number, got '${text.slice(0, 40)}'`);
  }
  return Number(text);
}

function readOrderBy(text: string | null, properties: readonly string[]): QueryOptions["orderBy"] {
  if (text === null || text.trim() === "") return [];
  return text.split(",").map((part) => {
    const [property = "", direction = "asc", ...rest] = part.trim().split(/\s+/);
    if (rest.length > 0 || !["asc", "desc"].includes(direction.toLowerCase())) {
      throw new InvalidInputError(`$orderby: '${part.trim()}' is not a property and a direction`);
    }
    if (!properties.includes(property)) {
      throw new InvalidInputError(`$orderby: there is no property '${property}'`);
    }
    return { property, descending: direction.toLowerCase() === "desc" };
  });
}

function readSelect(text: string | null, type: EntityType): string[] | undefined {
  if (text === null || text.trim() === "*") return undefined;
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.find(
    (name) => !Object.hasOwn(type.properties, name) && !Object.hasOwn(type.navigations, name),
  );
  if (unknown !== undefined) {
    throw new InvalidInputError(`$select: there is no property '${unknown}'`);
  }
  return names;
}
