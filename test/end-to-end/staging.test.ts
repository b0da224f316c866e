import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "mocha";
import { dashSegments } from "../../drill/checks/dash";
import { until } from "../local-cloud/until";
import { type ExportedResource, exportedResources } from "../support/exported-state";
import { breakDataCenter, changeByHand, purgeEdge } from "../support/faults";
import { LocalCloud, type StackOutputs, type Urls } from "../support/local-cloud";
import {
  firstSegments,
  loadSegment,
  loadText,
  mediaPlaylists,
  segmentUrls,
} from "../support/streaming";

const clip = { name: "clip", file: "test/fixtures/tiny-clip.mp4" };
const hosts = ["east", "west", "edge", "trafficManager"] as const;
const encoder = "service:encode-staging-east";

interface Container {
  readonly env: readonly { readonly name: string; readonly value?: string }[];
}
interface Template {
  readonly containers: readonly Container[];
  readonly scale: Readonly<Record<string, unknown>>;
}

describe("stack staging, in a local cloud of its own", function () {
  this.timeout(480_000);
  let cloud: LocalCloud;
  let apps: ExportedResource[];
  let outputs: StackOutputs;
  /** Of the processes that have run, by name; nothing where the system does not show them. */
  const environments = new Map<string, string[]>();

  before(async () => {
    cloud = await LocalCloud.create({ stack: "staging", config: { videos: [] } });
    await cloud.start();
    const resources = await exportedResources(cloud);
    apps = resources.filter(({ type }) => type === "azure-native:app:ContainerApp");
  });
  after(async () => {
    await (cloud as LocalCloud | undefined)?.[Symbol.asyncDispose]();
  });

  const urls = (host: string): Urls => {
    const found = outputs.videos[0]?.urls[host];
    assert(found, `no URLs for ${host}`);
    return found;
  };
  const nameOf = ({ inputs }: ExportedResource): string => String(inputs?.["containerAppName"]);
  const templateOf = ({ inputs }: ExportedResource): Template => inputs?.["template"] as Template;

  it("runs the apps that it declares, and no worker while nothing is queued", async () => {
    assert.deepEqual(apps.map(nameOf).sort(), [
      ...["encode-staging-east", "encode-staging-west"],
      ...["media-staging-east", "media-staging-west"],
    ]);
    assert.deepEqual(await runningServices(), [
      "service:media-staging-east",
      "service:media-staging-west",
    ]);
  });

  it("starts a worker for what its queue holds, and ends it after the declared cool-down", async () => {
    const app = apps.find((each) => appProcess(each) === encoder);
    assert(app);
    const { scale, ...template } = templateOf(app);
    assert.equal(scale["cooldownPeriod"], 300);
    // Nobody waits five minutes here: it is made shorter where it is declared, and what is declared is obeyed.
    const shortened = { ...template, scale: { ...scale, cooldownPeriod: 2, pollingInterval: 1 } };
    await changeByHand(cloud, app.id ?? "", { template: shortened });

    await cloud.configure({ videos: [clip] });
    const up = cloud.spawnPulumi("up", "--yes", "--skip-preview");
    let printed = "";
    for (const stream of [up.stdout, up.stderr]) {
      stream?.on("data", (chunk: Buffer) => void (printed += chunk.toString()));
    }
    const closed = once(up, "close");
    await until("a worker runs", async () => (await runningServices()).includes(encoder), 120_000);
    await noteEnvironments();
    assert.deepEqual(await closed, [0, null], printed);
    outputs = await cloud.outputs();

    await until("no worker runs", async () => !(await runningServices()).includes(encoder), 60_000);
    assert.equal((await runningServices()).length, 2, "the data centers themselves stay");
  });

  it("plays the same bytes by HLS from both data centers, the edge and Traffic Manager", async () => {
    const played = await Promise.all(hosts.map((host) => firstSegments(urls(host).hls)));
    const [first] = played.map((segments) => segments.map(({ bytes }) => bytes));

    assert(first && first.length >= 4, "initialization and media of picture and sound");
    for (const segments of played) {
      assert.deepEqual(
        segments.map(({ bytes }) => bytes),
        first,
      );
    }
  });

  it("plays by DASH from each of them", async () => {
    for (const host of hosts) {
      const { dash } = urls(host);
      const tracks = dashSegments(await loadText(dash), dash);
      assert(tracks.size >= 2, `${host} names ${tracks.size} tracks`);
      for (const [, [init, media]] of tracks) {
        for (const segment of [init, media]) {
          assert((await loadSegment(segment?.url ?? "")).bytes.length > 0);
        }
      }
    }
  });

  it("gives its processes what it declares, and no account key", function () {
    if (environments.size === 0) {
      console.log("      skipped: this system has no /proc to look into");
      this.skip();
    }
    const keys = [...environments.values()]
      .flatMap((pairs) => pairs.find((pair) => pair.startsWith("AZURITE_ACCOUNTS=")) ?? [])
      .flatMap((pair) => pair.split(":").slice(1));
    assert.equal(keys.length, 4, "two stores with two keys each");
    const run = apps.filter((app) => environments.has(appProcess(app)));
    assert.equal(run.length, 3, "both services and a worker");

    for (const app of run) {
      const pairs = environments.get(appProcess(app)) ?? [];
      const declared = templateOf(app).containers[0]?.env ?? [];
      for (const { name, value } of declared) {
        // The local cloud is its own authority.
        if (value === undefined || name === "ENTRA_AUTHORITY") continue;
        assert(pairs.includes(`${name}=${value}`), `${name} is missing`);
      }
      assert(pairs.includes("STORAGE_ACCESS=identity"));
      assert(!pairs.some((pair) => pair.startsWith("MEDIA_ACCOUNT_KEY=")), nameOf(app));
      for (const key of keys) assert(!pairs.some((pair) => pair.includes(key)), nameOf(app));
      assert(!pairs.some((pair) => /^(?:STORAGE|MEDIA)_ACCOUNT_KEY=/.test(pair)), nameOf(app));
    }
  });

  it("has nothing to do in the next preview", async () => {
    const { status, output } = await cloud.pulumi("preview", "--expect-no-changes");

    assert.equal(status, 0, output);
    assert.match(output, /\d+ unchanged/);
    assert.doesNotMatch(output, /to (?:create|update|delete|replace)/);
  });

  it("shows what was changed by hand to the workflow that looks for drift every night", () => {
    const { status, stdout } = spawnSync("bash", ["scripts/workflow/drift.sh", "staging"], {
      encoding: "utf8",
      env: { ...process.env, CLOUD: "local", TWINSTREAM_HOME: cloud.home, SETTINGS: cloud.home },
    });

    assert.notEqual(status, 0, stdout);
    assert.match(stdout, /ContainerApp::east-encode\]/);
    assert.match(stdout, /~ cooldownPeriod *: 300 => 2/);
    assert.match(stdout, /1 to update/);
  });

  it("serves at the edge from west when east is lost", async () => {
    await breakDataCenter(cloud, "east");
    await purgeEdge(cloud);

    for (const format of ["hls", "dash"] as const) {
      const response = await fetch(urls("edge")[format]);
      assert.equal(response.headers.get("x-data-center"), "west");
      assert.equal(response.status, 200);
    }
    // Manifests name the other ways in, too: only what leads through the edge is asked here.
    const playlists = (await mediaPlaylists(urls("edge").hls)).filter(
      (url) => new URL(url).host === outputs.edgeHost,
    );
    assert(playlists.length >= 2);
    for (const playlist of playlists) {
      for (const url of (await segmentUrls(playlist)).slice(0, 2)) {
        assert.equal((await loadSegment(url)).headers.get("x-data-center"), "west");
      }
    }
  });

  function appProcess(app: ExportedResource): string {
    return `service:${nameOf(app)}`;
  }

  async function noteEnvironments(): Promise<void> {
    if (!existsSync("/proc/self/environ")) return;
    const { processes } = await cloud.facts();
    for (const [name, pid] of Object.entries(processes)) {
      environments.set(name, (await readFile(`/proc/${pid}/environ`, "utf8")).split("\0"));
    }
  }

  async function runningServices(): Promise<string[]> {
    const { processes } = await cloud.facts();
    return Object.keys(processes)
      .filter((name) => name.startsWith("service:"))
      .sort();
  }
});
