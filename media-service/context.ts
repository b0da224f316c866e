import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { recoverChangesets } from "./api/changeset-recovery";
import { registerManagement } from "./api/management";
import { type ApiDeps, registerApi } from "./api/register-api";
import { JwksKeys } from "./authority/jwks-keys";
import type { ManagedIdentityStorage, MediaServiceConfig } from "./config";
import { httpApp } from "./http-app";
import { HttpDrain } from "./http-drain";
import { HttpWebHooks } from "./notifications/http-web-hooks";
import { registerOrigin } from "./origin/register-origin";
import type { Clock } from "./ports/clock";
import { AccessTokens } from "./services/access-tokens";
import type { AccountDeps } from "./services/account-deps";
import { AccountSealer } from "./services/account-sealer";
import { ApiAccess } from "./services/api-access";
import { EntraTokens, jwksUrl } from "./services/entra-tokens";
import { StoredJobRuns } from "./services/job-runs";
import { resumePendingJobs } from "./services/job-readiness";
import { deliverNotices } from "./services/notice-delivery";
import { forbiddenFor } from "./services/notification-end-points";
import { purgeOldRecords } from "./services/old-records";
import { resealProtectionKey } from "./services/protection-key";
import { StoredPublishedAssets } from "./services/published-assets";
import { SealingKey } from "./services/sealing-key";
import { ensureDefaultEndpoint } from "./services/streaming-endpoints";
import { Sweeper } from "./services/sweeper";
import { AzureBlobStore } from "./storage/azure-blob-store";
import { AzureJobQueue } from "./storage/azure-job-queue";
import { AzureNoticeQueues } from "./storage/azure-notice-queues";
import { managedIdentity } from "./storage/managed-identity";
import type { SharedKeyAccess, StorageAccess } from "./storage/storage-access";
import { openTables } from "./storage/table-account-stores";
import { EncodeWorker } from "./worker/encode-worker";

const systemClock: Clock = { now: () => new Date() };

/** One process of the media service: everything it is made of, built once and ended together. */
export class MediaServiceContext implements AsyncDisposable {
  private readonly parts: AsyncDisposable[] = [];
  private readonly drain: HttpDrain;

  private constructor(
    private readonly settings: {
      readonly config: MediaServiceConfig;
      readonly storage: StorageAccess;
      readonly log: Logger;
    },
    private readonly app: FastifyInstance,
    private readonly account: AccountDeps,
  ) {
    this.drain = new HttpDrain(app.server);
  }

  /** Opens the store and starts the roles that the process has; resolves when it listens. */
  static async start(config: MediaServiceConfig, log: Logger): Promise<MediaServiceContext> {
    const app = httpApp(log);
    const storage = await openStorage(config.storage);
    const account = await openAccount({ ...config, storage }, app);
    const context = new MediaServiceContext({ config, storage, log }, app, account);
    try {
      await context.startRoles();
    } catch (cause) {
      await context[Symbol.asyncDispose]();
      throw cause;
    }
    return context;
  }

  /** The port that the process listens on. */
  get port(): number {
    return listeningPort(this.app);
  }

  /** Gives a running job back to the queue, sends the answers that are under way, and ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    const parts = this.parts.map((part) => part[Symbol.asyncDispose]());
    await Promise.all([this.endServer(), ...parts]);
  }

  private async endServer(): Promise<void> {
    const { config, log } = this.settings;
    const cut = await this.drain.run(config.shutdown);
    if (cut > 0) log.warn({ connections: cut }, "hung up on clients that took too long");
    await this.app.close();
  }

  private async startRoles(): Promise<void> {
    const { config } = this.settings;
    const { app } = this;
    app.get("/healthz", () => ({ status: "ok" }));
    if (config.roles.has("api")) await this.startApi();
    if (config.roles.has("origin")) this.startOrigin();
    if (config.roles.has("worker")) await this.startWorker();
    if (config.roles.has("api") || config.roles.has("worker")) this.startNotices();
    await app.listen({ port: config.port, host: "0.0.0.0" });
  }

  private async startApi(): Promise<void> {
    const { config, log } = this.settings;
    const { app, account } = this;
    await ensureDefaultEndpoint(account);
    await this.resealSecrets();
    const apiRoot = (): string => `${account.account.streamingBaseUrl}/api/`;
    const callers = whoMayCall(config);
    const model = registerApi(app, { account, ...callers, clock: systemClock, apiRoot });
    registerManagement(app, { ...callers, blobs: account.blobs, clock: systemClock });
    const resume = async (): Promise<void> => {
      const resumed = await resumePendingJobs(account);
      if (resumed > 0) log.info({ resumed }, "pending jobs brought to the workers");
    };
    this.sweep("pending jobs", 15_000, resume);
    this.sweep("changesets", 60_000, async () => {
      const ended = await recoverChangesets(model);
      if (ended > 0) log.info({ ended }, "changesets of a process that died ended");
    });
    this.sweep("old records", 6 * 3_600_000, async () => {
      const purged = await purgeOldRecords(account);
      if (purged > 0) log.info({ purged }, "old records deleted");
    });
  }

  /** An account that is about to lose its key, or has got one, keeps what was sealed before. */
  private async resealSecrets(): Promise<void> {
    const { log } = this.settings;
    try {
      if (await resealProtectionKey(this.account))
        log.info("the account's secrets are sealed anew");
    } catch (err) {
      // Another process was faster, or an operator has to help: what needs no secret works anyhow.
      log.warn({ err }, "the account's secrets were not sealed anew");
    }
  }

