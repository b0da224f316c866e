import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { Logger } from "pino";
import { loopback } from "../storage/port-book";
import { EndpointMonitor } from "./endpoint-monitor";
import { type Resolution, resolveName } from "./name-resolution";
import {
  type EndpointStatus,
  endpointStatuses,
  type ProfileStatus,
  profileStatus,
} from "./profile-status";
import { shortRegion } from "../../policy/region-distance";
import { type TrafficProfile, worstFailoverMs } from "./traffic-manager-settings";

/** What a {@link TrafficManager} needs. */
export interface TrafficManagerOptions {
  log: Logger;
  now?: () => number;
}

/** What the status shows of a profile. */
export interface TrafficManagerStatus {
  name: string;
  status: ProfileStatus;
  port: number;
  /** The longest detection plus TTL, in seconds, that the declaration comes to. */
  worstFailoverSeconds: number;
  endpoints: { name: string; status: EndpointStatus; detail: string }[];
}

/** Where clients are taken to be until somebody says otherwise. */
const defaultClientRegion = "eastus";

interface OpenProfile {
  monitor: EndpointMonitor;
  server: Server;
  port: number;
  sockets: Set<Socket>;
  /** What each client resolved the name to, as its own resolver would remember. */
  answers: Map<string, { host: string; until: number }>;
}

/**
 * Traffic Manager on one machine. The real one answers DNS queries and never sees a request; here each
 * profile is a port whose connections are joined, byte for byte, to the endpoint that its name would
 * resolve to for that client. The answer holds for the TTL, nothing is retried, and an open
 * connection stays where it is: so failing over takes detection plus TTL, as it does there.
 */
export class TrafficManager implements AsyncDisposable {
  private readonly profiles = new Map<string, OpenProfile>();
  private readonly log: Logger;
  private readonly now: () => number;
  private configuring: Promise<unknown> = Promise.resolve();
  private region = defaultClientRegion;
  private readonly lookup = (id: string): OpenProfile | undefined => this.profiles.get(id);

  constructor(options: TrafficManagerOptions) {
    this.log = options.log;
    this.now = options.now ?? Date.now;
  }

  /** Makes the profiles what they are declared as; one after the other when called at once. */
  configure(profiles: readonly TrafficProfile[]): Promise<void> {
    const next = this.configuring.then(() => this.apply(profiles));
    this.configuring = next.catch(() => undefined);
    return next;
  }

  port(profileId: string): number | undefined {
    return this.profiles.get(profileId)?.port;
  }

  /** Azure region that clients are taken to be in; decides under routing method Performance. */
  get clientRegion(): string {
    return this.region;
  }

  set clientRegion(name: string) {
    this.region = shortRegion(name);
    for (const { answers } of this.profiles.values()) answers.clear();
  }

  status(): TrafficManagerStatus[] {
    return [...this.profiles].map(([id, { monitor, port }]) => {
      const statuses = endpointStatuses(id, this.lookup);
      return {
        name: monitor.profile.name,
        status: profileStatus(monitor.profile, statuses.values()),
        port,
        worstFailoverSeconds: worstFailoverMs(monitor.profile).totalMs / 1000,
        endpoints: [...statuses].map(([{ name, target, alwaysServe }, status]) => ({
          name,
          status,
          detail: "host" in target && !alwaysServe ? monitor.finding(name).detail : "not probed",
        })),
      };
    });
  }

  /** The profiles as they are declared. */
  declared(): TrafficProfile[] {
    return [...this.profiles.values()].map(({ monitor }) => monitor.profile);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.configure([]);
  }

  /** What a profile's name resolves to now; `undefined` when it has nothing to answer. */
  resolve(profileId: string): Resolution | undefined {
    return resolveName(profileId, { lookup: this.lookup, clientRegion: this.region });
  }

  private async apply(profiles: readonly TrafficProfile[]): Promise<void> {
    const wanted = new Map(profiles.map((profile) => [profile.id, profile]));
    for (const [id, open] of this.profiles) {
      const profile = wanted.get(id);
      if (profile?.port === open.monitor.profile.port) {
        if (JSON.stringify(profile) === JSON.stringify(open.monitor.profile)) continue;
        open.monitor[Symbol.dispose]();
        open.monitor = new EndpointMonitor(profile);
        open.answers.clear();
        continue;
      }
      this.profiles.delete(id);
      await close(open);
    }
    for (const profile of profiles) {
      if (!this.profiles.has(profile.id)) await this.open(profile);
    }
  }

  private async open(profile: TrafficProfile): Promise<void> {
    const sockets = new Set<Socket>();
    const server = createServer((client) => {
      sockets.add(client);
      client.once("close", () => sockets.delete(client));
      this.join(profile.id, client);
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(profile.port, loopback, resolve);
    });
    const { port } = server.address() as AddressInfo;
    const monitor = new EndpointMonitor(profile);
    this.profiles.set(profile.id, { monitor, server, port, sockets, answers: new Map() });
  }

  /** Joins a connection to its endpoint; where that fails the client sees what it would see there. */
  private join(profileId: string, client: Socket): void {
    client.on("error", () => client.destroy());
    const host = this.answerFor(profileId, client.remoteAddress ?? "");
    if (host === undefined) {
      client.destroy();
      return;
    }
    const [name = loopback, port = "80"] = host.split(":");
    const endpoint = connect({ host: name, port: Number(port) });
    endpoint.on("error", (error) => {
      this.log.debug({ host, why: error.message }, "an endpoint refused or broke a connection");
      client.resetAndDestroy();
    });
    endpoint.once("close", () => client.destroy());
    client.once("close", () => endpoint.destroy());
    client.pipe(endpoint).pipe(client);
  }

  private answerFor(profileId: string, client: string): string | undefined {
    const open = this.profiles.get(profileId);
    if (open === undefined) return undefined;
    const known = open.answers.get(client);
    if (known !== undefined && known.until > this.now()) return known.host;
    const host = this.resolve(profileId)?.host;
    if (host === undefined) return undefined;
    open.answers.set(client, { host, until: this.now() + open.monitor.profile.ttlMs });
    return host;
  }
}

async function close(open: OpenProfile): Promise<void> {
  open.monitor[Symbol.dispose]();
  for (const socket of open.sockets) socket.destroy();
  await new Promise<void>((resolve) => {
    open.server.close(() => {
      resolve();
    });
  });
}
