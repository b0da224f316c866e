import { lightEntity, lightProperty, type MetadataLevel } from "../../odata/light-json";
import { qualifiedName } from "../../odata/edm";
import type { Representation, StructuredContent } from "./representation";
import { selected } from "./selected";

/** OData v3 light JSON, with as much metadata as the client wants. */
export function lightJson(metadata: MetadataLevel): Representation {
  const contentType = `application/json;odata=${WORDS[metadata]};streaming=true;charset=utf-8`;
  return {
    content: ({ root }, content) => {
      const written = Object.entries(lightContent({ root, metadata }, content));
      const kept = written.filter(([name]) => metadata !== "none" || name !== "odata.metadata");
      return { contentType, text: JSON.stringify(Object.fromEntries(kept)) };
    },
    error: ({ code = "", message }) => ({
      contentType,
      text: JSON.stringify({ "odata.error": { code, message: { lang: "en-US", value: message } } }),
    }),
  };
}

const WORDS: Readonly<Record<MetadataLevel, string>> = {
  none: "nometadata",
  minimal: "minimalmetadata",
  full: "fullmetadata",
};

interface LightContext {
  readonly root: string;
  readonly metadata: MetadataLevel;
}

function lightContent(context: LightContext, content: StructuredContent): object {
  const about = `${context.root}$metadata`;
  switch (content.kind) {
    case "entity":
      return {
        "odata.metadata": `${about}#${content.type.setName}/@Element${chosen(content.select)}`,
        ...selected(lightEntity(content.type, context, content.entity), content.select),
      };
    case "feed":
      return lightFeed(context, content);
    case "property":
      return {
        "odata.metadata": `${about}#${qualifiedName(content.type)}`,
        value: lightProperty(content.type, content.value),
      };
    case "link":
      return { "odata.metadata": `${about}#${content.path}/@Element`, url: content.uri };
    case "links":
      return {
        "odata.metadata": `${about}#${content.path}`,
        ...(content.count === undefined ? {} : { "odata.count": content.count.toString() }),
        value: content.uris.map((url) => ({ url })),
      };
    case "sets":
      return { "odata.metadata": about, value: content.names.map((name) => ({ name, url: name })) };
  }
}

function lightFeed(
  context: LightContext,
  { type, entities, count, select, next }: Extract<StructuredContent, { kind: "feed" }>,
): object {
  return {
    "odata.metadata": `${context.root}$metadata#${type.setName}${chosen(select)}`,
    ...(count === undefined ? {} : { "odata.count": count.toString() }),
    value: entities.map((entity) => selected(lightEntity(type, context, entity), select)),
    ...(next === undefined ? {} : { "odata.nextLink": next }),
  };
}

function chosen(select: readonly string[] | undefined): string {
  return select === undefined ? "" : `&$select=${select.join(",")}`;
}