  private startNotices(): void {
    const { storage, log } = this.settings;
    const { account } = this;
    const queues = new AzureNoticeQueues(storage);
    const webHooks = new HttpWebHooks((ip) => forbiddenFor(account, ip));
    this.sweep("notices", 2_000, () => deliverNotices({ account, queues, webHooks, log }));
  }

  private sweep(what: string, intervalMilliseconds: number, sweep: () => Promise<void>): void {
    this.parts.push(new Sweeper({ what, intervalMilliseconds, sweep }, this.settings.log));
  }

  private startOrigin(): void {
    const { config } = this.settings;
    const { app, account } = this;
    registerOrigin(app, {
      published: new StoredPublishedAssets(account),
      blobs: account.blobs,
      clock: systemClock,
      dataCenter: config.dataCenter,
      watchPage: config.watchPage,
      contentSteering: config.contentSteering,
      directAccess: config.directAccess,
      stopping: () => this.drain.begun,
      cache: config.origin,
      stallMs: config.origin.stallMs,
    });
  }

  private async startWorker(): Promise<void> {
    const { config, log } = this.settings;
    const { account } = this;
    const worker = new EncodeWorker({
      queue: account.queue,
      runs: new StoredJobRuns(account),
      blobs: account.blobs,
      encoder: config.encoder,
      clock: systemClock,
      log,
      scratchDir: join(tmpdir(), "twinstream-encode"),
    });
    this.parts.push(worker);
    await worker.start();
  }
}

function whoMayCall(config: MediaServiceConfig): Pick<ApiDeps, "access" | "tokens"> {
  const { accountName, accountKey, servicePrincipals: principals, entra } = config;
  const tokens =
    accountKey === undefined
      ? undefined
      : new AccessTokens({ accountName, accountKey, principals });
  const keys = entra && new JwksKeys(jwksUrl(entra), systemClock);
  const byEntra = entra && keys && new EntraTokens(entra, keys);
  return { tokens, access: new ApiAccess({ own: tokens, entra: byEntra }) };
}

async function openStorage(
  settings: SharedKeyAccess | ManagedIdentityStorage,
): Promise<StorageAccess> {
  if ("accountKey" in settings) return settings;
  const { clientId, ...addresses } = settings;
  return { ...addresses, identity: await managedIdentity(clientId) };
}

async function openAccount(
  {
    accountName,
    accountKey,
    entra,
    storage,
    publicScheme,
    publicHost,
  }: Omit<MediaServiceConfig, "storage"> & { readonly storage: StorageAccess },
  app: FastifyInstance,
): Promise<AccountDeps> {
  const [stores, queue] = await Promise.all([
    openTables(storage, systemClock),
    AzureJobQueue.open(storage),
  ]);
  const blobs = new AzureBlobStore(storage);
  return {
    account: {
      name: accountName,
      storageAccountName: storage.accountName,
      // Without a configured host it is known only when the process listens.
      get streamingBaseUrl() {
        return `${publicScheme}://${publicHost ?? `127.0.0.1:${listeningPort(app)}`}`;
      },
    },
    stores,
    blobs,
    signer: blobs,
    queue,
    sealer: new AccountSealer({
      accountKey,
      stored: new SealingKey(blobs),
      // Where Entra ID is on the account's key is free to go.
      under: entra === undefined ? "account" : "store",
    }),
    clock: systemClock,
    newGuid: randomUUID,
  };
}

function listeningPort(app: FastifyInstance): number {
  const address = app.server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
