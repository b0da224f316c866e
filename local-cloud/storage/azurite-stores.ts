import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { Agent, type Dispatcher } from "undici";
import { answersHttp } from "../processes/http-ready";
import type { ProcessSpec } from "../processes/process-spec";
import type { Supervisor } from "../processes/supervisor";
import type { CertificateFiles } from "./loopback-certificate";
import { loopback, type PortBook } from "./port-book";

/** The services of a storage account that the local cloud offers. */
const services = ["blob", "queue", "table"] as const;
type Service = (typeof services)[number];

/** An account as Azurite must know it. */
export interface StoreAccount {
  name: string;
  /** Both keys, base64. */
  keys: readonly [string, string];
  /** Whether it is for identities: over https, with tokens. */
  byIdentity: boolean;
}

/** Addresses of an account's services, each ending in `/` as Azure's do. */
export type StoreEndpoints = Record<Service, string>;

/** What {@link AzuriteStores} needs. */
export interface AzuriteStoresOptions {
  supervisor: Supervisor;
  ports: PortBook;
  /** Every account's data lies in a directory of its name below this one. */
  directory: string;
  /** What stores show that are reached over https. */
  certificate: CertificateFiles;
  systemEnvironment: Readonly<Record<string, string>>;
}

/** Name of the process that serves an account. */
export function storeProcessName(account: string): string {
  return `store:${account}`;
}

/**
 * The storage accounts of the local cloud. Each is an Azurite process of its own: a data center must
 * be able to lose its store alone, and Azurite copies only inside one process, so that copies
 * between data centers take the way they take between regions.
 */
export class AzuriteStores {
  private agent: Agent | undefined;
  private readonly accounts = new Map<string, StoreAccount>();

  constructor(private readonly options: AzuriteStoresOptions) {}

  /** Reaches stores over https, too: this process was not started to trust their certificate. */
  get dispatcher(): Dispatcher {
    const { certificate } = this.options.certificate;
    this.agent ??= new Agent({ connect: { ca: readFileSync(certificate) } });
    return this.agent;
  }

  /** Starts the account's process if it doesn't run as asked, and answers its addresses. */
  async start(account: StoreAccount): Promise<StoreEndpoints> {
    const name = storeProcessName(account.name);
    const known = this.accounts.get(account.name);
    const isSame = isDeepStrictEqual(known, account);
    const state = this.options.supervisor.status().find((status) => status.name === name)?.state;
    const endpoints = await this.endpoints(account);
    if (isSame && state === "running") return endpoints;
    await this.options.supervisor.start(await this.processSpec(account));
    this.accounts.set(account.name, account);
    return endpoints;
  }

  /** Stops the account's process and deletes everything it holds. */
  async remove(account: string): Promise<void> {
    await this.options.supervisor.stop(storeProcessName(account));
    this.accounts.delete(account);
    rmSync(join(this.options.directory, account), { recursive: true, force: true });
    this.options.ports.release(...services.map((service) => portUser(account, service)));
  }

  /** The running account of a name. */
  account(name: string): StoreAccount | undefined {
    return this.accounts.get(name);
  }

  /** The addresses of an account's services. */
  async endpoints({
    name,
    byIdentity,
  }: Pick<StoreAccount, "name" | "byIdentity">): Promise<StoreEndpoints> {
    const scheme = byIdentity ? "https" : "http";
    const entries = await Promise.all(
      services.map(async (service) => {
        const port = await this.options.ports.portFor(portUser(name, service));
        return [service, `${scheme}://${loopback}:${port.toString()}/${name}/`] as const;
      }),
    );
    return Object.fromEntries(entries) as StoreEndpoints;
  }

  // Azurite checks of a token what it says, not who signed it; keys still let in who has them.
  private identityArguments(): string[] {
    const { certificate, key } = this.options.certificate;
    return ["--cert", certificate, "--key", key, "--oauth", "basic"];
  }

  private async processSpec(account: StoreAccount): Promise<ProcessSpec> {
    const ports = await Promise.all(
      services.map((service) => this.options.ports.portFor(portUser(account.name, service))),
    );
    const endpoints = await this.endpoints(account);
    const location = join(this.options.directory, account.name);
    const listeners = services.flatMap((service, index) => [
      `--${service}Host`,
      loopback,
      `--${service}Port`,
      String(ports[index]),
    ]);
    return {
      name: storeProcessName(account.name),
      arguments: [
        require.resolve("azurite/dist/src/azurite.js"),
        "--silent",
        "--disableTelemetry",
        // The SDKs may be a release ahead of what Azurite has heard of.
        "--skipApiVersionCheck",
        "--location",
        location,
        ...listeners,
        ...(account.byIdentity ? this.identityArguments() : []),
      ],
      // Keys go by environment: an argument list is for everyone to read.
      environment: {
        ...this.options.systemEnvironment,
        AZURITE_ACCOUNTS: [account.name, ...account.keys].join(":"),
      },
      workingDirectory: this.options.directory,
      isReady: async () => {
        const { dispatcher } = this;
        const answers = await Promise.all(
          Object.values(endpoints).map((url) => answersHttp(url, { dispatcher })),
        );
        return answers.every(Boolean);
      },
    };
  }
}

function portUser(account: string, service: Service): string {
  return `${storeProcessName(account)}:${service}`;
}
