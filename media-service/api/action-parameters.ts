import { InvalidInputError } from "../domain/errors";
import type { ApiRequest } from "./http";
import { parseJson } from "./read-body";

/**
 * What a client sends along with an action: a JSON object, or nothing. Names in lower case, because
 * clients differ in how they write them.
 *
 * @throws InvalidInputError when it is something else.
 */
export function actionParameters({ body }: ApiRequest): ReadonlyMap<string, unknown> {
  const json = body.length === 0 ? {} : parseJson(body);
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new InvalidInputError("The parameters of an action must be a JSON object");
  }
  return new Map(Object.entries(json).map(([name, value]) => [name.toLowerCase(), value]));
}
