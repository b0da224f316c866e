import type { FastifyReply, FastifyRequest } from "fastify";
import type { Readable } from "node:stream";
import type { BodyCache, MakeBody } from "./body-cache";
import { type BodyRange, parseRange } from "./byte-range";
import { isUnchanged, mayBeContinued, type Validators } from "./conditions";
import {
  acceptedEncoding,
  compress,
  type ContentEncoding,
  isManifestType,
} from "./content-encoding";

import { UnavailableError } from "../domain/errors";
import { joinedBytes } from "../domain/joined-bytes";
import { GrowingBody, wholeBody } from "./growing-body";
import type { OpenAnswers } from "./open-answers";

/** Something to send, that is read only when it has to be. */
export interface Resource extends Validators {
  readonly contentType: string;
  readonly cacheControl: string;
  readonly body: MakeBody | WholeFile;
  /** Where what was made is kept. With it, manifests go out compressed to those who can read it. */
  readonly keptIn?: BodyCache;
  /** What is told of the answer while its client takes it. */
  readonly sending?: OpenAnswers;
}

/** A body too large for memory. */
interface WholeFile {
  readonly sizeBytes: number;
  /** Held in memory while it is sent. */
  readonly bufferedBytes: number;
  readonly open: (range: BodyRange) => Readable;
}

/** Answers GET and HEAD with conditions and ranges (RFC 9110, 13 and 14). */
export async function sendResource(
  request: FastifyRequest,
  reply: FastifyReply,
  resource: Resource,
): Promise<FastifyReply> {
  const chosen = resource.keptIn ? encoded(request, reply, resource) : resource;
  const { etag, lastModified } = chosen;
  void reply.headers({
    etag,
    "cache-control": chosen.cacheControl,
    "accept-ranges": "bytes",
    ...(lastModified ? { "last-modified": lastModified.toUTCString() } : {}),
  });
  if (isUnchanged(request.headers, chosen)) return reply.code(304).send();
  void reply.type(chosen.contentType);
  return sendBody(request, reply, { chosen, body: await bodyOf(chosen) });
}

async function sendBody(
  request: FastifyRequest,
  reply: FastifyReply,
  { chosen, body }: { chosen: Resource; body: Buffer | GrowingBody | WholeFile },
): Promise<FastifyReply> {
  const range = rangeOf(request, chosen, Buffer.isBuffer(body) ? body.length : body.sizeBytes);
  if (body instanceof GrowingBody) {
    if (request.method === "GET" && !range) {
      admit(reply, chosen, { body, sizeBytes: body.sizeBytes });
      return sendGrowing(reply, body);
    }
    return sendBody(request, reply, { chosen, body: joinedBytes(await body.whole) });
  }
  if (request.method === "GET" && range !== "unsatisfiable") {
    admit(reply, chosen, { body, sizeBytes: bytesInMemory(body, range) });
  }
  return sendPart(request, reply, { range, body });
}

/** @throws UnavailableError when memory is full of answers that nobody has taken yet. */
function admit(
  { raw }: FastifyReply,
  { sending }: Resource,
  { body, sizeBytes }: { body: Buffer | GrowingBody | WholeFile; sizeBytes: number },
): void {
  if (!sending || sending.admit(raw, body, sizeBytes)) return;
  throw new UnavailableError("too many answers are under way: ask again");
}

function bytesInMemory(body: Buffer | WholeFile, range: BodyRange | undefined): number {
  if (Buffer.isBuffer(body)) return body.length;
  return range ? Math.min(body.bufferedBytes, range.end - range.start + 1) : body.bufferedBytes;
}

function sendPart(
  request: FastifyRequest,
  reply: FastifyReply,
  { range, body }: { range: ReturnType<typeof rangeOf>; body: Buffer | WholeFile },
): FastifyReply {
  const sizeBytes = Buffer.isBuffer(body) ? body.length : body.sizeBytes;
  if (range === "unsatisfiable") return sendUnsatisfiable(reply, sizeBytes);
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

function bodyOf({ etag, body, keptIn }: Resource): Promise<Buffer | GrowingBody> | WholeFile {
  if (typeof body !== "function") return body;
  return keptIn ? keptIn.get(etag, body) : wholeBody(body());
}

/** Sends what is being read as it comes. What can't be read to its end is broken off, never filled up. */
function sendGrowing(reply: FastifyReply, body: GrowingBody): FastifyReply {
  const { raw } = reply.header("content-length", body.sizeBytes).hijack();
  const headers = Object.entries(reply.getHeaders()).flatMap(([name, value]) =>
    value === undefined ? [] : [name, String(value)],
  );
  raw.writeHead(200, headers);
  body.follow({
    take(piece) {
      if (!raw.destroyed) raw.write(piece);
    },
    end(error) {
      if (error) {
        reply.log.warn({ err: error }, "an answer was broken off");
        raw.destroy();
      } else if (!raw.destroyed) raw.end();
    },
  });
  return reply;
}

/** The resource in the encoding that the client wants; another encoding is another body with its own tag. */
function encoded({ headers }: FastifyRequest, reply: FastifyReply, resource: Resource): Resource {
  const { body, contentType } = resource;
  if (typeof body !== "function" || !isManifestType(contentType)) return resource;
  void reply.header("vary", "Accept-Encoding");
  // A part of a compressed text is of no use to anyone.
  const encoding =
    headers.range === undefined ? acceptedEncoding(headers["accept-encoding"]) : undefined;
  if (encoding === undefined) return resource;
  void reply.header("content-encoding", encoding);
  return {
    ...resource,
    etag: taggedAs(resource.etag, encoding),
    body: async () => compress(await wholeBody(body()), encoding),
  };
}

function taggedAs(etag: string, encoding: ContentEncoding): string {
  return `${etag.slice(0, -1)}-${encoding}"`;
}

function sendUnsatisfiable(reply: FastifyReply, sizeBytes: number): FastifyReply {
  return reply
    .code(416)
    .header("content-range", `bytes */${sizeBytes}`)
    .header("cache-control", "no-store")
    .type("text/plain; charset=utf-8")
    .send("No byte of that range exists.\n");
}

function rangeOf(
  { method, headers }: FastifyRequest,
  validators: Validators,
  sizeBytes: number,
): BodyRange | "unsatisfiable" | undefined {
  if (method !== "GET" || !mayBeContinued(headers, validators)) return undefined;
  return parseRange(headers.range, sizeBytes);
}
