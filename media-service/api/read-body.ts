import { InvalidInputError } from "../domain/errors";
import { readAtomEntity, readUriDocument } from "../odata/atom/read-atom";
import type { EntityType } from "../odata/edm";
import type { EntityBody } from "../odata/entity-body";
import type { TypeLookup } from "../odata/read-entity";
import { readJsonEntity } from "../odata/read-json";
import { isObject } from "../odata/read-structure";
import { HttpError } from "./error-response";
import type { ApiRequest } from "./http";

const XML_TYPES = ["application/atom+xml", "application/xml", "text/xml"];

/**
 * Reads the entity in a request's body, in the form that its Content-Type names.
 *
 * @throws HttpError 415 when that form is not offered.
 */
export function readBody(types: TypeLookup, type: EntityType, request: ApiRequest): EntityBody {
  return isXml(request)
    ? readAtomEntity(types, type, textOf(request))
    : readJsonEntity(types, type, parseJson(request));
}

/**
 * Reads the address of an entity from the body of a request to `$links`.
 *
 * @throws InvalidInputError when there is none.
 */
export function readLinkBody(request: ApiRequest): string {
  if (isXml(request)) return readUriDocument(textOf(request));
  const json = parseJson(request);
  const uri = isObject(json) ? (json["uri"] ?? json["url"]) : undefined;
  if (typeof uri !== "string") {
    throw new InvalidInputError('The body must be an object with "uri", the address of an entity');
  }
  return uri;
}

// JSON without a type is read as JSON: the only other form says what it is by its first character.
function isXml(request: ApiRequest): boolean {
  const contentType = request.headers["content-type"];
  const mediaType = (contentType ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (mediaType === "") return textOf(request).trimStart().startsWith("<");
  if (XML_TYPES.includes(mediaType)) return true;
  if (mediaType === "application/json") return false;
  throw new HttpError(
    415,
    `'${(contentType ?? "").slice(0, 100)}' is not offered: send application/atom+xml or application/json`,
  );
}

/**
 * Reads a request's body as JSON.
 *
 * @throws InvalidInputError when it is none.
 */
export function parseJson(request: ApiRequest): unknown {
  try {
    return JSON.parse(textOf(request));
  } catch (cause) {
    throw new InvalidInputError(`The body is not JSON: ${(cause as Error).message}`, { cause });
  }
}

function textOf({ body }: ApiRequest): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch (cause) {
    throw new InvalidInputError("The body is not UTF-8", { cause });
  }
}
