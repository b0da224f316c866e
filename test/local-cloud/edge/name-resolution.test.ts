import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import type { Finding } from "../../../local-cloud/edge/endpoint-monitor";
import { resolveName } from "../../../local-cloud/edge/name-resolution";
import {
  endpointStatuses,
  type ProfileLookup,
  profileStatus,
} from "../../../local-cloud/edge/profile-status";
import type {
  ChildMinimum,
  TrafficEndpoint,
  TrafficProfile,
} from "../../../local-cloud/edge/traffic-manager-settings";

type Health = Finding["health"];

const endpoint = (name: string, changes: Partial<TrafficEndpoint> = {}): TrafficEndpoint => ({
  name,
  enabled: true,
  target: { host: `${name}.example` },
  priority: 1,
  weight: 1,
  location: undefined,
  alwaysServe: false,
  probeHeaders: {},
  ...changes,
});

const nested = (name: string, profileId: string, minimum: Partial<ChildMinimum> = {}) =>
  endpoint(name, { target: { profileId, minHealthy: { any: 1, ipv4: 0, ipv6: 0, ...minimum } } });

const profile = (
  id: string,
  endpoints: TrafficEndpoint[],
  changes: Partial<TrafficProfile> = {},
): TrafficProfile => ({
  id,
  name: id,
  relativeName: id,
  port: 0,
  enabled: true,
  method: "priority",
  ttlMs: 0,
  probe: {
    path: "/",
    protocol: "http",
    method: "GET",
    intervalMs: 10_000,
    timeoutMs: 5_000,
    statuses: [[200, 200]],
  },
  toleratedFailures: 3,
  endpoints,
  ...changes,
});

/** Profiles of which it is said how their endpoints are; good where nothing is said. */
function world(profiles: TrafficProfile[], healths: Record<string, Health> = {}): ProfileLookup {
  const found = new Map(
    profiles.map((each) => [
      each.id,
      {
        monitor: {
          profile: each,
          finding: (name: string): Finding => ({ health: healths[name] ?? "good", detail: "" }),
        },
      },
    ]),
  );
  return (id) => found.get(id);
}

const resolve = (lookup: ProfileLookup, clientRegion = "eastus"): string | undefined =>
  resolveName("p", { lookup, clientRegion })?.endpoint.name;

const statuses = (lookup: ProfileLookup, id = "p"): Record<string, string> =>
  Object.fromEntries([...endpointStatuses(id, lookup)].map(([{ name }, status]) => [name, status]));

describe("a Traffic Manager profile resolves", () => {
  const [a, b] = [endpoint("a", { priority: 1 }), endpoint("b", { priority: 2 })];

  for (const [healths, expected] of [
    [{}, "a"],
    [{ a: "unknown" }, "a"],
    [{ a: "bad" }, "b"],
    [{ a: "bad", b: "unknown" }, "b"],
    [{ a: "bad", b: "bad" }, "a"],
  ] as [Record<string, Health>, string][]) {
    it(`by priority to ${expected} with ${JSON.stringify(healths)}`, () => {
      assert.equal(resolve(world([profile("p", [b, a])], healths)), expected);
    });
  }

  it("by weight, leaving out what is degraded", () => {
    const endpoints = [
      endpoint("a", { weight: 300 }),
      endpoint("b", { weight: 100 }),
      endpoint("c"),
    ];
    const lookup = world([profile("p", endpoints, { method: "weighted" })], { c: "bad" });
    const counts: Record<string, number> = {};
    for (let index = 0; index < 4000; index += 1) {
      const name = resolve(lookup) ?? "";
      counts[name] = (counts[name] ?? 0) + 1 / 4000;
    }

    assert(Math.abs((counts["a"] ?? 0) - 0.75) < 0.05, JSON.stringify(counts));
    assert.equal(counts["c"], undefined);
  });

  for (const [client, healths, expected] of [
    ["westeurope", {}, "europe"],
    ["Japan East", {}, "america"],
    ["eastus2", {}, "america"],
    ["westeurope", { europe: "bad" }, "america"],
  ] as [string, Record<string, Health>, string][]) {
    it(`by performance to ${expected} for a client in ${client} with ${JSON.stringify(healths)}`, () => {
      const endpoints = [
        endpoint("nowhere", { location: "moonbase" }),
        endpoint("america", { location: "West US" }),
        endpoint("europe", { location: "northeurope" }),
      ];
      const lookup = world([profile("p", endpoints, { method: "performance" })], healths);

      assert.equal(resolve(lookup, client), expected);
    });
  }

  it("through nested profiles, past one that is not well enough", () => {
    const child = profile("child", [endpoint("a"), endpoint("b")]);
    const parent = profile("p", [
      nested("inner", "child", { any: 2 }),
      endpoint("spare", { priority: 2 }),
    ]);

    assert.equal(resolve(world([parent, child])), "a");
    assert.equal(resolve(world([parent, child], { b: "bad" })), "spare");
    assert.equal(resolve(world([parent, child], { a: "bad", spare: "bad" })), "b");
  });

  it("to nothing when it is switched off, empty, or nested in itself alone", () => {
    assert.equal(resolve(world([profile("p", [a], { enabled: false })])), undefined);
    assert.equal(resolve(world([profile("p", [])])), undefined);
    assert.equal(resolve(world([profile("p", [{ ...a, enabled: false }])])), undefined);
    assert.equal(resolve(world([profile("p", [nested("self", "p")])])), undefined);
    assert.equal(resolve(world([])), undefined);
  });
});

