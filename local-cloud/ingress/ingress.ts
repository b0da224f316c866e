import { type AddressInfo, createServer, type Server } from "node:net";
import { loopback } from "../storage/port-book";
import { FaultyProxy } from "./faulty-proxy";
import { needsHttp, type NetworkFault } from "./network-fault";
import { Relay, type RelayRoute } from "./relay";

/** Where an {@link Ingress} listens, and where the service behind it does. */
export interface IngressPorts {
  /** 0 takes any free one. */
  port: number;
  servicePort: number;
}

/**
 * What stands before a data center's media service, as the ingress of Container Apps does: its port is
 * the declared host's, and the service listens behind it. It carries bytes, and can be told to carry
 * them badly. A request that finds no service is answered 503; one that lost it on the way, 502.
 */
export class Ingress implements AsyncDisposable {
  private readonly relays = new Set<Relay>();
  private readonly server: Server;
  private readonly proxy: FaultyProxy;
  private present: NetworkFault | undefined;

  private constructor(servicePort: number) {
    const fault = (): NetworkFault | undefined => this.present;
    this.proxy = new FaultyProxy({ servicePort, fault });
    const route: RelayRoute = {
      servicePort,
      fault,
      port: () => (needsHttp(this.present) ? this.proxy.port : servicePort),
    };
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      const relay = new Relay(client, route);
      this.relays.add(relay);
      client.once("close", () => this.relays.delete(relay));
    });
  }

  static async open({ port, servicePort }: IngressPorts): Promise<Ingress> {
    const ingress = new Ingress(servicePort);
    await ingress.proxy.listen();
    await new Promise<void>((resolve, reject) => {
      ingress.server.once("error", reject);
      ingress.server.listen(port, loopback, resolve);
    });
    return ingress;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get fault(): NetworkFault | undefined {
    return this.present;
  }

  /** Puts a fault in the place of the present one; `undefined` ends it. */
  setFault(fault: NetworkFault | undefined): void {
    this.present = fault;
    for (const relay of this.relays) relay.faultChanged();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
    for (const relay of this.relays) relay[Symbol.dispose]();
    await this.proxy[Symbol.asyncDispose]();
    await closed;
  }
}
