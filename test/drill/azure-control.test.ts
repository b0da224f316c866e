import { strict as assert } from "node:assert";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { afterEach, beforeEach, describe, it } from "mocha";
import { AzureControl } from "../../drill/control/azure-control";

const ORIGIN =
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.Cdn/profiles/p/originGroups/o/origins/east";
const ENDPOINT =
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/trafficManagerProfiles/p/ExternalEndpoints/east";

interface Patch {
  properties: Record<string, string>;
}

describe("a data center of an Azure stack", () => {
  let server: Server;
  let control: AzureControl;
  /** What Azure Resource Manager holds, by id. */
  let resources: Record<string, Record<string, string>>;
  let calls: string[];
  /** Answers in the manager's place. */
  let refuse: (method: string, path: string) => number | undefined;
  /** Changes are taken over only so many readings after they were accepted. */
  let lag: number;

  beforeEach(async () => {
    resources = {
      [ORIGIN]: { enabledState: "Enabled" },
      [ENDPOINT]: { endpointStatus: "Enabled" },
    };
    calls = [];
    refuse = () => undefined;
    lag = 0;
    const pending = new Map<string, { readings: number; properties: Record<string, string> }>();
    server = createServer((request, response) => {
      void (async () => {
        const url = new URL(request.url ?? "/", "http://arm.test");
        const { method = "" } = request;
        calls.push(`${method} ${url.pathname}?${url.searchParams.toString()}`);
        const status = refuse(method, url.pathname);
        const found = resources[url.pathname];
        if (request.headers.authorization !== "Bearer a token")
          return response.writeHead(401).end();
        if (status !== undefined) return response.writeHead(status).end("says the test");
        if (found === undefined) return response.writeHead(404).end("ResourceNotFound");
        if (method === "PATCH") {
          const { properties } = (await json(request)) as Patch;
          pending.set(url.pathname, { readings: lag, properties });
          return response.writeHead(202).end();
        }
        const change = pending.get(url.pathname);
        if (change && change.readings-- <= 0) Object.assign(found, change.properties);
        return response.writeHead(200).end(JSON.stringify({ properties: found }));
      })();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    control = new AzureControl(
      { switches: { east: { origin: ORIGIN, endpoint: ENDPOINT }, west: {} } },
      {
        managementUrl: `http://127.0.0.1:${port}`,
        token: () => Promise.resolve("a token"),
        pollMs: 5,
      },
    );
  });
  afterEach(() => {
    server.close();
  });

  it("is left out by Front Door and by Traffic Manager, and let in again", async () => {
    lag = 3;
    const undo = await control.prepare("east");
    await control.takeAway("east");
    assert.deepEqual(resources, {
      [ORIGIN]: { enabledState: "Disabled" },
      [ENDPOINT]: { endpointStatus: "Disabled" },
    });

    await control.bringBack("east", undo);
    assert.deepEqual(resources, {
      [ORIGIN]: { enabledState: "Enabled" },
      [ENDPOINT]: { endpointStatus: "Enabled" },
    });
    assert(calls.includes(`PATCH ${ORIGIN}?api-version=2024-02-01`));
    assert(calls.includes(`PATCH ${ENDPOINT}?api-version=2022-04-01`));
  });

  it("is not touched when somebody else has taken it away already", async () => {
    Object.assign(resources[ENDPOINT] ?? {}, { endpointStatus: "Disabled" });

    await assert.rejects(control.prepare("east"), /ExternalEndpoints\/east is Disabled already/);
    assert(!calls.some((call) => call.startsWith("PATCH")));
  });

  it("is let in by the one even when the other refuses", async () => {
    const undo = await control.prepare("east");
    await control.takeAway("east");
    refuse = (method, path) => (method === "PATCH" && path === ORIGIN ? 500 : undefined);

    await assert.rejects(control.bringBack("east", undo), /PATCH .*origins\/east was answered 500/);
    assert.equal(resources[ENDPOINT]?.["endpointStatus"], "Enabled");
  });

  it("comes back from a note that a killed drill has left, which may lack what was before", async () => {
    await control.takeAway("east");
    await control.bringBack("east", {});

    assert.equal(resources[ORIGIN]?.["enabledState"], "Enabled");
  });

  it("says so when the stack has nothing to switch", async () => {
    await assert.rejects(control.prepare("west"), /no Front Door origin and no endpoint for west/);
  });
});
