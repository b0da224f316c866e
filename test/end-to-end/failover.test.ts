import { strict as assert } from "node:assert";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import type { Browser } from "playwright-core";
import { chromiumPath, launchBrowser } from "../support/browser";
import { breakDataCenter, purgeEdge, restoreDataCenter, setEdgeRetry } from "../support/faults";
import { LocalCloud, type StackOutputs, type Urls } from "../support/local-cloud";
import { isFailed, PlayerPage, type Viewer } from "../support/player";
import { mediaPlaylists, segmentUrls } from "../support/streaming";

const hosts = ["east", "west", "edge"] as const;
const root = join(__dirname, "..", "..");

describe("the sample video in two data centers", function () {
  this.timeout(300_000);
  let cloud: LocalCloud;
  let outputs: StackOutputs;

  const urls = (host: string): Urls => {
    const found = outputs.videos[0]?.urls[host];
    assert(found, `no URLs for ${host}`);
    return found;
  };

  before(async () => {
    cloud = await LocalCloud.create();
    await cloud.start();
    outputs = await cloud.outputs();
  });
  after(async () => {
    await cloud[Symbol.asyncDispose]();
  });

  describe("read by ffprobe", () => {
    before(async function () {
      try {
        await promisify(execFile)("ffprobe", ["-version"]);
      } catch {
        console.log("      skipped: there is no ffprobe on PATH");
        this.skip();
      }
    });

    for (const host of hosts) {
      for (const format of ["hls", "dash"] as const) {
        it(`is a video with sound, by ${format.toUpperCase()} from ${host}`, async () => {
          const { stdout } = await promisify(execFile)("ffprobe", [
            ...["-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0"],
            urls(host)[format],
          ]);
          const kinds = new Set(stdout.split("\n").map((line) => line.trim().split(",")[0]));
          assert(kinds.has("video") && kinds.has("audio"), stdout);
        });
      }
    }
  });

  describe("watched in a browser while data center east dies", () => {
    let browser: Browser | undefined;
    let page: PlayerPage;
    let viewer: Viewer | undefined;

    before(async function () {
      const path = chromiumPath();
      if (path === undefined) {
        console.log(
          "      skipped: there is no Chromium on this machine (CHROMIUM_PATH names one)",
        );
        this.skip();
      }
      browser = await launchBrowser(path);
      page = await PlayerPage.start(browser);
    });
    after(async () => {
      await browser?.close();
      await page[Symbol.asyncDispose]();
    });
    beforeEach(async () => {
      // What an earlier viewer left in the edge's cache would need no data center at all.
      await purgeEdge(cloud);
    });
    afterEach(async () => {
      await viewer?.close();
      await setEdgeRetry(cloud, true);
      await restoreDataCenter(cloud, "east", outputs);
    });

    // Both measure the edge and the router: content steering would help the player out.
    // Whether the picture then stands depends on what was buffered: that is measured by `npm run soak`.
    it("lets failures through to players when the edge does not try them at the next origin", async () => {
      await setEdgeRetry(cloud, false);
      viewer = await page.play("hls", urls("edge").hls, { patient: true, steered: false });
      await viewer.until(({ time }) => time > 5, 60, "playing");
      await breakDataCenter(cloud, "east");

      const failed = () => viewer?.segments.some(isFailed) === true;
      const report = await viewer.until(failed, 60, "given an error");

      console.log(`        the first failure came at ${report.time.toFixed(1)} s of media time`);
    });

    it("goes on through Traffic Manager alone within its detection time plus TTL", async () => {
      const { detectionSeconds, ttlSeconds } = await declaredDetection(cloud);
      viewer = await page.play("hls", urls("trafficManager").hls, {
        patient: true,
        steered: false,
      });
      await viewer.until(({ time }) => time > 5, 60, "playing");
      const killedAt = Date.now();
      await breakDataCenter(cloud, "east");

      const allowed = detectionSeconds + ttlSeconds;
      await viewer.until(
        () => firstFrom(viewer, "west", killedAt) !== undefined,
        allowed + 10,
        "served by west",
      );
      const seconds = ((firstFrom(viewer, "west", killedAt) ?? 0) - killedAt) / 1000;
      console.log(
        `        west answered ${seconds.toFixed(1)} s after the kill; declared: ` +
          `${detectionSeconds} s to detect + ${ttlSeconds} s TTL`,
      );
      assert(seconds <= allowed, `${seconds} s is more than ${allowed} s`);
      const report = await viewer.until(({ ended }) => ended, 90, "at the end");
      assert.deepEqual(report.errors, []);
    });
  });

  describe("drilled", () => {
    const drill = async (
      signal: NodeJS.Signals,
    ): Promise<{ status: number | null; printed: string }> => {
      const child = spawn(
        process.execPath,
        [...["-r", "tsx/cjs", "drill/main.ts"], ...drillArguments],
        { cwd: root, env: { ...process.env, TWINSTREAM_HOME: cloud.home } },
      );
      let printed = "";
      const take = (chunk: Buffer): void => {
        printed += chunk.toString();
        if (printed.includes("killed (drill)")) child.kill(signal);
      };
      child.stdout.on("data", take);
      child.stderr.on("data", take);
      const [status] = (await once(child, "close")) as [number | null];
      return { status, printed };
    };
    const drillArguments = ["--no-browser", "--sample", "2", "--output"];
    const compared = (): ReturnType<LocalCloud["command"]> =>
      cloud.command("drill/main.ts", "--check-only", ...drillArguments);
    before(() => {
      drillArguments.push(join(cloud.home, "drill-report"));
    });

    it("finds every data center and the edge to offer the same", async () => {
      const { status, output } = await compared();
      assert.equal(status, 0, output);
      assert.match(output, /same +segments +.*east, west, edge, trafficManager/);
      assert.match(output, /same +locator +.*\(asked\)/);
    });

    it("brings the data center back when it is told to end", async () => {
      const { status, printed } = await drill("SIGTERM");
      assert.equal(status, 130, printed);
      assert.match(printed, /restored \(drill\): east is brought back/);
      assert.match(printed, /interrupted; report: /);
      await restoreDataCenter(cloud, "east", outputs);
    });

    it("brings back first what a drill that was killed has left away", async () => {
      const { status, printed } = await drill("SIGKILL");
      assert.equal(status, null, printed);
      const { ok } = await fetch(`http://${outputs.origins["east"] ?? ""}/readyz`);
      assert.equal(ok, false, "east is away still");

      const { output } = await compared();
      assert.match(output, /an earlier drill left east away .*: it is brought back/);
      await restoreDataCenter(cloud, "east", outputs);
    });
  });

  it("lists the same segments in both data centers", async () => {
    const relative = async (host: string): Promise<string[]> => {
      const playlists = await mediaPlaylists(urls(host).hls);
      const lists = await Promise.all(playlists.map((playlist) => segmentUrls(playlist)));
      return lists.flat().map((url) => new URL(url).pathname);
    };
    assert.deepEqual(await relative("west"), await relative("east"));
  });
});

