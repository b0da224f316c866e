import { strict as assert } from "node:assert";
import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { operations as encodingJob } from "../../dynamic-providers/operations/encoding-job";
import { operations as mezzanineAsset } from "../../dynamic-providers/operations/mezzanine-asset";
import type { AccountDeps } from "../../media-service/services/account-deps";
import {
  defaultEndpointId,
  setEndpointState,
} from "../../media-service/services/streaming-endpoints";
import { startStoreProxy, type StoreProxy } from "../dynamic-providers/copy/store-proxy";
import { openTestAccount } from "../support/account-deps";
import { type Azurite, startAzurite } from "../support/azurite";
import { startTestProcess, type TestProcess } from "../support/child";
import {
  mediaServiceEnv,
  startMediaService,
  type TestMediaService,
} from "../support/media-service";
import { publishFilm } from "./origin/test-origin";

const GUID = "d".repeat(8) + "-4b5a-4697-8877-665544332211";
const SEGMENT = `/${GUID}/film.ism/QualityLevels(300000)/Fragments(video=0)`;
/** How long a job is hidden from other workers when its own says nothing more. */
const LEASE_MS = 60_000;

describe("SIGTERM to an origin", function () {
  this.timeout(60_000);
  let azurite: Azurite;
  let account: AccountDeps;
  let proxy: StoreProxy;
  let service: TestMediaService;
  let held: { read: Promise<void>; release: () => void } | undefined;

  before(async () => {
    azurite = await startAzurite();
    account = await openTestAccount(azurite);
    await publishFilm(account, GUID);
    let reading: () => void = () => undefined;
    proxy = await startStoreProxy(azurite.blobEndpoint, {
      before: async ({ method, url }) => {
        if (!held || method !== "GET" || !url.pathname.endsWith(".mp4")) return undefined;
        reading();
        await gate;
        return undefined;
      },
    });
    let open: () => void = () => undefined;
    const gate = new Promise<void>((go) => (open = go));
    const read = new Promise<void>((go) => (reading = go));
    service = await startMediaService({
      storage: { ...azurite, blobEndpoint: proxy.through(azurite.blobEndpoint) },
      env: { ROLES: "api,origin", SHUTDOWN_DELAY_SECONDS: "2" },
    });
    await setEndpointState(account, defaultEndpointId("mediatest"), "Running");
    held = { read, release: open };
  });
  after(async () => {
    held?.release();
    await (service as TestMediaService | undefined)?.kill();
    await (proxy as StoreProxy | undefined)?.[Symbol.asyncDispose]();
    await (azurite as Azurite | undefined)?.stop();
  });

  it("turns probes away first, then takes nobody, and sends the answer that is under way", async () => {
    const answer = fetch(`${service.baseUrl}${SEGMENT}`);
    await held?.read;

    const ended = service.stop();
    const probe = await until(async () => {
      const response = await fetch(`${service.baseUrl}/readyz`);
      const text = await response.text();
      return response.status === 503 && text.includes("stopping") ? text : undefined;
    });
    const health = await fetch(`${service.baseUrl}/healthz`);
    await until(() => fetch(`${service.baseUrl}/healthz`).then(notYet, () => "refused"));
    held?.release();
    const response = await answer;

    assert.deepEqual(JSON.parse(probe), { ready: false, stopping: true });
    assert.equal(health.status, 200);
    assert.equal(response.status, 200);
    const length = Number(response.headers.get("content-length"));
    assert(length > 0);
    assert.equal((await response.arrayBuffer()).byteLength, length);
    await ended;
  });
});

describe("SIGTERM to a worker", function () {
  this.timeout(120_000);
  let azurite: Azurite;
  let api: TestMediaService;
  const workers: TestProcess[] = [];

  before(async () => {
    azurite = await startAzurite();
    api = await startMediaService({ storage: azurite, env: { ROLES: "api" } });
  });
  after(async () => {
    for (const worker of workers) await worker.kill();
    await (api as TestMediaService | undefined)?.kill();
    await (azurite as Azurite | undefined)?.stop();
  });

  /** A worker that has taken up a job. */
  async function busyWorker(): Promise<TestProcess> {
    const { accountName, accountKey } = api;
    const worker = await startTestProcess({
      args: ["-r", "tsx/cjs", resolve("media-service/main.ts")],
      env: mediaServiceEnv({ storage: azurite, accountName, accountKey, env: { ROLES: "worker" } }),
      ready: (output) => (output.includes('"msg":"job taken up"') ? { output } : undefined),
    });
    workers.push(worker);
    return worker;
  }

  it("gives its job back at once, so that another takes it up long before the lease ends", async () => {
    const { apiUrl, tokenUrl, accountName, accountKey } = api;
    const connection = { apiUrl, tokenUrl, accountName, accountKey };
    const file = "samples/big-buck-bunny-40s.mp4";
    const film = { account: connection, name: "film", file, version: 1 };
    const { inputs } = await mezzanineAsset.check({}, film);
    const mezzanine = await mezzanineAsset.create(inputs);
    // Nobody waits for its end, and the service is gone before.
    const job = encodingJob.create({
      ...{ account: connection, name: "job", preset: "Adaptive Streaming", version: 1 },
      ...{ inputAssetId: mezzanine.outs.assetId, outputAssetName: "out" },
      inputSha256: mezzanine.outs.contentSha256,
    } as never);
    job.catch(() => undefined);
    const first = await busyWorker();

    await first.stop();
    const since = performance.now();
    await busyWorker();

    assert(performance.now() - since < LEASE_MS / 2, "the job came back with its lease only");
  });
});

const notYet = (): undefined => undefined;

/** Asks again and again until there is something. */
async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    await delay(50);
  }
}
