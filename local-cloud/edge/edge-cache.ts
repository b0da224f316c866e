import type { IncomingHttpHeaders } from "node:http";
import { LRUCache } from "lru-cache";
import type { CacheSettings, QueryCaching } from "./cache-settings";
import type { Encoding } from "./compression";

/** One form of an answer: as the origin gave it, or compressed. */
export interface Representation {
  /** Without those of a connection. */
  headers: IncomingHttpHeaders;
  /** The same, as they go out: names and values in turn. */
  rawHeaders: readonly string[];
  body: Buffer;
}

/** A whole answer that many requests can be given. */
export interface WholeResponse {
  status: number;
  /** Which origin gave it. */
  origin: string;
  storedAt: number;
  plain: Representation;
  /** Whether clients that take an encoding get it. */
  compressible: boolean;
  /** Forms made for clients that take them. */
  compressed: Map<Encoding, Promise<Representation>>;
}

const defaultMaxBytes = 256 * 1024 * 1024;

/** Answers kept in memory, the least recently used going first; gone when the edge stops. */
export class EdgeCache {
  private readonly entries: LRUCache<string, WholeResponse>;

  constructor(maxBytes = defaultMaxBytes) {
    this.entries = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ plain }, key) => plain.body.length + key.length + 1,
    });
  }

  /** An answer that is still fresh. */
  get(key: string): WholeResponse | undefined {
    return this.entries.get(key);
  }

  put(key: string, response: WholeResponse, lifetimeMs: number): void {
    this.entries.set(key, response, { ttl: lifetimeMs });
  }

  clear(): void {
    this.entries.clear();
  }

  get size(): number {
    return this.entries.size;
  }
}

/** The key of a request: scope, path, and of its query what the settings keep. */
export function cacheKey(scope: string, url: string, query: QueryCaching): string {
  const mark = url.indexOf("?");
  if (mark < 0) return `${scope} ${url}?`;
  return `${scope} ${url.slice(0, mark)}?${keptQuery(url.slice(mark + 1), query)}`;
}

function keptQuery(search: string, { mode, parameters }: QueryCaching): string {
  if (mode === "ignore") return "";
  if (mode === "use") return search;
  const named = new Set(parameters.map((name) => name.toLowerCase()));
  return search
    .split("&")
    .filter((pair) => {
      const isNamed = named.has((pair.split("=")[0] ?? "").toLowerCase());
      return mode === "include-specified" ? isNamed : !isNamed;
    })
    .join("&");
}

/** How long an answer may be kept, in milliseconds; 0 for not at all. */
export function lifetimeMs(settings: CacheSettings, headers: IncomingHttpHeaders): number {
  const { behavior, durationMs = 0 } = settings;
  if (behavior === "override-always") return durationMs;
  const said = headers["cache-control"];
  if (said === undefined || said === "") return durationMs;
  if (/\b(no-store|no-cache|private)\b/i.test(said)) return 0;
  const seconds = /\bs-maxage=(\d+)/i.exec(said)?.[1] ?? /\bmax-age=(\d+)/i.exec(said)?.[1];
  return seconds === undefined ? durationMs : Number(seconds) * 1000;
}
