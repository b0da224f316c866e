import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import { loopback } from "../storage/port-book";
import { EdgeCache } from "./edge-cache";
import {
  defaultRetry,
  type EdgeCounters,
  type EdgeDeps,
  openExchange,
  type RetrySettings,
} from "./edge-exchange";
import { answer } from "./edge-request";
import type { EndpointSettings, OriginGroupSettings, RouteSettings } from "./front-door-settings";
import { OriginGroup, type OriginHealth } from "./origin-group";
import { OriginClient } from "./origin-request";
import { RouteTable } from "./route-table";
import { pathOf } from "./rule-variables";
import { SharedAnswers } from "./shared-answers";
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
  routes: RouteTable;
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
      shared: new SharedAnswers(),
      retry: { ...defaultRetry, ...options.retry },
      counters: { requests: 0, cacheHits: 0, shared: 0, rescued: 0, hedged: 0, failed: 0 },
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
        origins: [...new Set(settings.routes.flatMap(groupsOf).map(({ id }) => id))].flatMap(
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
        open.routes = new RouteTable(endpoint.routes);
        // What was kept under other rules may not be what the new ones would keep.
        this.deps.cache.clear();
      }
    }
  }

  /** Keeps what probes found of groups that did not change. */
  private applyGroups(settings: readonly EndpointSettings[]): void {
    const wanted = new Map(
      settings.flatMap(({ routes }) =>
        routes.flatMap(groupsOf).map((group) => [group.id, group] as const),
      ),
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
    const { port } = server.address() as AddressInfo;
    return { settings, routes: new RouteTable(settings.routes), server, port };
  }

  private async handle(
    endpointId: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (this.control?.covers(request) === true) return this.control.answer(request, response);
    const match = this.endpoints.get(endpointId)?.routes.find(pathOf(request.url ?? "/"));
    if (match === undefined) {
      response.writeHead(404, { "x-edge": "twinstream" }).end("No route matches this path.\n");
      return;
    }
    const exchange = await openExchange({ request, response }, match);
    const own = match.route.settings.group.id;
    const group = this.groups.get(exchange.outcome.groupId ?? own) ?? this.groups.get(own);
    if (group === undefined) throw new Error(`the origin group ${own} is not open`);
    await answer(this.deps, exchange, group);
  }
}

/** Every origin group that a route can lead to. */
function groupsOf({ group, otherGroups }: RouteSettings): readonly OriginGroupSettings[] {
  return [group, ...otherGroups];
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
