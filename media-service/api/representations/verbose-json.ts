import { verboseEntity, verboseProperty } from "../../odata/verbose-json";
import type { Representation, StructuredContent } from "./representation";
import { selected } from "./selected";

const CONTENT_TYPE = "application/json;odata=verbose;charset=utf-8";

/** OData verbose JSON, as a version of the protocol from 1 to 3 has it. */
export function verboseJson(version: number): Representation {
  return {
    content: ({ root }, content) => ({
      contentType: CONTENT_TYPE,
      text: JSON.stringify({ d: verboseContent({ root, version }, content) }),
    }),
    error: ({ code = "", message }) => ({
      contentType: CONTENT_TYPE,
      text: JSON.stringify({ error: { code, message: { lang: "en-US", value: message } } }),
    }),
  };
}

function verboseContent(
  context: { readonly root: string; readonly version: number },
  content: StructuredContent,
): object {
  switch (content.kind) {
    case "entity":
      return selected(verboseEntity(content.type, context, content.entity), content.select, [
        "__metadata",
      ]);
    case "feed":
      return verboseFeed(context, content);
    case "property":
      return { [content.name]: verboseProperty(content.type, content.value, context.version) };
    case "link":
      return { uri: content.uri };
    case "links": {
      const uris = content.uris.map((uri) => ({ uri }));
      return list(context.version, uris, content);
    }
    case "sets":
      return { EntitySets: content.names };
  }
}

function verboseFeed(
  context: { readonly root: string; readonly version: number },
  content: Extract<StructuredContent, { kind: "feed" }>,
): object {
  const entities = content.entities.map((entity) =>
    selected(verboseEntity(content.type, context, entity), content.select, ["__metadata"]),
  );
  return list(context.version, entities, content);
}

// The first version had nothing beside the entities, so they were the list.
function list(
  version: number,
  results: readonly object[],
  { count, next }: { readonly count?: number | undefined; readonly next?: string | undefined },
): object {
  if (version < 2) return results;
  return {
    ...(count === undefined ? {} : { __count: count.toString() }),
    results,
    ...(next === undefined ? {} : { __next: next }),
  };
}
