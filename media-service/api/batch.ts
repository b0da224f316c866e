import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import { InvalidInputError } from "../domain/errors";
import { EntityBody } from "../odata/entity-body";
import { keyInPath } from "../odata/resource-path";
import { type ApiModel, dispatch, typeLookup } from "./dispatch";
import type { EntitySet } from "./entity-set";
import type { ApiAnswer, ApiRequest } from "./http";
import { boundaryOf, type Part, readHead, readParts } from "./multipart";
import { readBody } from "./read-body";
import { renderAnswer, type RenderedAnswer, renderError } from "./render";

/** A request inside a batch. */
interface BatchedRequest extends ApiRequest {
  readonly contentId: string | undefined;
}

const CRLF = "\r\n";

/**
 * Answers a batch (OData v3, Batch Processing): each request by itself, a changeset as a whole. A changeset
 * holds one change, or one job with its tasks; both are all-or-nothing.
 *
 * @throws InvalidInputError when the batch can't be read.
 */
export async function answerBatch(model: ApiModel, request: ApiRequest): Promise<ApiAnswer> {
  const boundary = boundaryOf(request.headers["content-type"]);
  if (boundary === undefined) {
    throw new InvalidInputError("$batch needs Content-Type multipart/mixed with a boundary");
  }
  const answers: string[] = [];
  for (const part of readParts(request.body.toString("utf8"), boundary)) {
    const inner = boundaryOf(part.headers["content-type"]);
    answers.push(
      inner === undefined
        ? await answerOne(model, readRequest(part, request))
        : await answerChangeset(
            model,
            readParts(part.body, inner).map((change) => readRequest(change, request)),
          ),
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

async function answerOne(model: ApiModel, request: BatchedRequest): Promise<string> {
  try {
    return httpPart(render(model, request, await dispatch(model, request)), request.contentId);
  } catch (error) {
    return errorPart(model, error, request);
  }
}

async function answerChangeset(
  model: ApiModel,
  requests: readonly BatchedRequest[],
): Promise<string> {
  const [first] = requests;
  if (first === undefined) throw new InvalidInputError("A changeset must not be empty");
  try {
    const answers = await makeChanges(model, first, requests.slice(1));
    const parts = requests.map((request, n) => {
      const answer = answers[n];
      if (answer === undefined) throw new Error("Every request of a changeset has an answer");
      return httpPart(render(model, request, answer), request.contentId);
    });
    const name = `changesetresponse_${randomUUID()}`;
    return [`Content-Type: multipart/mixed; boundary=${name}`, "", multipart(name, parts)].join(
      CRLF,
    );
  } catch (error) {
    return errorPart(model, error, first);
  }
}

async function makeChanges(
  model: ApiModel,
  first: BatchedRequest,
  others: readonly BatchedRequest[],
): Promise<ApiAnswer[]> {
  if (first.method === "GET") throw new InvalidInputError("A changeset holds changes only");
  if (others.length === 0) return [await dispatch(model, first)];
  const [jobs, tasks] = [model.sets.get("Jobs"), model.sets.get("Tasks")];
  const isJob = first.method === "POST" && /^\/*Jobs(?:\(\))?\/?$/.test(first.path);
  const belongs = (request: BatchedRequest): boolean =>
    request.method === "POST" && request.path === `/$${first.contentId ?? ""}/Tasks`;
  if (jobs === undefined || tasks === undefined || !isJob || !others.every(belongs)) {
    throw new InvalidInputError("A changeset holds one change, or one job with its tasks");
  }
  return makeJob(model, { jobs, tasks }, [first, ...others]);
}

async function makeJob(
  model: ApiModel,
  { jobs, tasks }: { jobs: EntitySet; tasks: EntitySet },
  [jobRequest, ...taskRequests]: readonly [ApiRequest, ...ApiRequest[]],
): Promise<ApiAnswer[]> {
  const types = typeLookup(model);
  const body = readBody(types, jobs.type, jobRequest);
  const added = taskRequests.map((request) => readBody(types, tasks.type, request));
  const nested = [...(body.nested.get("Tasks") ?? []), ...added];
  const { values, links, structures } = body;
  const whole = new EntityBody({
    ...{ values, links, structures },
    nested: new Map([...body.nested, ["Tasks", nested]]),
  });
  const job = await jobs.create?.(whole);
  if (job === undefined) throw new InvalidInputError("Jobs can't be made here");
  const made = (await jobs.navigate?.(job["Id"] as string, "Tasks")) ?? [];
  const created = [
    { type: jobs.type, entity: job },
    ...made.slice(-added.length).map((entity) => ({ type: tasks.type, entity })),
  ];
  return created.map(({ type, entity }) => ({
    status: 201,
    headers: { location: `${model.root()}${type.setName}${keyInPath(entity)}` },
    content: { kind: "entity", type, entity },
  }));
}

// The address may name any host: the service has several, and only the path is used.
function readRequest(part: Part, outer: ApiRequest): BatchedRequest {
  const [line = ""] = part.body.split(CRLF, 1);
  const match = /^([A-Z]+) (\S+) HTTP\/1\.[01]$/.exec(line.trim());
  if (match === null) {
    throw new InvalidInputError(`'${line.slice(0, 100)}' is not the first line of a request`);
  }
  const [, method = "", address = ""] = match;
  const { headers, body } = readHead(part.body.slice(line.length + CRLF.length));
  const [path = "", query = ""] = address.replace(/^https?:\/\/[^/]*/i, "").split("?", 2);
  return {
    method: headers["x-http-method"]?.toUpperCase() ?? method,
    path: `/${path.replace(/^\/api(?=\/|$)/i, "").replace(/^\/+/, "")}`,
    query: new URLSearchParams(query),
    headers: { accept: outer.headers["accept"], ...headers },
    body: Buffer.from(body.replace(/\r\n$/, ""), "utf8"),
    contentId: part.headers["content-id"] ?? headers["content-id"],
  };
}

function render(model: ApiModel, request: ApiRequest, answer: ApiAnswer): RenderedAnswer {
  return renderAnswer(answer, { root: model.root(), accept: innerAccept(request) });
}

function errorPart(model: ApiModel, error: unknown, request: BatchedRequest): string {
  const answer = renderError(error, innerAccept(request));
  if (answer.status >= 500) model.report(error);
  return httpPart(answer, request.contentId);
}

// A batch as a whole is asked for as multipart, which says nothing of what is inside.
function innerAccept({ headers }: ApiRequest): string | undefined {
  return boundaryLike(headers["accept"]) ? undefined : headers["accept"];
}

function boundaryLike(accept: string | undefined): boolean {
  return accept?.toLowerCase().startsWith("multipart/") ?? false;
}

function httpPart(answer: RenderedAnswer, contentId: string | undefined): string {
  return [
    "Content-Type: application/http",
    "Content-Transfer-Encoding: binary",
    "",
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ""}`,
    ...(contentId === undefined ? [] : [`Content-ID: ${contentId}`]),
    ...Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`),
    "",
    answer.body ?? "",
  ].join(CRLF);
}

function multipart(boundary: string, parts: readonly string[]): string {
  return `${parts.map((part) => `--${boundary}${CRLF}${part}${CRLF}`).join("")}--${boundary}--${CRLF}`;
}
