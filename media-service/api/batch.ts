import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import { InvalidInputError } from "../domain/errors";
import type { ApiModel } from "./api-model";
import { type BatchedRequest, readBatchedRequest } from "./batched-request";
import { applyChangeset, ChangesetFailure } from "./changeset";
import { dispatch } from "./dispatch";
import type { ApiAnswer, ApiRequest } from "./http";
import { boundaryOf, type Part, readParts } from "./multipart";
import { wishesOf } from "./protocol";
import { renderAnswer, type RenderedAnswer, renderError } from "./render";

const CRLF = "\r\n";
const MAX_REQUESTS = 1000;

/**
 * Answers a batch (OData v3, Batch Processing): each request by itself, a changeset as a whole.
 *
 * @throws InvalidInputError when the batch can't be read.
 */
export async function answerBatch(model: ApiModel, request: ApiRequest): Promise<ApiAnswer> {
  const boundary = boundaryOf(request.headers["content-type"]);
  if (boundary === undefined) {
    throw new InvalidInputError("$batch needs Content-Type multipart/mixed with a boundary");
  }
  const items = readParts(request.body.toString("utf8"), boundary).map((part) =>
    readItem(part, request),
  );
  const total = items.reduce((sum, item) => sum + (Array.isArray(item) ? item.length : 1), 0);
  if (total > MAX_REQUESTS) {
    throw new InvalidInputError(`A batch may hold at most ${MAX_REQUESTS} requests`);
  }
  const answers: string[] = [];
  for (const item of items) {
    answers.push(
      Array.isArray(item) ? await answerChangeset(model, item) : await answerOne(model, item),
    );
  }
  const name = `batchresponse_${randomUUID()}`;
  return {
    status: 202,
    content: {
      kind: "raw",
      contentType: `multipart/mixed; boundary=${name}`,
      text: multipart(name, answers),
    },
  };
}

function readItem(part: Part, outer: ApiRequest): BatchedRequest | BatchedRequest[] {
  const inner = boundaryOf(part.headers["content-type"]);
  return inner === undefined
    ? readBatchedRequest(part, outer)
    : readParts(part.body, inner).map((change) => readBatchedRequest(change, outer));
}

async function answerOne(model: ApiModel, request: BatchedRequest): Promise<string> {
  try {
    return httpPart(render(model, request, await dispatch(model, request)), request);
  } catch (error) {
    return errorPart(model, error, request);
  }
}

async function answerChangeset(
  model: ApiModel,
  requests: readonly BatchedRequest[],
): Promise<string> {
  try {
    const answers = await applyChangeset(model, requests);
    const parts = requests.map((request) => {
      const answer = answers.get(request);
      if (answer === undefined) throw new Error("Every request of a changeset has an answer");
      return httpPart(render(model, request, answer), request);
    });
    return changesetPart(parts);
  } catch (error) {
    const { request, cause } = innermost(error, requests);
    // The Java library takes for granted that what answers a changeset is one, too.
    return changesetPart([errorPart(model, cause, request)]);
  }
}

function changesetPart(parts: readonly string[]): string {
  const name = `changesetresponse_${randomUUID()}`;
  return [`Content-Type: multipart/mixed; boundary=${name}`, "", multipart(name, parts)].join(CRLF);
}

function innermost(
  error: unknown,
  requests: readonly BatchedRequest[],
): { request: BatchedRequest | undefined; cause: unknown } {
  let [request, cause] = [requests[0], error];
  while (cause instanceof ChangesetFailure) [request, cause] = [cause.request, cause.cause];
  return { request, cause };
}

function render(model: ApiModel, request: BatchedRequest, answer: ApiAnswer): RenderedAnswer {
  const context = { root: model.root(), now: model.now() };
  return renderAnswer(answer, context, wishesOf(request.headers, request.query));
}

function errorPart(model: ApiModel, error: unknown, request: BatchedRequest | undefined): string {
  const answer = renderError(
    error,
    wishesOf(request?.headers ?? {}, request?.query ?? new URLSearchParams()),
  );
  if (answer.status >= 500) model.report(error);
  return httpPart(answer, request);
}

function httpPart(answer: RenderedAnswer, request: BatchedRequest | undefined): string {
  const { contentId, headers = {}, query = new URLSearchParams() } = request ?? {};
  return [
    "Content-Type: application/http",
    "Content-Transfer-Encoding: binary",
    "",
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ""}`,
    ...(contentId === undefined ? [] : [`Content-ID: ${contentId}`]),
    `DataServiceVersion: ${wishesOf(headers, query).version}.0;`,
    ...Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`),
    "",
    request?.method === "HEAD" ? "" : (answer.body ?? ""),
  ].join(CRLF);
}

function multipart(boundary: string, parts: readonly string[]): string {
  return `${parts.map((part) => `--${boundary}${CRLF}${part}${CRLF}`).join("")}--${boundary}--${CRLF}`;
}
