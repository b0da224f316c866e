import { spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import fastify from "fastify";
import { collectAtOnce } from "../../media-service/collect-at-once";
import { registerOrigin } from "../../media-service/origin/register-origin";
import { AzureBlobStore } from "../../media-service/storage/azure-blob-store";
import { FakePublishedAssets } from "../../test/media-service/origin/fake-store";
import type { Azurite } from "../../test/support/azurite";
import type { Server } from "./load";

/** Locator of one of the bench's assets. */
export function locatorOf(asset: number): string {
  return `0f1e2d3c-4b5a-4697-8877-${asset.toString().padStart(12, "0")}`;
}

/** Its container. */
export function containerOf(asset: number): string {
  return `asset-${locatorOf(asset)}`;
}

/** Whether segments are kept in memory: as many as by default, or none. */
export type Warmth = "warm" | "cold";

/** Starts an origin in a process of its own, over a store. */
export async function startOrigin(
  store: Pick<Azurite, "accountName" | "accountKey" | "blobEndpoint">,
  { warmth, assets = 1 }: { readonly warmth: Warmth; readonly assets?: number },
): Promise<Server & { readonly stop: () => Promise<void> }> {
  const child = spawn(
    process.execPath,
    [...(process.env["BENCH_NODE_ARGS"]?.split(" ") ?? []), "-r", "tsx/cjs", __filename],
    {
      env: {
        ...process.env,
        BENCH_ACCOUNT: store.accountName,
        BENCH_KEY: store.accountKey,
        BENCH_BLOBS: store.blobEndpoint,
        BENCH_WARMTH: warmth,
        BENCH_ASSETS: assets.toString(),
      },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    },
  );
  const [port] = (await once(child, "message")) as [number];
  return {
    pid: child.pid ?? 0,
    baseUrl: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

async function serve(): Promise<void> {
  const {
    BENCH_ACCOUNT = "",
    BENCH_KEY = "",
    BENCH_BLOBS = "",
    BENCH_WARMTH,
    BENCH_ASSETS,
  } = process.env;
  collectAtOnce();
  const published = new FakePublishedAssets();
  for (let asset = 0; asset < Number(BENCH_ASSETS); asset++) published.publish(locatorOf(asset));
  const app = fastify();
  registerOrigin(app, {
    published,
    blobs: new AzureBlobStore({
      accountName: BENCH_ACCOUNT,
      accountKey: BENCH_KEY,
      blobEndpoint: BENCH_BLOBS,
      queueEndpoint: "",
      tableEndpoint: "",
    }),
    clock: { now: () => new Date() },
    dataCenter: "bench",
    watchPage: false,
    contentSteering: false,
    ...(BENCH_WARMTH === "cold" ? { cache: { segmentBytes: 0 } } : {}),
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  process.once("SIGTERM", () => process.exit(0));
  process.send?.((app.server.address() as AddressInfo).port);
}

if (require.main === module) void serve();
