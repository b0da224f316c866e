import type { FastifyReply, FastifyRequest } from "fastify";
import { LRUCache } from "lru-cache";
import type { BlobAddress } from "../ports/blob-store";
import type { BodyCache } from "./body-cache";
import type { OpenAnswers } from "./open-answers";
import type { PresentationLibrary } from "./presentation-library";
import { clientAddressOf, type PublishedLookup } from "./published-lookup";

/** What answers are checked against. */
export interface HotAnswersParts {
  readonly lookup: PublishedLookup;
  readonly library: PresentationLibrary;
  readonly bodies: BodyCache;
  readonly sending: OpenAnswers;
}

/** An answer that was just given. */
interface GivenAnswer {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly locator: string;
  /** Of the server manifest. */
  readonly address: BlobAddress;
}

/** An answer without its body. */
interface HotAnswer {
  readonly locator: string;
  readonly address: BlobAddress;
  /** The version of the asset that it was made from; the asset itself would be kept in memory by it. */
  readonly tag: string;
  readonly etag: string;
  /** What the endpoint said of it. */
  readonly maxAgeSeconds: number | undefined;
  /** Names and values in turn, as they go out. */
  readonly headers: readonly string[];
}

/** A kilobyte each. */
const MAX_ANSWERS = 5_000;

/**
 * Gives whole segments again under the URL under which they were given before, as long as the locator
 * is live, the asset unchanged and the body kept. Everything that a URL takes to be understood is saved;
 * that is most of the work for a small segment.
 */
export class HotAnswers {
  private readonly answers = new LRUCache<string, HotAnswer>({ max: MAX_ANSWERS });

  constructor(private readonly parts: HotAnswersParts) {}

  /** Keeps a plain answer of 200. */
  remember({ request, reply, locator, address }: GivenAnswer): void {
    const opened = this.parts.library.peek(address);
    const etag = reply.getHeader("etag");
    if (reply.statusCode !== 200 || !isPlain(request) || !opened || typeof etag !== "string")
      return;
    const headers = Object.entries(reply.getHeaders()).flatMap(([name, value]) =>
      value === undefined ? [] : [name, String(value)],
    );
    const key = locator.toLowerCase();
    const maxAgeSeconds = this.parts.lookup.peekMaxAgeSeconds();
    const answer = { locator: key, address, tag: opened.tag, etag, maxAgeSeconds, headers };
    this.answers.set(request.originalUrl, answer);
  }

  /** Answers if nothing has to be asked or read for it; else does nothing and returns false. */
  answer(request: FastifyRequest, reply: FastifyReply): boolean {
    const known = this.answers.get(request.originalUrl);
    if (!known || !isPlain(request)) return false;
    const { lookup, library, bodies } = this.parts;
    const live = lookup.peekLive(known.locator, clientAddressOf(request));
    if (live?.container !== known.address.container) return false;
    if (lookup.peekMaxAgeSeconds() !== known.maxAgeSeconds) return false;
    if (library.peek(known.address)?.tag !== known.tag) return false;
    const body = bodies.peek(known.etag);
    if (!body || !this.parts.sending.admit(reply.raw, body, body.length)) return false;
    reply.hijack();
    reply.raw.writeHead(200, known.headers as string[]).end(body);
    return true;
  }
}

/** Whether a request asks for the whole, whatever the client may have. */
function isPlain({ method, headers }: FastifyRequest): boolean {
  return (
    method === "GET" &&
    headers.range === undefined &&
    headers["if-none-match"] === undefined &&
    headers["if-modified-since"] === undefined
  );
}
