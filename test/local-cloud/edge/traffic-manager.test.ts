import { strict as assert } from "node:assert";
import { afterEach, beforeEach, describe, it } from "mocha";
import pino from "pino";
import { TrafficManager } from "../../../local-cloud/edge/traffic-manager";
import {
  type TrafficEndpoint,
  type TrafficProfile,
  worstFailoverMs,
} from "../../../local-cloud/edge/traffic-manager-settings";
import { until } from "../until";
import { says, ToyOrigin } from "./toy-origin";

describe("Traffic Manager's data plane", () => {
  let east: ToyOrigin;
  let west: ToyOrigin;
  let router: TrafficManager;
  let now: number;

  beforeEach(async () => {
    now = 0;
    east = await ToyOrigin.start("east", says("from east", { connection: "close" }));
    west = await ToyOrigin.start("west", says("from west", { connection: "close" }));
    router = new TrafficManager({ log: pino({ level: "silent" }), now: () => now });
  });
  afterEach(async () => {
    for (const thing of [router, east, west]) await thing[Symbol.asyncDispose]();
  });

  const endpoint = (origin: ToyOrigin, priority: number): TrafficEndpoint => ({
    name: origin.name,
    enabled: true,
    target: { host: origin.host },
    priority,
    weight: 1,
    location: undefined,
    alwaysServe: false,
    probeHeaders: {},
  });
  const profile = (changes: Partial<TrafficProfile> = {}): TrafficProfile => ({
    id: "profile",
    name: "profile",
    relativeName: "profile",
    port: 0,
    enabled: true,
    method: "priority",
    ttlMs: 1_000,
    probe: {
      path: "/readyz",
      protocol: "http",
      method: "GET",
      intervalMs: 50,
      timeoutMs: 200,
      statuses: [[200, 200]],
    },
    toleratedFailures: 2,
    endpoints: [endpoint(west, 2), endpoint(east, 1)],
    ...changes,
  });
  const ask = async (id = "profile"): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${String(router.port(id))}/a`);
    return response.text();
  };
  const status = (name: string): string | undefined =>
    router.status()[0]?.endpoints.find((found) => found.name === name)?.status;

  it("leads to the online endpoint of the highest priority", async () => {
    await router.configure([profile()]);

    assert.equal(await ask(), "from east");
  });

  it("fails over after the tolerated failures, and for a client after its TTL", async () => {
    await router.configure([profile()]);
    await until("online", () => status("east") === "Online");
    await ask();
    await east[Symbol.asyncDispose]();
    await assert.rejects(ask(), "a request must not be tried at another endpoint");
    await until("degraded", () => status("east") === "Degraded");

    now = 999;
    await assert.rejects(ask(), "the client keeps its answer for the TTL");
    now = 1_000;
    assert.equal(await ask(), "from west");
  });

  it("needs more failures in a row than are tolerated", async () => {
    let probes = 0;
    east.behaviour = (_request, response) => {
      probes += 1;
      response.writeHead(probes % 3 === 0 ? 200 : 503).end();
    };
    await router.configure([profile()]);

    await until("probed", () => probes >= 9);

    assert.equal(status("east"), "Online");
  });

  it("degrades an endpoint that takes connections and never answers", async () => {
    east.behaviour = () => undefined;
    await router.configure([profile({ probe: { ...profile().probe, timeoutMs: 60 } })]);

    await until("degraded", () => status("east") === "Degraded");

    assert.equal(await ask(), "from west");
  });

  it("answers as if all were online when none is", async () => {
    for (const origin of [east, west]) {
      origin.behaviour = (request, response) =>
        response.writeHead(request.url === "/readyz" ? 503 : 200).end(`from ${origin.name}`);
    }
    await router.configure([profile()]);
    await until("degraded", () => status("east") === "Degraded" && status("west") === "Degraded");

    assert.equal(await ask(), "from east");
  });

  it("leads through a nested profile while enough of its endpoints are healthy", async () => {
    const outer = profile({
      id: "outer",
      endpoints: [
        {
          ...endpoint(east, 1),
          name: "nested",
          target: { profileId: "profile", minHealthy: { any: 1, ipv4: 0, ipv6: 0 } },
        },
      ],
    });
    await router.configure([profile(), outer]);

    assert.equal(await ask("outer"), "from east");
  });

  it("sends the declared headers with its probes, and takes the declared statuses for good", async () => {
    const seen: Record<string, unknown>[] = [];
    east.behaviour = (request, response) => {
      seen.push(request.headers);
      response.writeHead(404).end();
    };
    const headers = { host: "probe.example", "x-a": "profile", "x-b": "profile" };
    await router.configure([
      profile({
        probe: {
          ...profile().probe,
          headers,
          statuses: [
            [301, 301],
            [400, 410],
          ],
        },
        endpoints: [{ ...endpoint(east, 1), probeHeaders: { "x-b": "endpoint" } }],
      }),
    ]);

    await until("online", () => status("east") === "Online");

    assert.equal(seen[0]?.["host"], "probe.example");
    assert.deepEqual([seen[0]["x-a"], seen[0]["x-b"]], ["profile", "endpoint"]);
  });

  it("probes by TCP: an endpoint that takes connections is online, whatever it answers", async () => {
    east.behaviour = (_request, response) => response.writeHead(500).end();
    await router.configure([profile({ probe: { ...profile().probe, protocol: "tcp" } })]);
    await until("online", () => status("east") === "Online");

    await east[Symbol.asyncDispose]();

    await until("degraded", () => status("east") === "Degraded");
  });

  it("lets an answer lapse at once with a TTL of 0, and degrades at the first failure if told so", async () => {
    await router.configure([profile({ ttlMs: 0, toleratedFailures: 0 })]);
    await until("online", () => status("east") === "Online");
    assert.equal(await ask(), "from east");
    await east[Symbol.asyncDispose]();

    await until("degraded", () => status("east") === "Degraded");

    assert.equal(await ask(), "from west");
  });

  it("leads clients to what is near to where they are said to be", async () => {
    await router.configure([
      profile({
        method: "performance",
        endpoints: [
          { ...endpoint(east, 1), location: "eastus" },
          { ...endpoint(west, 2), location: "westus" },
        ],
      }),
    ]);
    assert.equal(await ask(), "from east");

    router.clientRegion = "West US 2";

    assert.equal(await ask(), "from west");
    assert.equal(router.clientRegion, "westus2");
  });

  it("closes connections at once when the profile is switched off", async () => {
    await router.configure([profile({ enabled: false })]);

    await assert.rejects(ask());
    assert.deepEqual(router.status()[0]?.status, "Disabled");
    assert.equal(status("east"), "Inactive");
  });

  it("never leads to a disabled endpoint", async () => {
    await router.configure([
      profile({ endpoints: [{ ...endpoint(east, 1), enabled: false }, endpoint(west, 2)] }),
    ]);

    assert.equal(await ask(), "from west");
  });

  it("declares its worst case as interval x (tolerated + 1) + time-out + TTL", () => {
    const declared = profile({
      ttlMs: 10_000,
      toleratedFailures: 3,
      probe: { ...profile().probe, intervalMs: 10_000, timeoutMs: 5_000 },
    });

    assert.deepEqual(worstFailoverMs(declared), { detectionMs: 45_000, totalMs: 55_000 });
  });
});