describe("a Traffic Manager endpoint's status", () => {
  it("is told in Azure's words", () => {
    const endpoints = [
      endpoint("good"),
      endpoint("bad"),
      endpoint("new"),
      endpoint("off", { enabled: false }),
      endpoint("always", { alwaysServe: true }),
    ];
    const healths = { bad: "bad", new: "unknown" } as const;

    assert.deepEqual(statuses(world([profile("p", endpoints)], healths)), {
      good: "Online",
      bad: "Degraded",
      new: "CheckingEndpoint",
      off: "Disabled",
      always: "Unmonitored",
    });
    assert.deepEqual(statuses(world([profile("p", endpoints.slice(0, 1), { enabled: false })])), {
      good: "Inactive",
    });
  });

  for (const [what, child, healths, minimum, expected] of [
    ["every child is online", [endpoint("a"), endpoint("b")], {}, { any: 2 }, "Online"],
    ["too few are", [endpoint("a"), endpoint("b")], { a: "bad" }, { any: 2 }, "Degraded"],
    [
      "enough are, with the new",
      [endpoint("a"), endpoint("b")],
      { a: "unknown" },
      { any: 2 },
      "CheckingEndpoint",
    ],
    ["no child is asked for", [endpoint("a")], { a: "bad" }, { any: 0 }, "Online"],
    ["there are no children", [], {}, {}, "Stopped"],
    ["all are switched off", [endpoint("a", { enabled: false })], {}, {}, "Stopped"],
    ["too few have IPv6", [endpoint("a")], {}, { ipv6: 1 }, "Degraded"],
    ["one has IPv6", [endpoint("a", { target: { host: "[::1]:80" } })], {}, { ipv6: 1 }, "Online"],
    [
      "too few have IPv4",
      [endpoint("a", { target: { host: "::1" } })],
      {},
      { ipv4: 1 },
      "Degraded",
    ],
  ] as [string, TrafficEndpoint[], Record<string, Health>, Partial<ChildMinimum>, string][]) {
    it(`that is a profile is ${expected} when ${what}`, () => {
      const parent = profile("p", [nested("inner", "child", minimum)]);

      assert.equal(statuses(world([parent, profile("child", child)], healths))["inner"], expected);
    });
  }

  it("that is a profile which is switched off, or unknown, is Stopped", () => {
    const parent = profile("p", [nested("inner", "child")]);
    const off = profile("child", [endpoint("a")], { enabled: false });

    assert.equal(statuses(world([parent, off]))["inner"], "Stopped");
    assert.equal(statuses(world([parent]))["inner"], "Stopped");
  });

  for (const [found, expected] of [
    [["Online", "Disabled"], "Online"],
    [["Online", "Degraded"], "Degraded"],
    [["CheckingEndpoint", "Online"], "Online"],
    [["CheckingEndpoint", "Stopped"], "CheckingEndpoints"],
    [["Disabled", "Stopped"], "Inactive"],
    [[], "Inactive"],
  ] as const) {
    it(`makes a profile ${expected} when they are ${JSON.stringify(found)}`, () => {
      assert.equal(profileStatus({ enabled: true }, found), expected);
    });
  }
});
