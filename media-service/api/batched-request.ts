import { InvalidInputError } from "../domain/errors";
import type { ApiRequest } from "./http";
import { type Part, readHead } from "./multipart";
import { methodMeant } from "./protocol";

/** A request inside a batch. */
export interface BatchedRequest extends ApiRequest {
  /** What others in the changeset call what this one makes. */
  readonly contentId: string | undefined;
}

const CRLF = "\r\n";
const CONTENT_ID = /^[\w.:{}@<>+-]{1,100}$/;

/**
 * Reads a request from a part of a batch. Its address may name any host: the service has several, and only
 * the path is used; what the request does not say of the form of its answer is as in the batch itself.
 *
 * @throws InvalidInputError when it is none.
 */
export function readBatchedRequest(part: Part, outer: ApiRequest): BatchedRequest {
  const [line = ""] = part.body.split(CRLF, 1);
  const match = /^([A-Z]+) (\S+) HTTP\/1\.[01]$/.exec(line.trim());
  if (match === null) {
    throw new InvalidInputError(`'${line.slice(0, 100)}' is not the first line of a request`);
  }
  const [, method = "", address = ""] = match;
  const { headers, body } = readHead(part.body.slice(line.length + CRLF.length));
  const { path, query } = readAddress(address);
  return {
    method: methodMeant(method, headers["x-http-method"]),
    path,
    query,
    headers: { ...inherited(outer), ...headers },
    body: Buffer.from(body.replace(/\r\n$/, ""), "utf8"),
    contentId: contentIdOf(part.headers["content-id"] ?? headers["content-id"]),
  };
}

function readAddress(address: string): { path: string; query: URLSearchParams } {
  const behindHost = address.replace(/^https?:\/\/[^/?]*/i, "");
  const queryStart = behindHost.indexOf("?");
  const path = queryStart === -1 ? behindHost : behindHost.slice(0, queryStart);
  return {
    path: `/${path.replace(/^\/+api(?=\/|$)/i, "").replace(/^\/+/, "")}`,
    query: new URLSearchParams(queryStart === -1 ? "" : behindHost.slice(queryStart + 1)),
  };
}

// A batch as a whole is asked for as multipart, which says nothing of what is inside.
function inherited({ headers }: ApiRequest): ApiRequest["headers"] {
  const { accept } = headers;
  const isMultipart = accept?.trim().toLowerCase().startsWith("multipart/") ?? false;
  return {
    maxdataserviceversion: headers["maxdataserviceversion"],
    ...(isMultipart ? {} : { accept }),
  };
}

function contentIdOf(text: string | undefined): string | undefined {
  if (text !== undefined && !CONTENT_ID.test(text)) {
    throw new InvalidInputError(`Content-ID '${text.slice(0, 40)}' is not a short plain word`);
  }
  return text;
}
