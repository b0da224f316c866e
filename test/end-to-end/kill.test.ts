import { strict as assert } from "node:assert";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import {
  type AccountContents,
  accountConnections,
  accountContents,
  contentHash,
  partOfVideo,
} from "../support/account-contents";
import { restoreService } from "../support/faults";
import { LocalCloud } from "../support/local-cloud";
import { descendants } from "../support/process-tree";

/** What is killed, and how its process is found below the `up` that is running. */
const victims = {
  engine: /engine[/\\]cli\.ts/,
  "dynamic provider": /dynamic-provider/,
  worker: undefined, // the media service of east, which the cloud itself runs
} as const;

/** The step during which it is killed, by the line that says that the step began. */
const moments = {
  upload: /MezzanineAsset \S+ creating/,
  encode: /EncodingJob \S+ creating/,
  copy: /AssetCopy \S+ creating/,
  "file infos": /AssetFiles \S+ creating/,
  locator: /StreamingLocator \S+-west creating/,
} as const;

/** The longest wait after that line, in milliseconds: about as long as the step takes. */
const spreadMs = {
  upload: 300,
  encode: 2_000,
  copy: 500,
  "file infos": 100,
  locator: 100,
} as const;

describe("kill -9 through the engine", function () {
  this.timeout(180_000);
  let cloud: LocalCloud;
  const names: string[] = [];
  let reference: { east: AccountContents; west: AccountContents["assets"][number]; hash: string };

  before(async function () {
    if (process.platform === "win32") {
      console.log("      skipped: Windows has no kill -9");
      this.skip();
    }
    cloud = await LocalCloud.create({
      config: { videos: [] },
    });
    await cloud.start();
    const name = await addVideo();
    const { status, output } = await cloud.pulumi("up", "--yes", "--skip-preview");
    assert.equal(status, 0, output);
    const { east, west } = await bothAccounts();
    const [replica] = west.assets;
    assert(replica);
    reference = { east: partOfVideo(east, name), west: replica, hash: await hashOf(name, "east") };
    assert.equal(reference.east.assets.length, 2);
  });
  after(async () => {
    await (cloud as LocalCloud | undefined)?.[Symbol.asyncDispose]();
  });

  for (const [victim, pattern] of Object.entries(victims)) {
    for (const [moment, began] of Object.entries(moments)) {
      it(`of the ${victim} during ${moment}: one plain re-run ends in the same state`, async () => {
        const name = await addVideo();
        const waitMs = Math.random() * spreadMs[moment as keyof typeof spreadMs];
        await upKilled(began, waitMs, () => pidOf(pattern));
        if (!pattern) await restoreService(cloud, "east");

        const { status, output } = await cloud.pulumi("up", "--yes", "--skip-preview");

        const context = `killed ${waitMs.toFixed(0)} ms after ${moment} began; then:\n${output}`;
        assert.equal(status, 0, context);
        const { east, west } = await bothAccounts();
        assert.deepEqual(partOfVideo(east, name), reference.east, context);
        assert.equal(west.assets.length, names.length, context);
        for (const asset of west.assets) assert.deepEqual(asset, reference.west, context);
        assert.equal(west.locators.length, names.length, context);
        const hashes = await Promise.all(["east", "west"].map((host) => hashOf(name, host)));
        assert.deepEqual(hashes, [reference.hash, reference.hash], context);
      });
    }
  }

  it("leaves nothing to do", async () => {
    const { status, output } = await cloud.pulumi("preview", "--expect-no-changes");
    assert.equal(status, 0, output);
  });

  it("leaves nothing that no stack owns", async () => {
    for (const account of ["east", "west"]) {
      const { status, output } = await cloud.command("local-cloud/clean.ts", "--account", account);
      assert.equal(status, 0, output);
      assert.match(output, /nothing/i);
    }
  });

  async function addVideo(): Promise<string> {
    const name = `clip${String(names.length).padStart(2, "0")}`;
    names.push(name);
    await cloud.configure({
      videos: names.map((each) => ({ name: each, file: "test/fixtures/tiny-clip.mp4" })),
    });
    return name;
  }

  async function hashOf(name: string, host: string): Promise<string> {
    const { videos } = await cloud.outputs();
    const video = videos.find((each) => each.name === name);
    return contentHash(video?.urls[host]?.hls ?? "");
  }

  async function bothAccounts(): Promise<{ east: AccountContents; west: AccountContents }> {
    const connections = await accountConnections(cloud);
    const { east, west } = connections;
    assert(east && west, Object.keys(connections).join());
    return { east: await accountContents(east), west: await accountContents(west) };
  }

  async function pidOf(pattern: RegExp | undefined): Promise<number> {
    if (!pattern) {
      const { processes, dataCenters } = await cloud.facts();
      const pid = processes[dataCenters["east"]?.service ?? ""];
      assert(pid !== undefined, JSON.stringify(processes));
      return pid;
    }
    const found = (await descendants(upPid)).filter(({ command }) => pattern.test(command));
    const victim = found.at(-1);
    assert(victim, `no process matches ${pattern.source}`);
    return victim.pid;
  }

  let upPid = 0;

  /** Runs `up` and kills a process of it some time after a line was printed. */
  async function upKilled(
    began: RegExp,
    waitMs: number,
    victimPid: () => Promise<number>,
  ): Promise<void> {
    const up = cloud.spawnPulumi("up", "--yes", "--skip-preview");
    upPid = up.pid ?? 0;
    const closed = once(up, "close");
    let printed = "";
    const reached = new Promise<boolean>((resolve) => {
      const take = (chunk: Buffer): void => {
        printed += chunk.toString();
        if (began.test(printed)) resolve(true);
      };
      up.stdout?.on("data", take);
      up.stderr?.on("data", take);
      void closed.then(() => {
        resolve(false);
      });
    });
    assert(await reached, `up never came to ${began.source}:\n${printed}`);
    const pid = await victimPid();
    await delay(waitMs);
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      // The step, and with it the run, may have ended first: then this is a run that was not killed.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
    await closed;
  }
});
