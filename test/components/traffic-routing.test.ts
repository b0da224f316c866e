import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { endpointPriority } from "../../components/endpoint-priority";
import { TrafficRouting, type TrafficRoutingArgs } from "../../components/traffic-routing";
import { deploy, ofType, resource, settled } from "./deploy";

const args: TrafficRoutingArgs = {
  resourceGroupName: "group",
  relativeName: "label",
  origins: [
    { name: "east", host: "east.test", priority: 2 },
    { name: "west", host: "west.test", priority: 1 },
  ],
  publicScheme: "https",
};

describe("TrafficRouting", () => {
  it("declares a router by priority that probes at the fastest pace", async () => {
    const deployment = await deploy(() => new TrafficRouting("router", args));

    assert.deepEqual(resource(deployment, "azure-native:trafficmanager:Profile", "router").inputs, {
      resourceGroupName: "group",
      profileName: "label",
      location: "global",
      profileStatus: "Enabled",
      trafficRoutingMethod: "Priority",
      dnsConfig: { relativeName: "label", ttl: 10 },
      monitorConfig: {
        protocol: "HTTPS",
        port: 443,
        path: "/readyz",
        intervalInSeconds: 10,
        timeoutInSeconds: 5,
        toleratedNumberOfFailures: 3,
        expectedStatusCodeRanges: [{ min: 200, max: 200 }],
      },
    });
  });

  it("names an endpoint after each data center, with its host and its rank", async () => {
    const deployment = await deploy(() => new TrafficRouting("router", args));
    const endpoints = ofType(deployment, "azure-native:trafficmanager:Endpoint");
    const expected = (name: string, priority: number) => ({
      resourceGroupName: "group",
      profileName: "label",
      endpointName: name,
      endpointType: "ExternalEndpoints",
      target: `${name}.test`,
      priority,
      endpointStatus: "Enabled",
    });

    assert.deepEqual(Object.keys(endpoints).sort(), ["router-east", "router-west"]);
    assert.deepEqual(
      endpoints["router-east"]?.inputs,
      expected("east", endpointPriority("east", 2)),
    );
    assert.deepEqual(
      endpoints["router-west"]?.inputs,
      expected("west", endpointPriority("west", 1)),
    );
  });

  it("probes over plain http where that is the scheme", async () => {
    const deployment = await deploy(
      () => new TrafficRouting("router", { ...args, publicScheme: "http" }),
    );
    const { inputs } = resource(deployment, "azure-native:trafficmanager:Profile", "router");
    const { protocol, port } = inputs["monitorConfig"] as { protocol: string; port: number };

    assert.deepEqual({ protocol, port }, { protocol: "HTTP", port: 80 });
  });

  it("gives the router's host", async () => {
    let routing: TrafficRouting | undefined;
    await deploy(() => (routing = new TrafficRouting("router", args)));
    assert(routing);

    assert.deepEqual(await settled(routing.host), { value: "label.router.test", secret: false });
  });
});

describe("endpointPriority", () => {
  it("orders data centers by rank, within what Traffic Manager knows", () => {
    const priorities = ["north", "east", "west", "south", "center"].map((name, index) =>
      endpointPriority(name, index + 1),
    );

    assert.deepEqual(
      priorities,
      [...priorities].sort((a, b) => a - b),
    );
    assert((priorities[0] ?? 0) >= 1);
    assert((priorities[4] ?? 0) <= 1000);
  });

  it("lets two data centers change places one after the other without ever sharing one", () => {
    for (const [name, other] of [
      ["east", "west"],
      ["east", "north"],
      ["west", "north"],
    ] as const) {
      for (const [rank, otherRank] of [
        [1, 2],
        [2, 3],
        [1, 5],
      ] as const) {
        assert.notEqual(endpointPriority(name, otherRank), endpointPriority(other, otherRank));
        assert.notEqual(endpointPriority(other, rank), endpointPriority(name, rank));
      }
    }
  });
});
