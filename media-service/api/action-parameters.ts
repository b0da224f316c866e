import { InvalidInputError } from "../domain/errors";
import { isObject } from "../odata/read-structure";
import type { ApiRequest } from "./http";
import { parseJson } from "./read-body";

/**
 * What a client sends along with an action: a JSON object, or nothing. Names in lower case, because
 * clients differ in how they write them.
 *
 * @throws InvalidInputError when it is something else.
 */
export function actionParameters(request: ApiRequest): ReadonlyMap<string, unknown> {
  const json = request.body.length === 0 ? {} : parseJson(request);
  if (!isObject(json)) {
    throw new InvalidInputError("The parameters of an action must be a JSON object");
  }
  return new Map(Object.entries(json).map(([name, value]) => [name.toLowerCase(), value]));
}
