import type { ApiModel } from "./api-model";
import { findResource } from "./api-resource";
import { type Change, changeOf, changeResource } from "./change-resource";
import { HttpError } from "./error-response";
import type { ApiAnswer, ApiRequest } from "./http";
import { wishesOf } from "./protocol";
import { readResource } from "./read-resource";
import { chooseRepresentation } from "./representations/choose-representation";

/**
 * Finds out what a call is for, and has it done.
 *
 * @throws HttpError 405 when the method is not offered there.
 */
export async function dispatch(
  model: ApiModel,
  request: ApiRequest,
  change: Change = changeOf(model, request),
): Promise<ApiAnswer> {
  requireWritableAnswer(request);
  const resource = await findResource(model, request.path);
  const answer =
    request.method === "GET" || request.method === "HEAD"
      ? await readResource(model, resource, request)
      : await changeResource(model, resource, change);
  if (answer !== undefined) return answer;
  throw new HttpError(405, `${request.method} is not allowed on '${request.path.slice(0, 200)}'`);
}

/**
 * Refuses a request that makes something and can't be told of it, before it is made.
 *
 * @throws HttpError 406 when the form of the answer is not offered.
 */
export function requireWritableAnswer({ method, headers, query }: ApiRequest): void {
  if (method === "POST") chooseRepresentation(wishesOf(headers, query));
}
