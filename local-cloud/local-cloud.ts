import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { EventEmitter } from "node:events";
import { join } from "node:path";
import pino, { type Logger } from "pino";
import type { Authority } from "./authority/authority";
import { deployerEnvironment, deployerRole } from "./authority/deployer";
import { openAuthority } from "./authority/open-authority";
import { type CloudConfig, systemEnvironment } from "./config";
import { ControlApi } from "./control/control-api";
import { declaredDataCenters, type LocalDataCenter } from "./data-centers";
import { declaredRecords } from "./dns/declared-records";
import { DnsResponder } from "./dns/dns-responder";
import { trafficManagerNames } from "./dns/traffic-manager-names";
import { declaredFrontDoor } from "./edge/declared-front-door";
import { declaredTrafficManager } from "./edge/declared-traffic-manager";
import { FrontDoor } from "./edge/front-door";
import { TrafficManager } from "./edge/traffic-manager";
import { unlistedProperties } from "./edge/declared-properties";
import { unobeyedOfFrontDoor } from "./edge/unobeyed-front-door";
import { unobeyedOfTrafficManager } from "./edge/unobeyed-traffic-manager";
import { WatchControl } from "./edge/watch-control";
import { createHome, type Home, homeAt } from "./home";
import { Ingresses } from "./ingress/ingresses";
import { packageVersion } from "./package-version";
import { Principals } from "./principals";
import { ProcessFile } from "./processes/strays";
import { Supervisor } from "./processes/supervisor";
import { runningParts, sayRunning, takeHome } from "./running-file";
import { QueueScalers } from "./scaling/queue-scalers";
import { knownKinds } from "./stand-in/kinds/known-kinds";
import { mediaAccountToken } from "./stand-in/kinds/media-account";
import { type CloudServices, subscriptionId } from "./stand-in/kinds/resource-kind";
import { ProviderServer } from "./stand-in/provider-server";
import { ResourceRecords } from "./stand-in/resource-records";
import { StandIn } from "./stand-in/stand-in";
import { AzuriteStores } from "./storage/azurite-stores";
import { ensureLoopbackCertificate } from "./storage/loopback-certificate";
import { isPortFree, loopback, PortBook, PortTakenError } from "./storage/port-book";
import { SecretBox } from "./storage/secret-box";
import { writeTrusted } from "./storage/trusted-certificates";

/** The packages that the stand-in answers for. */
const packages = ["azure-native", "azure"] as const;
/** The control API's port when it is free: configuration for a classic account can name it. */
const preferredControlPort = 27_170;
/** The responder's, likewise: something to remember after `dig -p`. */
const preferredDnsPort = 27_153;

/** How the local cloud is opened. */
export interface LocalCloudOptions {
  /** Whether the edge tries a failed request at the next origin. */
  edgeRetry: boolean;
}

/**
 * Azure for one machine: a stand-in provider that records what is declared, the processes that make it
 * real, the edge in front of them, and the control API. Everything it knows lies in its home.
 */
export class LocalCloud implements AsyncDisposable {
  /** Emits `notice` with a sentence for the user, `change` when a process changed. */
  readonly events = new EventEmitter<{ notice: [string]; change: [] }>();
  readonly home: Home;
  readonly supervisor: Supervisor;
  readonly ingresses: Ingresses;
  readonly frontDoor: FrontDoor;
  readonly trafficManager: TrafficManager;
  private readonly scalers: QueueScalers;
  private readonly log: Logger;
  private readonly box: SecretBox;
  private readonly records: ResourceRecords;
  private readonly ports: PortBook;
  private readonly standIn: StandIn;
  private readonly principals: Principals;
  private readonly closers: AsyncDisposable[] = [];
  private readonly noticed = new Set<string>();
  private readonly startedAt = new Date().toISOString();
  private dnsPort: number | undefined;
  private authority: Authority | undefined;
  private addresses:
    { controlUrl: string; providers: string; environment: Record<string, string> } | undefined;