function firstFrom(viewer: Viewer | undefined, dataCenter: string, since: number) {
  return viewer?.segments.find(
    (answer) => answer.dataCenter === dataCenter && answer.at > since && answer.status < 300,
  )?.at;
}

/** Azure's formula: a probe interval for each failure that is tolerated and one more, and the time-out. */
async function declaredDetection(
  cloud: LocalCloud,
): Promise<{ detectionSeconds: number; ttlSeconds: number }> {
  const { output } = await cloud.pulumi("stack", "export");
  const state = JSON.parse(output.slice(output.indexOf("{"))) as {
    deployment: { resources: { type: string; inputs: Record<string, unknown> }[] };
  };
  const profile = state.deployment.resources.find(
    ({ type }) => type === "azure-native:trafficmanager:Profile",
  );
  assert(profile);
  const monitor = profile.inputs["monitorConfig"] as Record<string, number>;
  const dns = profile.inputs["dnsConfig"] as Record<string, number>;
  const interval = monitor["intervalInSeconds"] ?? 0;
  const tolerated = monitor["toleratedNumberOfFailures"] ?? 0;
  const timeout = monitor["timeoutInSeconds"] ?? 0;
  return {
    detectionSeconds: interval * (tolerated + 1) + timeout,
    ttlSeconds: dns["ttl"] ?? 0,
  };
}
