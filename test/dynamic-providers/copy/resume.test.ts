import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { copyContainer } from "../../../dynamic-providers/operations/copy/copy-container";
import { isCommit, isPutBlock, type ProxiedRequest, startStoreProxy } from "./store-proxy";
import {
  contentOf,
  newContainer,
  putBlob,
  putBlobWithoutMd5,
  recordEvents,
  type TestStores,
  startTestStores,
} from "./stores";

const MIB = 1024 * 1024;
const LARGE_BLOCKS = 10;
const KILLS = 5;

describe("a copy that is killed (SIGKILL)", function () {
  this.timeout(60_000);
  let stores: TestStores;

  before(async () => {
    stores = await startTestStores();
  });
  after(() => stores.stop());

  for (let kill = 1; kill <= KILLS; kill += 1) {
    const killAfter = randomInt(1, LARGE_BLOCKS);
    it(`goes on where it was: kill ${kill}, after ${killAfter} of ${LARGE_BLOCKS} blocks`, async () => {
      const [source, target] = await Promise.all([
        newContainer(stores.east),
        newContainer(stores.west),
      ]);
      await putBlobWithoutMd5(source, "large.mp4", randomBytes(LARGE_BLOCKS * MIB));
      const staged = new Map<string, number>();
      let onStaged = (): void => undefined;
      await using proxy = await startStoreProxy(target.sasUrl, {
        after: (request, answer) => {
          if (!isPutBlock(request) || answer.status !== 201) return;
          const id = request.url.searchParams.get("blockid") ?? "";
          staged.set(id, (staged.get(id) ?? 0) + 1);
          onStaged();
        },
      });
      const urls = { sourceUrl: source.sasUrl, targetUrl: proxy.through(target.sasUrl) };

      await killedCopy(urls, (stop) => {
        onStaged = () => {
          if (staged.size >= killAfter) stop();
        };
      });
      await proxy.idle();
      onStaged = () => undefined;
      const stagedByTheKilled = staged.size;
      await resume(urls);

      assert.ok(stagedByTheKilled >= killAfter);
      assert.deepEqual([...staged.values()], Array(LARGE_BLOCKS).fill(1));
      assert.deepEqual(await contentOf(target), await contentOf(source));
    });
  }

  for (const { moment, when } of [
    { moment: "before a commit", when: (request: ProxiedRequest) => isCommit(request) },
    {
      moment: "between the commit of a resumed blob and its comparison",
      when: ({ method, headers }: ProxiedRequest) =>
        method === "GET" && headers["x-ms-range"] !== undefined,
    },
  ]) {
    it(`ends in the same state when it is killed ${moment}`, async () => {
      const [source, target] = await Promise.all([
        newContainer(stores.east),
        newContainer(stores.west),
      ]);
      await putBlob(source, "small", randomBytes(10));
      await putBlobWithoutMd5(source, "large.mp4", randomBytes(3 * MIB));
      let blocks = 0;
      let stopAtBlock = true;
      let stop: (() => void) | undefined;
      await using proxy = await startStoreProxy(target.sasUrl, {
        before: (request) => {
          if (when(request)) stop?.();
          return undefined;
        },
        after: (request) => {
          // The first child leaves a block behind, so that the second has to resume.
          if (isPutBlock(request) && (blocks += 1) === 2 && stopAtBlock) stop?.();
        },
      });
      const urls = { sourceUrl: source.sasUrl, targetUrl: proxy.through(target.sasUrl) };

      await killedCopy(urls, (kill) => (stop = kill));
      await proxy.idle();
      stopAtBlock = false;
      await killedCopy(urls, (kill) => (stop = kill));
      await proxy.idle();
      stop = undefined;
      await resume(urls);

      assert.deepEqual(await contentOf(target), await contentOf(source));
      const { contentMD5 } = await target.client.getBlobClient("large.mp4").getProperties();
      assert.notEqual(contentMD5, undefined);
    });
  }
});

interface Urls {
  readonly sourceUrl: string;
  readonly targetUrl: string;
}

/** Runs a copy in a process of its own until the test kills it. */
async function killedCopy(urls: Urls, arm: (kill: () => void) => void): Promise<void> {
  const child = spawn(process.execPath, ["-r", "tsx/cjs", join(__dirname, "copy-child.ts")], {
    env: { ...process.env, COPY_SOURCE_URL: urls.sourceUrl, COPY_TARGET_URL: urls.targetUrl },
    stdio: "inherit",
  });
  arm(() => child.kill("SIGKILL"));
  const [status, signal] = (await once(child, "exit")) as [number | null, string | null];
  assert.equal(signal, "SIGKILL", `the copy ended by itself with status ${String(status)}`);
}

async function resume(urls: Urls): Promise<void> {
  await copyContainer({
    ...urls,
    options: { serverSideCopy: "never", blockSizeMiB: 1 },
    events: recordEvents(),
  });
}
