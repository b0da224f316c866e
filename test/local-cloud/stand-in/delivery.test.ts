import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { after, before, describe, it } from "mocha";
import { type CloudConfig, readCloudConfig } from "../../../local-cloud/config";
import { LocalCloud } from "../../../local-cloud/local-cloud";
import { ScratchStack } from "../../engine/support/scratch-stack";
import { ToyOrigin } from "../edge/toy-origin";
import { until } from "../until";

const root = resolve(__dirname, "../../..");
const program = { project: "delivery", directory: resolve(__dirname, "../programs/delivery") };
const manifest = `#EXTM3U\n${"#EXTINF:2.0,\nFragments(video=0,format=m3u8-cmaf)\n".repeat(100)}`;
const path = "/fb403e51-8536-45ff-b4a2-e7602eaa44e3/bunny.ism";

/** What the program's declarations come to in the local cloud, with toy origins behind them. */
describe("Front Door and Traffic Manager, declared under a domain", function () {
  this.timeout(300_000);
  let config: CloudConfig;
  let cloud: LocalCloud;
  let stack: ScratchStack;
  let origins: ToyOrigin[];
  let plan = "";

  const settings = (activePath: string) => ({
    origins: origins.map(({ name, host }, index) => ({ name, host, priority: index + 1 })),
    frontDoorSku: "premium",
    activePath,
  });
  const control = (body: object): Promise<Response> =>
    fetch(`${cloud.controlUrl}/resources`, {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const idOf = async (type: string, name: string): Promise<string> => {
    const response = await fetch(`${cloud.controlUrl}/resources`);
    const all = (await response.json()) as { id: string; type: string }[];
    const found = all.find((each) => each.type === type && each.id.endsWith(`/${name}`));
    assert(found, `${type} ${name} is not declared`);
    return found.id;
  };
  const endpointType = "azure-native:trafficmanager:Endpoint";

  before(async () => {
    const home = mkdtempSync(join(tmpdir(), "twinstream-cloud-"));
    config = readCloudConfig({ ...process.env, TWINSTREAM_HOME: home }, root);
    cloud = await LocalCloud.open(config, { edgeRetry: true });
    origins = await Promise.all(
      ["east", "west"].map((name) =>
        ToyOrigin.start(name, (request, response) => {
          const type = request.url?.includes("/manifest")
            ? "application/vnd.apple.mpegurl"
            : "text/plain";
          response.writeHead(200, { "content-type": type, "x-origin": name }).end(manifest);
        }),
      ),
    );
    stack = new ScratchStack("dev", program);
    stack.environment["PULUMI_DEBUG_PROVIDERS"] = cloud.providers;
    stack.set(settings("front-door"));
    await stack.must("stack", "init", "dev");
    plan = await stack.must("up", "--yes");
  });
  after(async () => {
    stack.dispose();
    await cloud[Symbol.asyncDispose]();
    for (const origin of origins) await origin[Symbol.asyncDispose]();
    rmSync(config.home, { recursive: true, force: true });
  });

  /** Asks a port as a viewer of the domain, without a client that decompresses by itself. */
  async function ask(port: number | undefined, url: string) {
    const options = { port, path: url, headers: { "accept-encoding": "gzip" }, agent: false };
    const response = await new Promise<IncomingMessage>((done, fail) => {
      get({ host: "127.0.0.1", ...options }, done).once("error", fail);
    });
    const parts: Buffer[] = [];
    for await (const part of response) parts.push(part as Buffer);
    return { headers: response.headers, body: Buffer.concat(parts) };
  }
  const frontDoorPort = () => cloud.frontDoor.status().endpoints[0]?.port;
  const viewersPort = () =>
    cloud.trafficManager.status().find(({ name }) => name === "films-viewers")?.port;

  it("are complete in the plan, and say what nothing here acts on", () => {
    for (const resource of ["frontdoor:Policy", "cdn:SecurityPolicy", "cdn:Secret"]) {
      assert.match(plan, new RegExp(`azure-native:${resource} .*create`));
      assert(
        cloud.earlyNotices.some((text) => text.includes(`azure-native:${resource} is recorded`)),
        cloud.earlyNotices.join("\n"),
      );
    }
  });

  it("compress manifests, as the route declares, and keep them", async () => {
    const url = `${path}/manifest(format=m3u8-cmaf)`;
    const first = await ask(frontDoorPort(), url);
    const second = await ask(frontDoorPort(), url);

    assert.equal(first.headers["content-encoding"], "gzip");
    assert.equal(gunzipSync(first.body).toString(), manifest);
    assert.equal(second.headers["x-cache"], "TCP_HIT");
  });

  it("keep nothing that no rule names", async () => {
    await ask(frontDoorPort(), "/api/Assets");
    const second = await ask(frontDoorPort(), "/api/Assets");

    assert.notEqual(second.headers["x-cache"], "TCP_HIT");
    assert.equal(second.headers["content-encoding"], undefined);
  });

  it("answer questions for the domain by way of the switch", async function () {
    const dig = async (...args: string[]): Promise<string[]> => {
      const port = String(cloud.dns?.port);
      const options = ["@127.0.0.1", "-p", port, "+short", "+tries=1", ...args];
      return (await promisify(execFile)("dig", options)).stdout.trim().split("\n");
    };
    if (!(await hasDig())) {
      console.log("      skipped: there is no dig");
      this.skip();
    }

    assert.deepEqual(await dig("video.example.com", "A"), [
      "films-viewers.trafficmanager.net.",
      "front-door.endpoints.internal.",
      "127.0.0.1",
    ]);
    assert.deepEqual(await dig("video.example.com", "CNAME"), [
      "films-viewers.trafficmanager.net.",
    ]);
    assert.match((await dig("_dnsauth.video.example.com", "TXT"))[0] ?? "", /^"[0-9a-f]{32}"$/);
  });

  it("lead to Front Door until somebody switches, which shows as drift, and can be undone", async () => {
    const direct = await idOf(endpointType, "data-centers");
    const frontDoor = await idOf(endpointType, "front-door");
    assert.match(String((await ask(viewersPort(), `${path}/x`)).headers["x-edge"]), /./);

    assert.equal(
      (await control({ id: direct, inputs: { endpointStatus: "Enabled" } })).status,
      200,
    );
    const off = await control({ id: frontDoor, inputs: { endpointStatus: "Disabled" } });
    assert.equal(off.status, 200);
    await until("direct", async () => {
      const { headers } = await ask(viewersPort(), `${path}/x`);
      return headers["x-edge"] === undefined && headers["x-origin"] === "east";
    });

    const refreshed = await stack.must("refresh", "--yes");
    assert.match(refreshed, /viewers-direct/);
    const undone = await stack.must("preview", "--diff");
    assert.match(undone, /endpointStatus.*"Disabled" => "Enabled"/);
    assert.match(undone, /2 to update/);
  });

  it("keep the switch where the configuration says so, and go back when it no longer does", async () => {
    stack.set(settings("direct"));
    const kept = await stack.must("preview", "--diff");
    assert.doesNotMatch(kept, /to update|to create|to delete|to replace/);

    stack.set(settings("front-door"));
    await stack.must("up", "--yes", "--skip-preview");

    await until("Front Door", async () => {
      const { headers } = await ask(viewersPort(), `${path}/x`);
      return headers["x-edge"] !== undefined;
    });
    assert.match(await stack.must("preview"), /unchanged/);
  });

  it("refuse a switch that Azure doesn't know, and one of nothing", async () => {
    const id = await idOf(endpointType, "data-centers");
    const wrong = await control({ id, inputs: { endpointStatus: "On" } });
    const moved = await control({ id, inputs: { endpointName: "others" } });
    const absent = await control({ id: `${id}x`, inputs: { endpointStatus: "Enabled" } });

    assert.deepEqual([wrong.status, moved.status, absent.status], [400, 400, 404]);
    assert.match(await wrong.text(), /endpointStatus .*\\"On\\" is not one of Enabled, Disabled/);
  });
});

async function hasDig(): Promise<boolean> {
  try {
    await promisify(execFile)("dig", ["-v"]);
    return true;
  } catch {
    return false;
  }
}
