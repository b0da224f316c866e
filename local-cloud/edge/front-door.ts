import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import { loopback } from "../storage/port-book";
import { EdgeCache } from "./edge-cache";
import {
  defaultRetry,
  type EdgeCounters,
  type EdgeDeps,
  type RetrySettings,
} from "./edge-exchange";
import { answer } from "./edge-request";
import type { EndpointSettings, RouteSettings } from "./front-door-settings";
import { OriginGroup, type OriginHealth } from "./origin-group";
import { OriginClient } from "./origin-request";
import type { WatchControl } from "./watch-control";

/** What a {@link FrontDoor} needs. */
export interface FrontDoorOptions {
  log: Logger;
  retry?: Partial<RetrySettings>;
  cacheBytes?: number;
  /** What the watch page may do to this machine's data centers. */
  control?: WatchControl;
  now?: () => number;
}

/** What the status shows of the edge. */
export interface FrontDoorStatus {
  retryEnabled: boolean;
  cachedEntries: number;
  counters: EdgeCounters;
  endpoints: { name: string; port: number; origins: OriginHealth[] }[];
}

interface OpenEndpoint {
  settings: EndpointSettings;
  server: Server;
  port: number;
}

/** The longest that requests under way may take when the edge stops. */
const closeWithinMs = 2_000;

/**
 * Front Door's part that carries requests: every declared endpoint listens on a port, and sends what
 * its routes match to an origin, with the declared probes, priorities and caching.
 */
export class FrontDoor implements AsyncDisposable {
  private readonly deps: EdgeDeps;
  private readonly control: WatchControl | undefined;
  private readonly endpoints = new Map<string, OpenEndpoint>();
  private readonly groups = new Map<string, OriginGroup>();
  private configuring: Promise<unknown> = Promise.resolve();

  constructor(options: FrontDoorOptions) {
    this.control = options.control;
    this.deps = {
      log: options.log,
      cache: new EdgeCache(options.cacheBytes),
      client: new OriginClient(),
      retry: { ...defaultRetry, ...options.retry },
      counters: { requests: 0, cacheHits: 0, rescued: 0, failed: 0 },
      now: options.now ?? Date.now,
    };
  }

  /** Whether a request that fails at one origin is tried at the next. */
  get retryEnabled(): boolean {
    return this.deps.retry.enabled;
  }

  set retryEnabled(enabled: boolean) {
    this.deps.retry.enabled = enabled;
  }

  /** Makes the endpoints what they are declared as; one after the other when called at once. */
  configure(settings: readonly EndpointSettings[]): Promise<void> {
    const next = this.configuring.then(() => this.apply(settings));
    this.configuring = next.catch(() => undefined);
    return next;
  }

  /** Forgets every cached answer. */
  purge(): void {
    this.deps.cache.clear();
  }

  /** The port on which an endpoint listens. */
  port(endpointId: string): number | undefined {
    return this.endpoints.get(endpointId)?.port;
  }

  status(): FrontDoorStatus {
    return {
      retryEnabled: this.retryEnabled,
      cachedEntries: this.deps.cache.size,
      counters: { ...this.deps.counters },
      endpoints: [...this.endpoints.values()].map(({ settings, port }) => ({
        name: settings.name,
        port,
        origins: [...new Set(settings.routes.map((route) => route.group.id))].flatMap(
          (id) => this.groups.get(id)?.health() ?? [],
        ),
      })),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.configure([]);
    await this.deps.client[Symbol.asyncDispose]();
  }

  private async apply(settings: readonly EndpointSettings[]): Promise<void> {
    const wanted = new Map(settings.map((endpoint) => [endpoint.id, endpoint]));
    for (const [id, open] of this.endpoints) {
      if (wanted.get(id)?.port === open.settings.port) continue;
      this.endpoints.delete(id);
      await close(open.server);
    }
    this.applyGroups(settings);
    for (const endpoint of settings) {
      const open = this.endpoints.get(endpoint.id);
      if (open === undefined) this.endpoints.set(endpoint.id, await this.open(endpoint));
      else if (!sameSettings(open.settings, endpoint)) {
        open.settings = endpoint;
        // What was kept under other rules may not be what the new ones would keep.
        this.deps.cache.clear();
      }
    }
  }

  /** Keeps what probes found of groups that did not change. */
  private applyGroups(settings: readonly EndpointSettings[]): void {
    const wanted = new Map(
      settings.flatMap(({ routes }) => routes.map(({ group }) => [group.id, group] as const)),
    );
    for (const [id, group] of this.groups) {
      if (sameSettings(group.settings, wanted.get(id))) continue;
      group[Symbol.dispose]();
      this.groups.delete(id);
    }
    for (const [id, group] of wanted) {
      if (!this.groups.has(id)) this.groups.set(id, new OriginGroup(group, this.deps.now));
    }
  }

  private async open(settings: EndpointSettings): Promise<OpenEndpoint> {
    const server = createServer((request, response) => {
      this.handle(settings.id, request, response).catch((error: unknown) => {
        this.deps.log.error({ err: error, url: request.url }, "the edge failed");
        response.destroy();
      });
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(settings.port, loopback, resolve);
    });
    return { settings, server, port: (server.address() as AddressInfo).port };
  }

  private async handle(
    endpointId: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (this.control?.covers(request) === true) return this.control.answer(request, response);
    const routes = this.endpoints.get(endpointId)?.settings.routes ?? [];
    const route = routeFor(routes, request.url ?? "/");
    const group = route === undefined ? undefined : this.groups.get(route.group.id);
    if (route === undefined || group === undefined) {
      response.writeHead(404, { "x-edge": "twinstream" }).end("No route matches this path.\n");
      return;
    }
    await answer(this.deps, { request, response }, { route, group });
  }
}

/** The route with the longest pattern that fits the path. */
function routeFor(routes: readonly RouteSettings[], url: string): RouteSettings | undefined {
  const path = (url.split("?")[0] ?? "/").toLowerCase();
  const fits = (pattern: string): boolean => {
    const wanted = pattern.toLowerCase();
    if (!wanted.endsWith("*")) return path === wanted;
    const prefix = wanted.slice(0, -1);
    return path.startsWith(prefix) || `${path}/` === prefix;
  };
  return routes
    .flatMap((route) => route.patterns.filter(fits).map((pattern) => ({ route, pattern })))
    .sort((a, b) => b.pattern.length - a.pattern.length)[0]?.route;
}

function sameSettings(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    const force = setTimeout(() => {
      server.closeAllConnections();
    }, closeWithinMs);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}
