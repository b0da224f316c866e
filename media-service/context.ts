import { randomUUID } from "node:crypto";
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { lowerApiPrefix, registerApi } from "./api/register-api";
import type { MediaServiceConfig } from "./config";
import { registerOrigin } from "./origin/register-origin";
import type { Clock } from "./ports/clock";
import { AccessTokens } from "./services/access-tokens";
import type { AccountDeps } from "./services/account-deps";
import { StoredPublishedAssets } from "./services/published-assets";
import { ensureDefaultEndpoint } from "./services/streaming-endpoints";
import { AzureBlobStore } from "./storage/azure-blob-store";
import { AzureJobQueue } from "./storage/azure-job-queue";
import { openTables } from "./storage/table-account-stores";

const systemClock: Clock = { now: () => new Date() };

/** One process of the media service: everything it is made of, built once and ended together. */
export class MediaServiceContext implements AsyncDisposable {
  private constructor(
    readonly account: AccountDeps,
    private readonly app: FastifyInstance,
  ) {}

  /** Opens the store and starts the roles that the process has; resolves when it listens. */
  static async start(config: MediaServiceConfig, log: Logger): Promise<MediaServiceContext> {
    const [stores, queue] = await Promise.all([
      openTables(config.storage),
      AzureJobQueue.open(config.storage),
    ]);
    const app = Fastify({
      loggerInstance: log as FastifyBaseLogger,
      disableRequestLogging: true,
      forceCloseConnections: "idle",
      rewriteUrl: ({ url }) => lowerApiPrefix(url ?? "/"),
    });
    const blobs = new AzureBlobStore(config.storage);
    const publicUrl = (): string =>
      `${config.publicScheme}://${config.publicHost ?? listeningHost(app)}`;
    const account: AccountDeps = {
      account: {
        name: config.accountName,
        storageAccountName: config.storage.accountName,
        get streamingBaseUrl() {
          return publicUrl();
        },
      },
      stores,
      blobs,
      signer: blobs,
      queue,
      clock: systemClock,
      newGuid: randomUUID,
    };
    await ensureDefaultEndpoint(account);
    const context = new MediaServiceContext(account, app);
    context.addRoutes(config, () => `${publicUrl()}/api/`);
    await app.listen({ port: config.port, host: "0.0.0.0" });
    return context;
  }

  /** The port that the process listens on. */
  get port(): number {
    return listeningPort(this.app);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.app.close();
  }

  private addRoutes(config: MediaServiceConfig, apiRoot: () => string): void {
    const { account, app } = this;
    app.get("/healthz", () => ({ status: "ok" }));
    if (config.roles.has("api")) {
      const tokens = new AccessTokens({
        accountName: config.accountName,
        accountKey: config.accountKey,
        principals: config.servicePrincipals,
      });
      registerApi(app, { account, tokens, clock: systemClock, apiRoot });
    }
    if (config.roles.has("origin")) {
      registerOrigin(app, {
        published: new StoredPublishedAssets(account),
        blobs: account.blobs,
        clock: systemClock,
        dataCenter: config.dataCenter,
        watchPage: config.watchPage,
      });
    }
  }
}

function listeningHost(app: FastifyInstance): string {
  return `127.0.0.1:${listeningPort(app)}`;
}

function listeningPort(app: FastifyInstance): number {
  const address = app.server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
