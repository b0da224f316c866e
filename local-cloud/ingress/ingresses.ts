import type { PortBook } from "../storage/port-book";
import { Ingress } from "./ingress";
import type { NetworkFault } from "./network-fault";

/** Ports of a service that stands behind an ingress. */
export interface ServicePorts {
  /** The declared host's. */
  port: number;
  /** Where the service itself is to listen. */
  servicePort: number;
}

/** The ingresses of the local cloud, by the name of the process behind each. */
export class Ingresses implements AsyncDisposable {
  private readonly opened = new Map<string, Ingress>();

  constructor(private readonly ports: PortBook) {}

  /** Opens the ingress before a process; one that is open stays as it is, its fault included. */
  async open(process: string): Promise<ServicePorts> {
    const port = await this.ports.portFor(process);
    const servicePort = await this.ports.portFor(servicePortUser(process));
    if (!this.opened.has(process)) {
      this.opened.set(process, await Ingress.open({ port, servicePort }));
    }
    return { port, servicePort };
  }

  /** Closes the ingress for good, and gives its ports back. */
  async remove(process: string): Promise<void> {
    await this.opened.get(process)?.[Symbol.asyncDispose]();
    this.opened.delete(process);
    this.ports.release(process, servicePortUser(process));
  }

  /** What is wrong with the network before a process. */
  fault(process: string): NetworkFault | undefined {
    return this.opened.get(process)?.fault;
  }

  /** @throws Error when there is no ingress before the process. */
  setFault(process: string, fault: NetworkFault | undefined): void {
    const ingress = this.opened.get(process);
    if (ingress === undefined) throw new Error(`there is no ingress before ${process}`);
    ingress.setFault(fault);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.opened.values()].map((each) => each[Symbol.asyncDispose]()));
    this.opened.clear();
  }
}

function servicePortUser(process: string): string {
  return `${process}:behind-ingress`;
}
