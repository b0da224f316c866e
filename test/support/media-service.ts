import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import pino from "pino";
import { readConfig } from "../../media-service/config";
import { MediaServiceContext } from "../../media-service/context";
import type { Azurite } from "./azurite";
import { startTestProcess, type TestProcess } from "./child";

/** A process of the media service. */
export interface TestMediaService extends TestProcess {
  /** Root of the REST API, with a slash at the end. */
  readonly apiUrl: string;
  /** Token endpoint in the ACS form. */
  readonly tokenUrl: string;
  /** Scheme, host and port, without a slash at the end. */
  readonly baseUrl: string;
  readonly accountName: string;
  readonly accountKey: string;
  readonly port: number;
}

/** What a test may choose of a media service; the rest is made up. */
export interface MediaServiceOptions {
  readonly storage: Pick<
    Azurite,
    "accountName" | "accountKey" | "blobEndpoint" | "queueEndpoint" | "tableEndpoint"
  >;
  readonly accountName?: string;
  readonly accountKey?: string;
  readonly dataCenter?: string;
  /** Settings that replace those made up here. */
  readonly env?: Readonly<Record<string, string>>;
}

const ROOT = resolve(__dirname, "../..");
const LISTENING = /^(\{.*"msg":"listening".*\})$/m;

/** The environment that a process of the media service is started with. */
export function mediaServiceEnv(options: MediaServiceOptions): Record<string, string> {
  const { storage } = options;
  return {
    MEDIA_ACCOUNT_NAME: options.accountName ?? "mediatest",
    MEDIA_ACCOUNT_KEY: options.accountKey ?? randomBytes(32).toString("base64"),
    DATA_CENTER: options.dataCenter ?? "test",
    PUBLIC_SCHEME: "http",
    PUBLIC_HOST_NAME: "",
    CONTAINER_APP_PORT: "0",
    STORAGE_ACCESS: "shared-key",
    STORAGE_ACCOUNT_NAME: storage.accountName,
    STORAGE_ACCOUNT_KEY: storage.accountKey,
    BLOB_ENDPOINT: storage.blobEndpoint,
    QUEUE_ENDPOINT: storage.queueEndpoint,
    TABLE_ENDPOINT: storage.tableEndpoint,
    ...options.env,
  };
}

/** Starts the media service as a child process over a storage account, on a free port. */
export async function startMediaService(options: MediaServiceOptions): Promise<TestMediaService> {
  const env = mediaServiceEnv(options);
  let port = 0;
  const child = await startTestProcess({
    args: ["-r", "tsx/cjs", resolve(ROOT, "media-service/main.ts")],
    env,
    ready: (output) => {
      const line = LISTENING.exec(output)?.[1];
      if (line === undefined) return undefined;
      port = (JSON.parse(line) as { port: number }).port;
      return { port };
    },
  });
  const baseUrl = `http://127.0.0.1:${port}`;
  return {
    ...child,
    baseUrl,
    apiUrl: `${baseUrl}/api/`,
    tokenUrl: `${baseUrl}/v2/OAuth2-13`,
    accountName: env["MEDIA_ACCOUNT_NAME"] ?? "",
    accountKey: env["MEDIA_ACCOUNT_KEY"] ?? "",
    port,
  };
}

/** The same in the process of the test: quicker to start, but it can't be killed. */
export async function startMediaServiceHere(
  options: MediaServiceOptions,
): Promise<Omit<TestMediaService, "pid" | "kill">> {
  const config = readConfig(mediaServiceEnv(options));
  const context = await MediaServiceContext.start(config, pino({ level: "silent" }));
  const baseUrl = `http://127.0.0.1:${context.port}`;
  return {
    baseUrl,
    apiUrl: `${baseUrl}/api/`,
    tokenUrl: `${baseUrl}/v2/OAuth2-13`,
    accountName: config.accountName,
    accountKey: config.accountKey ?? "",
    port: context.port,
    stop: () => context[Symbol.asyncDispose](),
  };
}
