import { InvalidInputError } from "../domain/errors";
import type { EntityType } from "../odata/edm";
import type { EntityBody } from "../odata/entity-body";
import { readJsonEntity, type TypeLookup } from "../odata/read-json";
import { HttpError } from "./error-response";
import type { ApiRequest } from "./http";

/**
 * Reads the entity in a request's body, in the form that its Content-Type names.
 *
 * @throws HttpError 415 when that form is not offered.
 */
export function readBody(types: TypeLookup, type: EntityType, request: ApiRequest): EntityBody {
  const contentType = request.headers["content-type"] ?? "application/json";
  if (!contentType.toLowerCase().startsWith("application/json")) {
    throw new HttpError(
      415,
      `'${contentType.slice(0, 100)}' is not offered: send application/json`,
    );
  }
  return readJsonEntity(types, type, parseJson(request.body));
}

/**
 * Reads a body as JSON.
 *
 * @throws InvalidInputError when it is none.
 */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8").replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new InvalidInputError(`The body is not JSON: ${(cause as Error).message}`, { cause });
  }
}
