import { strict as assert } from "node:assert";
import { type ChildProcess, spawn } from "node:child_process";
import { cpus } from "node:os";
import { after, afterEach, before, describe, it } from "mocha";
import type { Readiness } from "../../../media-service/origin/readiness";
import type { AccountDeps } from "../../../media-service/services/account-deps";
import {
  defaultEndpointId,
  setEndpointState,
} from "../../../media-service/services/streaming-endpoints";
import {
  type ProxiedRequest,
  type ProxyRules,
  startStoreProxy,
  storeError,
  type StoreProxy,
} from "../../dynamic-providers/copy/store-proxy";
import { openTestAccount } from "../../support/account-deps";
import { type Azurite, startAzurite } from "../../support/azurite";
import { startMediaService, type TestMediaService } from "../../support/media-service";
import { publishFilm } from "./test-origin";

/** Probes come this often: within one of them a fault has to be seen. */
const PROBE_INTERVAL_MS = 10_000;
/** Probes wait this long for an answer. */
const PROBE_TIMEOUT_MS = 5_000;
const GUIDS = ["a", "b"].map((letter) => `${letter.repeat(8)}-4b5a-4697-8877-665544332211`);

describe("GET /readyz over a store that breaks", function () {
  this.timeout(40_000);
  let azurite: Azurite;
  let account: AccountDeps;
  let service: TestMediaService;
  const proxies: StoreProxy[] = [];
  const open = new Set<ProxiedRequest>();
  let fault: ProxyRules["before"];
  const rules: ProxyRules = {
    before: async (request) => {
      open.add(request);
      const answer = await fault?.(request);
      if (answer !== undefined) open.delete(request);
      return answer;
    },
    after: (request) => {
      open.delete(request);
    },
  };

  before(async () => {
    azurite = await startAzurite();
    account = await openTestAccount(azurite);
    for (const guid of GUIDS) await publishFilm(account, guid);
    const through = async (endpoint: string): Promise<string> => {
      const proxy = await startStoreProxy(endpoint, rules);
      proxies.push(proxy);
      return proxy.through(endpoint);
    };
    service = await startMediaService({
      storage: {
        ...azurite,
        blobEndpoint: await through(azurite.blobEndpoint),
        tableEndpoint: await through(azurite.tableEndpoint),
      },
      // The worker asks the queue, which no proxy breaks.
      env: { ROLES: "api,origin" },
    });
    await setEndpointState(account, defaultEndpointId("mediatest"), "Running");
  });
  afterEach(async () => {
    fault = undefined;
    await becomes(true);
  });
  after(async () => {
    await (service as TestMediaService | undefined)?.kill();
    for (const proxy of proxies) await proxy[Symbol.asyncDispose]();
    await (azurite as Azurite | undefined)?.stop();
  });

  /** Asks as a probe does. No answer in time, or none at all, is a bad one. */
  async function probe(): Promise<Readiness | undefined> {
    const response = await fetch(`${service.baseUrl}/readyz`, {
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    const readiness = (await response.json()) as Readiness;
    assert.equal(response.status, readiness.ready ? 200 : 503);
    return readiness;
  }

  /** Probes until the answer is this one; fails when a probe interval is over. */
  async function becomes(ready: boolean): Promise<Readiness> {
    const since = performance.now();
    for (;;) {
      const found = await probe();
      const tookMs = performance.now() - since;
      assert(tookMs < PROBE_INTERVAL_MS, `not ${String(ready)} in time: ${JSON.stringify(found)}`);
      if (found?.ready === ready) return found;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** Hangs the requests that are meant, and only those. */
  const hang = (isMeant: (request: ProxiedRequest) => boolean): ProxyRules["before"] => {
    return (request) => (isMeant(request) ? new Promise(() => undefined) : undefined);
  };
  const isTable = ({ headers }: ProxiedRequest): boolean => "dataserviceversion" in headers;
  const readsBlob = ({ method, url }: ProxiedRequest): boolean =>
    method === "GET" && url.pathname.endsWith(".mp4");

  it("goes bad when the store answers with errors", async () => {
    fault = () => storeError(500, "InternalError");
    assert.equal((await becomes(false)).checks.store.ok, false);
  });

  it("goes bad when the store takes connections and is silent, and holds on to few requests", async () => {
    fault = hang(() => true);
    await becomes(false);
    open.clear();
    for (let i = 0; i < 2; i += 1) assert.equal((await probe())?.ready, false);
    // Three of one check each, and what the account does by itself; the proxy never sees them end.
    assert(open.size <= 12, `${open.size} requests were begun by two probes`);
  });

  it("goes bad when only the tables are silent", async () => {
    fault = hang(isTable);
    const { checks } = await becomes(false);
    assert.deepEqual(
      [checks.store.ok, checks.streamingEndpoint.ok, checks.segment.ok],
      [true, false, true],
    );
  });

  it("goes bad when no segment can be read, though the store answers", async () => {
    fault = (request) => (readsBlob(request) ? storeError(500, "InternalError") : undefined);
    const { checks } = await becomes(false);
    assert.deepEqual(
      [checks.store.ok, checks.streamingEndpoint.ok, checks.segment.ok],
      [true, true, false],
    );
  });

  it("stays good when the segments of one asset can't be read, or hang", async () => {
    const [bad = ""] = GUIDS;
    for (const broken of [
      (request: ProxiedRequest) =>
        request.url.pathname.includes(`asset-${bad}`)
          ? storeError(500, "InternalError")
          : undefined,
      hang(({ url }) => url.pathname.includes(`asset-${bad}`)),
    ]) {
      fault = broken;
      const until = performance.now() + 3_000;
      while (performance.now() < until) {
        const readiness = await probe();
        assert.equal(readiness?.ready, true, JSON.stringify(readiness));
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    }
  });

  it("goes bad when the streaming endpoint is stopped, and good when it runs again", async () => {
    const id = defaultEndpointId("mediatest");
    await setEndpointState(account, id, "Stopped");
    const { checks } = await becomes(false);
    assert.equal(checks.streamingEndpoint.detail, "the streaming endpoint is stopped");
    await setEndpointState(account, id, "Running");
    await becomes(true);
  });

  it("stays good, and answers in a probe's time, while others eat all processors", async () => {
    const eaters: ChildProcess[] = cpus().map(() =>
      spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }),
    );
    try {
      for (let i = 0; i < 4; i += 1) {
        const readiness = await probe();
        assert.equal(readiness?.ready, true, JSON.stringify(readiness));
        await new Promise((resolve) => setTimeout(resolve, 700));
      }
    } finally {
      for (const eater of eaters) eater.kill("SIGKILL");
    }
  });

  it("lets viewers play again as soon as a store that hung answers", async () => {
    const url = `${service.baseUrl}/${GUIDS[0] ?? ""}/film.ism/manifest(format=m3u8-cmaf)`;
    fault = hang(isTable);
    await becomes(false);
    const during = await fetch(url);
    assert.equal(during.status, 503);

    fault = undefined;
    assert.equal((await fetch(url)).status, 200);
  });
});

/** Publishes a film as the API would, straight into the store. */