  private constructor(
    readonly config: CloudConfig,
    options: LocalCloudOptions,
  ) {
    this.home = homeAt(config.home);
    const { home } = this;
    this.log = pino(
      { level: "debug", base: { name: "local-cloud" } },
      pino.destination({ dest: join(home.logsDirectory, "local-cloud.log"), sync: true }),
    );
    const box = SecretBox.open(home.keyFile);
    this.box = box;
    ensureLoopbackCertificate(home.certificate);
    writeTrusted(home, config.environment);
    this.ports = new PortBook(home.portsFile);
    this.records = new ResourceRecords(home.resourcesFile, box);
    this.principals = new Principals(join(home.root, "cloud", "principals.sealed"), box);
    this.supervisor = new Supervisor({
      log: this.log,
      logsDirectory: home.logsDirectory,
      processFile: new ProcessFile(home.processesFile),
      titlePrefix: `twinstream-${createHash("sha256").update(home.root).digest("hex").slice(0, 8)}`,
      onChange: () => {
        this.onProcessChange();
      },
    });
    this.ingresses = new Ingresses(this.ports);
    this.scalers = new QueueScalers(this.log);
    this.frontDoor = new FrontDoor({
      log: this.log,
      retry: { enabled: options.edgeRetry },
      control: new WatchControl(() => this.controlUrl),
    });
    this.trafficManager = new TrafficManager({ log: this.log });
    this.standIn = new StandIn(knownKinds, this.services());
  }

  /**
   * Takes the home, ends what a killed cloud left, and brings up everything that was declared before.
   *
   * @throws AlreadyRunningError, PortTakenError.
   */
  static async open(config: CloudConfig, options: LocalCloudOptions): Promise<LocalCloud> {
    const home = homeAt(config.home);
    createHome(home);
    await takeHome(home);
    const cloud = new LocalCloud(config, options);
    try {
      await cloud.start();
    } catch (error) {
      await cloud[Symbol.asyncDispose]();
      throw error;
    }
    return cloud;
  }

  /** Value for `PULUMI_DEBUG_PROVIDERS`. */
  get providers(): string {
    return this.addresses?.providers ?? "";
  }

  /** What else a deployer finds in its environment. */
  get environment(): Readonly<Record<string, string>> {
    return this.addresses?.environment ?? {};
  }

  get controlUrl(): string {
    return this.addresses?.controlUrl ?? "";
  }

  /** What was said to the user before anybody could listen. */
  get earlyNotices(): string[] {
    return [...this.noticed];
  }

  /** Where Traffic Manager's names are answered, and which there are. */
  get dns(): { port: number; names: string[] } | undefined {
    if (this.dnsPort === undefined) return undefined;
    const names = this.trafficManager
      .declared()
      .map(({ relativeName }) => `${relativeName}.trafficmanager.net`);
    return { port: this.dnsPort, names };
  }

  dataCenters(): LocalDataCenter[] {
    return declaredDataCenters(this.records, this.ports);
  }

  /** Address of the media service that serves an account. */
  accountUrl(account: string): string | undefined {
    return this.dataCenters().find((dataCenter) => dataCenter.account === account)?.url;
  }

  /** What Azure's portal is for: looking at what is declared, and changing it by hand. */
  get portal(): Pick<StandIn, "list" | "change"> {
    return this.standIn;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing new comes in first; services before the stores that they write to.
    for (const closer of this.closers.reverse()) await closer[Symbol.asyncDispose]();
    await this.scalers[Symbol.asyncDispose]();
    await this.frontDoor[Symbol.asyncDispose]();
    await this.trafficManager[Symbol.asyncDispose]();
    await this.ingresses[Symbol.asyncDispose]();
    const names = this.supervisor.status().map(({ name }) => name);
    await Promise.all(
      names.filter((name) => name.startsWith("service:")).map((name) => this.supervisor.stop(name)),
    );
    await this.supervisor[Symbol.asyncDispose]();
    rmSync(this.home.runningFile, { force: true });
    this.log.flush();
  }

  private services(): CloudServices {
    const environment = {
      ...systemEnvironment(this.config.environment),
      NODE_EXTRA_CA_CERTS: this.home.trustedFile,
    };
    return {
      log: this.log,
      projectRoot: this.config.projectRoot,
      imagesFolder: this.config.imagesFolder,
      systemEnvironment: environment,
      ports: this.ports,
      records: this.records,
      stores: new AzuriteStores({
        supervisor: this.supervisor,
        ports: this.ports,
        directory: this.home.storesDirectory,
        certificate: this.home.certificate,
        systemEnvironment: environment,
      }),
      supervisor: this.supervisor,
      ingresses: this.ingresses,
      scalers: this.scalers,
      authority: () => {
        assert(this.authority, "nothing is declared before the local cloud has started");
        return this.authority;
      },
      principals: () => this.principals.all(),
      notice: (text) => {
        this.notice(text);
      },
      reconfigureEdge: () => this.reconfigureEdge(),
    };
  }

