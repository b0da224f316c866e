import { strict as assert } from "node:assert";
import { randomBytes } from "node:crypto";
import { after, before, beforeEach, describe, it } from "mocha";
import { copyContainer } from "../../../dynamic-providers/operations/copy/copy-container";
import type { CopyOptions } from "../../../dynamic-providers/operations/copy/copy-options";
import {
  isAbortCopy,
  isPutBlock,
  isStartCopy,
  type ProxiedAnswer,
  type ProxiedRequest,
  type ProxyRules,
  startStoreProxy,
  storeError,
} from "./store-proxy";
import {
  contentOf,
  newContainer,
  putBlob,
  putBlobWithoutMd5,
  recordEvents,
  type TestContainer,
  type TestStores,
  startTestStores,
} from "./stores";

describe("letting the stores copy", function () {
  let stores: TestStores;
  let source: TestContainer;
  let target: TestContainer;

  before(async () => {
    stores = await startTestStores();
  });
  after(() => stores.stop());
  beforeEach(async () => {
    // Two accounts of one store: it can copy between them by itself.
    [source, target] = await Promise.all([newContainer(stores.east), newContainer(stores.eastToo)]);
  });

  async function copy(options: Partial<CopyOptions>, targetUrl = target.sasUrl) {
    const events = recordEvents();
    const report = await copyContainer({
      sourceUrl: source.sasUrl,
      targetUrl,
      options: { longestPollMs: 20, ...options },
      events,
    });
    return { report, events };
  }

  /** Copies through a proxy that stands before the target's store. */
  async function copyThrough(rules: ProxyRules, options: Partial<CopyOptions> = {}) {
    await using proxy = await startStoreProxy(target.sasUrl, rules);
    return await copy(options, proxy.through(target.sasUrl));
  }

  it("copies content, headers, metadata and tags, of empty blobs too, without a byte passing here", async () => {
    await putBlob(source, "folder/ü 100%+#?.mp4", {
      content: randomBytes(3_000),
      blobHTTPHeaders: { blobContentType: "video/mp4", blobCacheControl: "max-age=9" },
      metadata: { Owner: "team" },
      tags: { a: "b" },
    });
    await putBlob(source, "empty", Buffer.alloc(0));
    let blocks = 0;

    const { events, report } = await copyThrough(
      { before: (request) => void (blocks += isPutBlock(request) ? 1 : 0) },
      { serverSideCopy: "always" },
    );

    const blob = target.client.getBlobClient("folder/ü 100%+#?.mp4");
    const found = await blob.getProperties();
    assert.deepEqual(await contentOf(target), await contentOf(source));
    assert.equal(found.contentType, "video/mp4");
    assert.equal(found.cacheControl, "max-age=9");
    assert.equal(found.metadata?.["owner"], "team");
    assert.deepEqual((await blob.getTags()).tags, { a: "b" });
    assert.deepEqual(events.notes, []);
    assert.equal(events.progressed.at(-1), 3_000);
    assert.equal(report.copied, 2);
    assert.equal(blocks, 0);
  });

  it("reads both sides to compare what has no MD5, and then gives it one", async () => {
    await putBlobWithoutMd5(source, "video.mp4", randomBytes(3_000_000));

    await copy({ serverSideCopy: "always", blockSizeMiB: 1 });

    const { contentMD5 } = await target.client.getBlobClient("video.mp4").getProperties();
    assert.notEqual(contentMD5, undefined);
    assert.equal((await copy({ serverSideCopy: "always" })).report.copied, 0);
  });

  it("finds a copy that is not what the source is", async () => {
    await putBlobWithoutMd5(source, "video.mp4", randomBytes(1_000));
    const rules: ProxyRules = {
      after: async (request) => {
        if (isStartCopy(request))
          await target.client.getBlockBlobClient("video.mp4").upload("x".repeat(1_000), 1_000);
      },
    };

    await assert.rejects(copyThrough(rules), { code: "TargetDiffers" });
    assert.deepEqual(await contentOf(target), {});
  });

  it("never asks the store when told so", async () => {
    await putBlob(source, "video.mp4", randomBytes(1_000));
    let asked = 0;

    const { events } = await copyThrough(
      { before: (request) => void (asked += isStartCopy(request) ? 1 : 0) },
      { serverSideCopy: "never" },
    );

    assert.equal(asked, 0);
    assert.deepEqual(events.notes, []);
    assert.deepEqual(await contentOf(target), await contentOf(source));
  });

  describe("and waiting for them", () => {
    it("looks again as long as a copy is pending", async () => {
      await putBlob(source, "video.mp4", randomBytes(1_000));
      const store = pretend([...Array<string>(4).fill("pending"), "success"]);

      const { events } = await copyThrough(store.rules);

      assert.equal(store.looks(), 5);
      assert.equal(store.starts(), 1);
      assert.ok(events.progressed.includes(400));
      assert.deepEqual(await contentOf(target), await contentOf(source));
    });

    for (const status of ["failed", "aborted"]) {
      it(`starts a copy that ended as ${status} once more`, async () => {
        await putBlob(source, "video.mp4", randomBytes(1_000));
        const store = pretend(["pending", status, "pending", "success"]);

        const { events } = await copyThrough(store.rules);

        assert.equal(store.starts(), 2);
        assert.deepEqual(events.notes, [
          `The store's copy of video.mp4 ended: ${status}: 500 says the test; started once more`,
        ]);
        assert.deepEqual(await contentOf(target), await contentOf(source));
      });

      it(`ends with the store's reason when a copy ends as ${status} again`, async () => {
        await putBlob(source, "video.mp4", randomBytes(1_000));
        const store = pretend(["pending", status, status]);

        await assert.rejects(copyThrough(store.rules), {
          code: "ServerSideFailed",
          message: `The store's copy of video.mp4 ended: ${status}: 500 says the test`,
        });
        assert.equal(store.starts(), 2);
      });
    }

    it("does not take another copy's success for its own", async () => {
      await putBlob(source, "video.mp4", randomBytes(1_000));
      const store = pretend(["success"], { copyId: "somebody-elses" });

      await assert.rejects(copyThrough(store.rules), {
        message: "The store's copy of video.mp4 ended: another copy took its place",
      });
    });

    it("aborts a copy that makes no progress", async () => {
      await putBlob(source, "video.mp4", randomBytes(1_000));
      const store = pretend(Array<string>(500).fill("pending"));

      await assert.rejects(copyThrough(store.rules, { serverSideStallTimeoutMs: 100 }), {
        message: /no progress for 100 ms \(at 400\/1000\)/,
      });
      assert.equal(store.aborts(), 2);
    });

    it("aborts what an earlier run left pending, before it begins", async () => {
      await putBlob(source, "video.mp4", randomBytes(1_000));
      await copy({});
      await putBlob(source, "video.mp4", randomBytes(1_000));
      let aborts = 0;

      const { events } = await copyThrough({
        before: (request) => {
          if (!isAbortCopy(request)) return undefined;
          aborts += 1;
          return { status: 204, headers: {}, body: Buffer.alloc(0) };
        },
        after: ({ url }, answer) => {
          if (url.searchParams.get("comp") !== "list" || aborts > 0) return;
          const listing = answer.body.toString();
          answer.body = Buffer.from(listing.replace(">success<", ">pending<"));
        },
      });

      assert.equal(aborts, 1);
      assert.match(events.notes[0] ?? "", /^video\.mp4: aborting the store's copy/);
      assert.deepEqual(await contentOf(target), await contentOf(source));
    });

    it("aborts a pending copy that stands in the way of its own", async () => {
      await putBlob(source, "video.mp4", randomBytes(1_000));
      let starts = 0;

      await copyThrough({
        before: (request) =>
          isStartCopy(request) && (starts += 1) === 1
            ? storeError(409, "PendingCopyOperation")
            : undefined,
      });

      assert.equal(starts, 2);
      assert.deepEqual(await contentOf(target), await contentOf(source));
    });

    it("starts with the new version when the source changed meanwhile", async () => {
      await putBlob(source, "video.mp4", randomBytes(1_000));
      let changed = false;

      await copyThrough({
        before: async (request) => {
          if (!isStartCopy(request) || changed) return undefined;
          changed = true;
          await putBlob(source, "video.mp4", randomBytes(2_000));
          return undefined;
        },
      });

      assert.deepEqual(await contentOf(target), await contentOf(source));
    });
  });

  describe("which they refuse", () => {
    for (const { status, code } of [
      { status: 404, code: "CannotVerifyCopySource" },
      { status: 403, code: "CannotVerifyCopySource" },
      { status: 401, code: "CannotVerifyCopySource" },
      { status: 403, code: "AuthenticationFailed" },
      { status: 409, code: "CopyAcrossAccountsNotSupported" },
      { status: 501, code: "NotImplemented" },
    ]) {
      it(`relays after ${status} ${code}, asks no second time and says so once`, async () => {
        for (const name of ["a", "b", "c"]) await putBlob(source, name, randomBytes(1_000));
        let asked = 0;

        const { events } = await copyThrough({
          before: (request) => {
            if (!isStartCopy(request)) return undefined;
            asked += 1;
            return storeError(status, code);
          },
        });

        assert.equal(asked, 1);
        assert.deepEqual(events.notes, [
          "Copying through this machine, as the target store can't do it by itself: " +
            `HTTP ${status} ${code}: ${code} says the test`,
        ]);
        assert.deepEqual(await contentOf(target), await contentOf(source));
      });
    }

    it("relays between two stores that can't reach each other", async () => {
      target = await newContainer(stores.west);
      await putBlob(source, "video.mp4", randomBytes(1_000));

      const { events } = await copy({});

      assert.match(events.notes.join(), /HTTP 404 CannotVerifyCopySource/);
      assert.deepEqual(await contentOf(target), await contentOf(source));
    });

    it("fails instead of relaying where a server-side copy is demanded", async () => {
      target = await newContainer(stores.west);
      await putBlob(source, "video.mp4", randomBytes(1_000));

      await assert.rejects(copy({ serverSideCopy: "always" }), {
        code: "ServerSideRefused",
        message: /serverSideCopy is "always".*CannotVerifyCopySource.*use "auto" or "never"/,
      });
    });

    it("does not relay after an error that has another cause", async () => {
      await putBlob(source, "video.mp4", randomBytes(1_000));
      let blocks = 0;
      const rules: ProxyRules = {
        before: (request) => {
          if (isPutBlock(request)) blocks += 1;
          return isStartCopy(request) ? storeError(412, "LeaseIdMissing") : undefined;
        },
      };

      await assert.rejects(copyThrough(rules), { message: /HTTP 412 LeaseIdMissing/ });
      assert.equal(blocks, 0);
    });
  });

  describe("which have the same name", () => {
    beforeEach(async () => {
      target = await newContainer(stores.namesake);
      await putBlob(source, "video.mp4", randomBytes(1_000));
    });

    it("does not ask a store that could mistake the source for its own", async () => {
      const { events } = await copy({});

      assert.deepEqual(events.notes, [
        "Copying through this machine, as the target store can't do it by itself: " +
          'both stores call themselves "copyeast" but have different hosts',
      ]);
      assert.deepEqual(await contentOf(target), await contentOf(source));
    });

    it("fails where a server-side copy is demanded", async () => {
      await assert.rejects(copy({ serverSideCopy: "always" }), { code: "ServerSideRefused" });
      assert.deepEqual(await contentOf(target), {});
    });
  });
});

/** A store that copies at once, but pretends to take its time: each look at the copy gives the next status. */
function pretend(statuses: readonly string[], { copyId }: { copyId?: string } = {}) {
  let [starts, looks, aborts] = [0, 0, 0];
  const status = (answer: ProxiedAnswer, value: string): void => {
    if (answer.headers["x-ms-copy-id"] === undefined) return;
    Object.assign(answer.headers, {
      "x-ms-copy-status": value,
      "x-ms-copy-progress": value === "success" ? "1000/1000" : "400/1000",
      ...(value === "failed" || value === "aborted"
        ? { "x-ms-copy-status-description": "500 says the test" }
        : {}),
      ...(copyId === undefined ? {} : { "x-ms-copy-id": copyId }),
    });
  };
  const rules: ProxyRules = {
    before: (request: ProxiedRequest) => {
      if (isAbortCopy(request)) aborts += 1;
      return undefined;
    },
    after: (request: ProxiedRequest, answer: ProxiedAnswer) => {
      if (isStartCopy(request) && answer.status === 202) {
        starts += 1;
        answer.headers["x-ms-copy-status"] = "pending";
      } else if (request.method === "HEAD") {
        status(answer, statuses[looks] ?? "success");
        looks += 1;
      }
    },
  };
  return { rules, starts: () => starts, looks: () => looks, aborts: () => aborts };
}
