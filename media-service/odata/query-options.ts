import { InvalidInputError } from "../domain/errors";
import { type EntityType, isPrimitive } from "./edm";
import type { FilterNode } from "./filter/nodes";
import { type FilterProperties, parseFilter } from "./filter/parser";

/** What a client asks of a list. */
export interface QueryOptions {
  readonly filter?: FilterNode;
  readonly top?: number;
  readonly skip: number;
  readonly orderBy: readonly { readonly property: string; readonly descending: boolean }[];
  readonly select?: readonly string[];
  readonly inlineCount: boolean;
  /** Key of the last entity of the page before. */
  readonly after?: string;
}

const OF_LISTS = ["$filter", "$top", "$skip", "$orderby", "$inlinecount", "$skiptoken"];
const MAX_ORDER_KEYS = 10;
const OF_ALL = ["$select", "$format"];

/**
 * Reads the query options of a list of entities.
 *
 * @throws InvalidInputError naming an option that is malformed or not supported.
 */
export function readQueryOptions(query: URLSearchParams, type: EntityType): QueryOptions {
  refuseOthers(query, [...OF_ALL, ...OF_LISTS]);
  const properties = filterProperties(type);
  const filter = query.get("$filter");
  const top = wholeNumber(query, "$top");
  const select = readSelect(query.get("$select"), type);
  const after = query.get("$skiptoken");
  return {
    ...(filter === null ? {} : { filter: parseFilter(filter, properties) }),
    ...(top === undefined ? {} : { top }),
    ...(select === undefined ? {} : { select }),
    ...(after === null ? {} : { after }),
    skip: wholeNumber(query, "$skip") ?? 0,
    orderBy: readOrderBy(query.get("$orderby"), Object.keys(properties)),
    inlineCount: readInlineCount(query.get("$inlinecount")),
  };
}

/**
 * Reads the query options of one entity: which of its properties are wanted.
 *
 * @throws InvalidInputError naming an option that is malformed or only for lists.
 */
export function readEntityOptions(
  query: URLSearchParams,
  type: EntityType,
): Pick<QueryOptions, "select"> {
  refuseOthers(query, OF_ALL);
  const select = readSelect(query.get("$select"), type);
  return select === undefined ? {} : { select };
}

function filterProperties({ properties }: EntityType): FilterProperties {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, { type }]) =>
      isPrimitive(type) ? [[name, type]] : [],
    ),
  );
}

function refuseOthers(query: URLSearchParams, known: readonly string[]): void {
  const names = [...query.keys()].filter((name) => name.startsWith("$"));
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === "$expand") {
    throw new InvalidInputError(
      "The query option '$expand' is not offered: ask for the navigation property by itself",
    );
  }
  if (unknown !== undefined) {
    throw new InvalidInputError(
      `The query option '${unknown.slice(0, 60)}' can't be used here; known are ${known.join(", ")}`,
    );
  }
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    throw new InvalidInputError(`The query option '${twice}' is there more than once`);
  }
}

function readInlineCount(text: string | null): boolean {
  if (text !== null && text !== "allpages" && text !== "none") {
    throw new InvalidInputError(
      `$inlinecount must be allpages or none, got '${text.slice(0, 40)}'`,
    );
  }
  return text === "allpages";
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
  const keys = text.split(",");
  if (keys.length > MAX_ORDER_KEYS) {
    throw new InvalidInputError(`$orderby may have at most ${MAX_ORDER_KEYS} properties`);
  }
  return keys.map((part) => {
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
