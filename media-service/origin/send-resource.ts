import type { FastifyReply, FastifyRequest } from "fastify";
import type { Readable } from "node:stream";
import { type BodyRange, matchesEntityTag, parseRange } from "./byte-range";

/** Something to send, that is read only when it has to be. */
export interface Resource {
  /** Strong, with its quotes. */
  readonly etag: string;
  readonly contentType: string;
  readonly cacheControl: string;
  readonly lastModified?: Date;
  readonly body: () => Promise<Buffer> | WholeFile;
}

/** A body too large for memory. */
interface WholeFile {
  readonly sizeBytes: number;
  readonly open: (range: BodyRange) => Readable;
}

/** Answers GET and HEAD with conditions and ranges (RFC 9110, 13 and 14). */
export async function sendResource(
  request: FastifyRequest,
  reply: FastifyReply,
  resource: Resource,
): Promise<FastifyReply> {
  void reply.headers({
    etag: resource.etag,
    "cache-control": resource.cacheControl,
    "accept-ranges": "bytes",
    ...(resource.lastModified ? { "last-modified": resource.lastModified.toUTCString() } : {}),
  });
  if (matchesEntityTag(request.headers["if-none-match"], resource.etag)) {
    return reply.code(304).send();
  }
  void reply.type(resource.contentType);
  const body = await resource.body();
  const sizeBytes = Buffer.isBuffer(body) ? body.length : body.sizeBytes;
  const range = rangeOf(request, resource.etag, sizeBytes);
  if (range === "unsatisfiable") {
    void reply.header("content-range", `bytes */${sizeBytes}`).header("cache-control", "no-store");
    return reply
      .code(416)
      .type("text/plain; charset=utf-8")
      .send("No byte of that range exists.\n");
  }
  const { start, end } = range ?? { start: 0, end: sizeBytes - 1 };
  if (range) {
    void reply.code(206).header("content-range", `bytes ${start}-${end}/${sizeBytes}`);
  }
  void reply.header("content-length", end - start + 1);
  if (request.method === "HEAD") return reply.send();
  return reply.send(
    Buffer.isBuffer(body) ? body.subarray(start, end + 1) : body.open({ start, end }),
  );
}

function rangeOf(
  { method, headers }: FastifyRequest,
  etag: string,
  sizeBytes: number,
): BodyRange | "unsatisfiable" | undefined {
  const condition = headers["if-range"];
  if (method !== "GET" || (condition !== undefined && condition !== etag)) return undefined;
  return parseRange(headers.range, sizeBytes);
}
