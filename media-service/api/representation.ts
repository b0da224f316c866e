import type { EntityType, WireEntity } from "../odata/edm";
import { lightEntity, lightProperty } from "../odata/light-json";
import { verboseEntity, verboseProperty } from "../odata/verbose-json";
import { type ErrorAnswer, HttpError } from "./error-response";
import type { ApiContent } from "./http";

/** A form in which answers are written. */
export interface Representation {
  readonly contentType: string;
  content(root: string, content: Exclude<ApiContent, { kind: "raw" }>): string;
  error(error: ErrorAnswer): string;
}

/** OData v3 verbose JSON. */
const verboseJson: Representation = {
  contentType: "application/json;odata=verbose;charset=utf-8",
  content: (root, content) => JSON.stringify({ d: verboseContent(root, content) }),
  error: ({ message, code = "" }) =>
    JSON.stringify({ error: { code, message: { lang: "en-US", value: message } } }),
};

/** OData v3 light JSON, with as little metadata as clients get by with. */
const lightJson: Representation = {
  contentType: "application/json;odata=minimalmetadata;streaming=true;charset=utf-8",
  content: (root, content) => JSON.stringify(lightContent(root, content)),
  error: ({ message, code = "" }) =>
    JSON.stringify({ "odata.error": { code, message: { lang: "en-US", value: message } } }),
};

/**
 * The form that an Accept header asks for; without one, verbose JSON.
 *
 * @throws HttpError 406 when it asks for none that is offered.
 */
export function chooseRepresentation(accept: string | undefined): Representation {
  const wanted = (accept ?? "").toLowerCase().split(",");
  for (const range of wanted) {
    const [mediaType = "", ...parameters] = range.split(";").map((part) => part.trim());
    if (mediaType === "" || mediaType === "*/*" || mediaType === "application/*") {
      return verboseJson;
    }
    if (mediaType !== "application/json") continue;
    return parameters.some((parameter) => parameter.replaceAll(" ", "") === "odata=verbose")
      ? verboseJson
      : lightJson;
  }
  throw new HttpError(406, `'${accept ?? ""}' is not offered: ask for application/json`);
}

/** The form for an error, which has to be written whatever was asked for. */
export function representationOfError(accept: string | undefined): Representation {
  try {
    return chooseRepresentation(accept);
  } catch {
    return verboseJson;
  }
}

type Structured = Exclude<ApiContent, { kind: "raw" }>;

function verboseContent(root: string, content: Structured): object {
  switch (content.kind) {
    case "entity":
      return verboseEntity(content.type, root, content.entity);
    case "feed":
      return {
        ...(content.count === undefined ? {} : { __count: content.count.toString() }),
        results: content.entities.map((entity) =>
          selected(verboseEntity(content.type, root, entity), content.select, ["__metadata"]),
        ),
      };
    case "property":
      return { [content.name]: verboseProperty(content.type, content.value) };
    case "sets":
      return { EntitySets: content.names };
  }
}

function lightContent(root: string, content: Structured): object {
  switch (content.kind) {
    case "entity":
      return {
        "odata.metadata": `${root}$metadata#${content.type.setName}/@Element`,
        ...lightEntity(content.type, content.entity),
      };
    case "feed":
      return {
        "odata.metadata": `${root}$metadata#${content.type.setName}`,
        ...(content.count === undefined ? {} : { "odata.count": content.count.toString() }),
        value: content.entities.map((entity) =>
          selectedLight(content.type, entity, content.select),
        ),
      };
    case "property":
      return {
        "odata.metadata": `${root}$metadata#Edm`,
        value: lightProperty(content.type, content.value),
      };
    case "sets":
      return {
        "odata.metadata": `${root}$metadata`,
        value: content.names.map((name) => ({ name, url: name })),
      };
  }
}

function selectedLight(
  type: EntityType,
  entity: WireEntity,
  select: readonly string[] | undefined,
): object {
  return selected(lightEntity(type, entity), select, []);
}

function selected(
  entity: object,
  select: readonly string[] | undefined,
  always: readonly string[],
): object {
  if (select === undefined) return entity;
  const kept = Object.entries(entity).filter(
    ([name]) => select.includes(name) || always.includes(name),
  );
  return Object.fromEntries(kept);
}
