import type { FastifyReply, FastifyRequest } from "fastify";
import { LRUCache } from "lru-cache";

/** What a data center lets happen past the edge. */
export interface DirectAccessSettings {
  /** What the edge, and nobody else, sends in `X-Azure-FDID`; undefined where there is no telling. */
  readonly frontDoorId: string | undefined;
  /** Most requests a minute from one address; 0 counts none. */
  readonly requestsPerMinute: number;
  /** Refuses everything that does not come through the edge. */
  readonly frontDoorOnly: boolean;
}

interface Window {
  readonly startedAt: number;
  requests: number;
}

const WINDOW_MS = 60_000;
/** Addresses that are counted at once; with more, those that asked longest ago start anew. */
const MAX_ADDRESSES = 50_000;
/** Health is for everybody: routers that do without the edge ask for it, too. */
const OPEN_PATH = /^\/readyz(?:\?|$)/;

/**
 * Guards what viewers ask for at a data center itself. Container Apps limits no requests, so each copy
 * of the service counts those that come past the edge, by address, in windows of a minute.
 */
export class DirectAccess {
  private readonly windows = new LRUCache<string, Window>({ max: MAX_ADDRESSES });

  constructor(
    private readonly settings: DirectAccessSettings,
    private readonly now: () => number,
  ) {}

  /** Answers a request that may not pass; false where it may. */
  refuse(request: FastifyRequest, reply: FastifyReply): boolean {
    const { frontDoorId, frontDoorOnly, requestsPerMinute } = this.settings;
    if (OPEN_PATH.test(request.url)) return false;
    if (frontDoorId !== undefined && request.headers["x-azure-fdid"] === frontDoorId) return false;
    if (frontDoorOnly) {
      void reply.code(403).type("text/plain").send("Only what comes through the edge is answered.");
      return true;
    }
    if (requestsPerMinute === 0) return false;
    const window = this.windowOf(clientAddress(request));
    window.requests += 1;
    if (window.requests <= requestsPerMinute) return false;
    const seconds = Math.max(1, Math.ceil((window.startedAt + WINDOW_MS - this.now()) / 1_000));
    void reply
      .code(429)
      .headers({ "retry-after": seconds.toString(), "cache-control": "no-store" })
      .type("text/plain")
      .send("Too many requests from this address; try again later.");
    return true;
  }

  private windowOf(address: string): Window {
    const now = this.now();
    const known = this.windows.get(address);
    if (known !== undefined && now - known.startedAt < WINDOW_MS) return known;
    const window = { startedAt: now, requests: 0 };
    this.windows.set(address, window);
    return window;
  }
}

/** The last address is the one that the ingress saw; those before it are what a client claims. */
function clientAddress({ headers, ip }: FastifyRequest): string {
  const forwarded = [headers["x-forwarded-for"] ?? []].flat().join(",");
  const last = forwarded.split(",").at(-1)?.trim() ?? "";
  return last === "" ? ip : last;
}