  private async start(): Promise<void> {
    const strays = await this.supervisor.endStrays();
    if (strays.length > 0) {
      this.notice(`ended ${strays.length.toString()} processes that an earlier run left behind`);
    }
    await this.requirePorts();
    await this.openDns();
    const identity = await this.openAuthority();
    const control = await this.openControl();
    const providers = await Promise.all(packages.map((name) => this.openProvider(name)));
    this.addresses = {
      ...{ controlUrl: control, providers: providers.join(",") },
      environment: deployerEnvironment(identity, this.home),
    };
    this.saveRunning();
    const failures = await this.standIn.startAll();
    for (const { record, error } of failures) {
      const why = error instanceof Error ? error.message : String(error);
      this.notice(`${record.id.split("/").pop() ?? record.id} did not come up: ${why}`);
    }
    await this.reconfigureEdge();
  }

  /** @throws PortTakenError when somebody else listens where the local cloud always did. */
  private async requirePorts(): Promise<void> {
    for (const [user, port] of this.ports.all()) {
      if (!(await isPortFree(port))) throw new PortTakenError(port, user);
    }
  }

  private async openDns(): Promise<void> {
    const open = async (port: number): Promise<void> => {
      this.closers.push(
        await DnsResponder.open(
          port,
          () => trafficManagerNames(this.trafficManager),
          () => declaredRecords(this.records, this.trafficManager.declared()),
        ),
      );
      this.dnsPort = port;
    };
    await this.ports.listen("dns", open, preferredDnsPort);
  }

  /** Answers what gives the deployer its own identity. */
  private async openAuthority(): Promise<Record<string, string>> {
    const { home, box } = this;
    const file = home.authorityFile;
    this.authority = await this.ports.listen("authority", (port) =>
      openAuthority(port, { file, box, tenantId: subscriptionId }),
    );
    this.closers.push(this.authority);
    const own = { ...this.authority.identityOf("deployer"), roles: [deployerRole] };
    return this.authority.identityEnvironment("deployer", { own });
  }

  private openControl(): Promise<string> {
    const open = async (port: number): Promise<string> => {
      const control = new ControlApi(this);
      await control.listen(port);
      this.closers.push(control);
      return `http://${loopback}:${port.toString()}`;
    };
    return this.ports.listen("control", open, preferredControlPort);
  }

  private async openProvider(name: (typeof packages)[number]): Promise<string> {
    const port = await this.ports.portFor(`provider:${name}`);
    const server = new ProviderServer({
      standIn: this.standIn,
      version: packageVersion(`@pulumi/${name}`),
      onConfigure: async (settings) => {
        if (name === "azure" && this.principals.take(settings)) await this.restartClassic();
      },
    });
    await server.listen(port);
    this.closers.push(server);
    return `${name}:${port.toString()}`;
  }

  /** Classic accounts learn of a new service principal by their environment. */
  private async restartClassic(): Promise<void> {
    const failures = await this.standIn.start(this.records.ofType(mediaAccountToken));
    const [first] = failures;
    if (first !== undefined) throw first.error;
  }

  private async reconfigureEdge(): Promise<void> {
    for (const sentence of unlistedProperties(this.records)) this.notice(sentence);
    for (const sentence of unobeyedOfFrontDoor(this.records)) this.notice(sentence);
    await this.frontDoor.configure(declaredFrontDoor(this.records, this.ports));
    const profiles = declaredTrafficManager(this.records, this.ports);
    for (const sentence of unobeyedOfTrafficManager(profiles)) this.notice(sentence);
    await this.trafficManager.configure(profiles);
  }

  /** Says something to the user, once. */
  private notice(text: string): void {
    if (this.noticed.has(text)) return;
    this.noticed.add(text);
    this.log.warn(text);
    this.events.emit("notice", text);
  }

  private onProcessChange(): void {
    if (this.addresses !== undefined) this.saveRunning();
    this.events.emit("change");
  }

  private saveRunning(): void {
    sayRunning(this.home.runningFile, {
      pid: process.pid,
      startedAt: this.startedAt,
      ...this.addresses,
      ...runningParts(this.supervisor.status(), this.dataCenters()),
    });
  }
}
