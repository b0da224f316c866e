import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { MediaError } from "../domain/errors";

/** Statuses of the origin by {@link MediaError} code. */
const STATUS: Readonly<Record<string, number>> = {
  InvalidInput: 400,
  NotFound: 404,
  Denied: 403,
  Unauthenticated: 401,
  Conflict: 503,
  Unavailable: 503,
  Corrupt: 500,
};
const RETRY_AFTER_SECONDS = 2;

/** Turns what went wrong into an answer of plain text that is cached nowhere. */
export function sendError(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { status, message } = describe(error);
  if (status >= 500) request.log.error({ err: error }, "request failed");
  if (status === 503) void reply.header("retry-after", RETRY_AFTER_SECONDS);
  return reply
    .removeHeader("etag")
    .removeHeader("last-modified")
    .removeHeader("content-range")
    .removeHeader("content-length")
    .header("cache-control", "no-store")
    .type("text/plain; charset=utf-8")
    .code(status)
    .send(`${message}\n`);
}

function describe(error: FastifyError | Error): { status: number; message: string } {
  if (error instanceof MediaError) {
    return { status: STATUS[error.code] ?? 500, message: sentence(error.message) };
  }
  if (error.name === "TimeoutError" || error.name === "AbortError") {
    return { status: 503, message: "The store did not answer in time." };
  }
  const status = "statusCode" in error ? (error.statusCode ?? 500) : 500;
  return status < 500
    ? { status, message: sentence(error.message) }
    : { status: 500, message: "Something went wrong here; the log of this data center says what." };
}

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.!?]$/.test(message) ? "" : "."}`;
}
