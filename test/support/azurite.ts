import { randomBytes } from "node:crypto";
import type { CertificateFiles } from "../../local-cloud/storage/loopback-certificate";
import { startTestProcess, type TestProcess } from "./child";

/** How to start a storage account. */
export interface AzuriteOptions {
  /** Default `twinstreamtest`. */
  readonly accountName?: string;
  /** Default a new key. */
  readonly accountKey?: string;
  /** Where the data is kept; in memory when left out. */
  readonly dataDir?: string;
  readonly skipApiVersionCheck?: boolean;
  /** Ports of an earlier instance, to start it again under the same address. */
  readonly ports?: { readonly blob: number; readonly queue: number; readonly table: number };
  /** Takes tokens of identities, over https, beside keys. */
  readonly certificate?: CertificateFiles;
  /** More accounts in the same instance: name to key. */
  readonly moreAccounts?: Readonly<Record<string, string>>;
}

/** A storage account that runs as a child process. */
export interface Azurite extends TestProcess {
  readonly accountName: string;
  readonly accountKey: string;
  /** Without a slash at the end, for example `http://127.0.0.1:4711/account`. */
  readonly blobEndpoint: string;
  readonly queueEndpoint: string;
  readonly tableEndpoint: string;
  readonly ports: { readonly blob: number; readonly queue: number; readonly table: number };
}

const LISTENING =
  /Azurite (\w+) service is successfully listening at https?:\/\/127\.0\.0\.1:(\d+)/g;

/** Starts Azurite on free ports. */
export async function startAzurite(options: AzuriteOptions = {}): Promise<Azurite> {
  const accountName = options.accountName ?? "twinstreamtest";
  const accountKey = options.accountKey ?? randomBytes(64).toString("base64");
  const ports: Record<string, number> = {};
  const child = await startTestProcess({
    args: azuriteArguments(options),
    env: { AZURITE_ACCOUNTS: accountList({ ...options.moreAccounts, [accountName]: accountKey }) },
    ready: (output) => {
      for (const [, service = "", port] of output.matchAll(LISTENING)) {
        ports[service.toLowerCase()] = Number(port);
      }
      return Object.keys(ports).length === 3 ? ports : undefined;
    },
  });
  const { blob = 0, queue = 0, table = 0 } = ports;
  const scheme = options.certificate === undefined ? "http" : "https";
  const endpoint = (port: number): string => `${scheme}://127.0.0.1:${port}/${accountName}`;
  return {
    ...child,
    accountName,
    accountKey,
    blobEndpoint: endpoint(blob),
    queueEndpoint: endpoint(queue),
    tableEndpoint: endpoint(table),
    ports: { blob, queue, table },
  };
}

function azuriteArguments(options: AzuriteOptions): string[] {
  const { ports, dataDir, skipApiVersionCheck, certificate } = options;
  const script = require.resolve("azurite/dist/src/azurite.js");
  const at = ports ?? { blob: 0, queue: 0, table: 0 };
  return [
    script,
    ...["--blobPort", at.blob.toString()],
    ...["--queuePort", at.queue.toString()],
    ...["--tablePort", at.table.toString()],
    ...(dataDir === undefined ? ["--inMemoryPersistence"] : ["--location", dataDir]),
    ...(skipApiVersionCheck === true ? ["--skipApiVersionCheck"] : []),
    ...(certificate === undefined
      ? []
      : ["--cert", certificate.certificate, "--key", certificate.key, "--oauth", "basic"]),
    "--silent",
    "--disableTelemetry",
  ];
}

function accountList(accounts: Record<string, string>): string {
  return Object.entries(accounts)
    .map(([name, key]) => `${name}:${key}`)
    .join(";");
}
