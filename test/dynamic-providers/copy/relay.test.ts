import { strict as assert } from "node:assert";
import { createHash, randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { after, before, beforeEach, describe, it } from "mocha";
import { COPIED_FROM_KEY } from "../../../dynamic-providers/operations/copy/blob-entry";
import { blockLayout } from "../../../dynamic-providers/operations/copy/block-layout";
import { copyContainer } from "../../../dynamic-providers/operations/copy/copy-container";
import type { CopyOptions } from "../../../dynamic-providers/operations/copy/copy-options";
import {
  isCommit,
  isPutBlock,
  type ProxiedRequest,
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

const MIB = 1024 * 1024;
const NAMES = [
  "video.ism",
  "folder/sub folder/video_1280x720_2940.mp4",
  "ünïcödé/视频 🎬.mp4",
  "100%25 sure%.mp4",
  "a+b.mp4",
  "#1 what?.mp4",
  "it's (1); [2] {3} & 4 = 5,~!@$.mp4",
];

describe("relaying a container between two stores", function () {
  let stores: TestStores;
  let source: TestContainer;
  let target: TestContainer;

  before(async () => {
    stores = await startTestStores();
  });
  after(() => stores.stop());
  beforeEach(async () => {
    [source, target] = await Promise.all([newContainer(stores.east), newContainer(stores.west)]);
  });

  async function relay(
    options: Partial<CopyOptions> = {},
    urls: { source?: string; target?: string } = {},
  ) {
    const events = recordEvents();
    const report = await copyContainer({
      sourceUrl: urls.source ?? source.sasUrl,
      targetUrl: urls.target ?? target.sasUrl,
      options: { serverSideCopy: "never", blockSizeMiB: 1, ...options },
      events,
    });
    return { report, events };
  }

  it("keeps every name and every byte, of empty blobs too", async () => {
    for (const name of NAMES) await putBlob(source, name, randomBytes(1_000));
    await putBlob(source, "empty", Buffer.alloc(0));
    await putBlob(source, "folder/empty too", Buffer.alloc(0));
    await putBlobWithoutMd5(source, "large.mp4", randomBytes(5 * MIB + 17));

    const { report } = await relay();

    assert.deepEqual(await contentOf(target), await contentOf(source));
    assert.equal(report.blobCount, NAMES.length + 3);
    assert.equal(report.totalBytes, NAMES.length * 1_000 + 5 * MIB + 17);
  });

  it("keeps headers, metadata, tier and tags, and does not unpack what is packed", async () => {
    const content = gzipSync("a manifest that is stored packed");
    await putBlob(source, "manifest", {
      content,
      blobHTTPHeaders: {
        blobContentType: "application/vnd.ms-sstr+xml",
        blobCacheControl: "max-age=4",
        blobContentEncoding: "gzip",
        blobContentLanguage: "de",
        blobContentDisposition: 'attachment; filename="m"',
      },
      metadata: { Owner: "team" },
      tier: "Cool",
      tags: { project: "twin stream", "a/b": "1+1" },
    });

    await relay();

    const blob = target.client.getBlobClient("manifest");
    const found = await blob.getProperties();
    assert.deepEqual(await blob.downloadToBuffer(), content);
    assert.equal(found.contentType, "application/vnd.ms-sstr+xml");
    assert.equal(found.cacheControl, "max-age=4");
    assert.equal(found.contentEncoding, "gzip");
    assert.equal(found.contentLanguage, "de");
    assert.equal(found.contentDisposition, 'attachment; filename="m"');
    assert.equal(found.metadata?.["owner"], "team");
    assert.equal(found.accessTier, "Cool");
    assert.deepEqual((await blob.getTags()).tags, { project: "twin stream", "a/b": "1+1" });
  });

  it("copies without tags, and says so once, where the target's locator does not permit them", async () => {
    for (const name of ["one", "two"]) {
      await putBlob(source, name, { content: Buffer.from(name), tags: { a: "b" } });
    }
    // Azurite permits tags to everyone who may write; Azure answers this.
    await using proxy = await startStoreProxy(target.sasUrl, {
      before: ({ headers }) =>
        headers["x-ms-tags"] === undefined
          ? undefined
          : storeError(403, "AuthorizationPermissionMismatch"),
    });

    const { events } = await relay({}, { target: proxy.through(target.sasUrl) });

    assert.deepEqual(await contentOf(target), await contentOf(source));
    assert.deepEqual(events.notes, [
      "Tags are not copied: the target's locator does not permit them",
    ]);
  });

  it("stores an MD5 where the source has none", async () => {
    const content = randomBytes(3 * MIB);
    await putBlobWithoutMd5(source, "video.mp4", content);

    await relay();

    const found = await target.client.getBlobClient("video.mp4").getProperties();
    const md5 = createHash("md5").update(content).digest("base64");
    assert.equal(Buffer.from(found.contentMD5 ?? []).toString("base64"), md5);
  });

  it("gives the same digest for the same content, whatever the source is", async () => {
    const content = randomBytes(2 * MIB);
    await putBlob(source, "video.mp4", content);
    const first = await relay();
    source = await newContainer(stores.east);
    target = await newContainer(stores.west);
    await putBlobWithoutMd5(source, "video.mp4", content);
    const second = await relay();

    assert.equal(second.report.contentDigest, first.report.contentDigest);
  });

  it("does not send again what is there", async () => {
    await putBlob(source, "with md5", randomBytes(2 * MIB));
    await putBlobWithoutMd5(source, "without md5", randomBytes(2 * MIB));
    await putBlob(source, "empty", Buffer.alloc(0));
    await relay();
    await using proxy = await startStoreProxy(target.sasUrl, {
      before: (request) => (request.method === "PUT" ? storeError(400, "NotNow") : undefined),
    });

    const { report } = await relay({}, { target: proxy.through(target.sasUrl) });

    assert.equal(report.unchanged, 3);
    assert.equal(report.copied, 0);
  });

  it("brings changed headers and metadata over without sending the content", async () => {
    await putBlob(source, "video.mp4", randomBytes(2 * MIB));
    await relay();
    await source.client.getBlobClient("video.mp4").setMetadata({ title: "New" });

    const { report } = await relay();

    const found = await target.client.getBlobClient("video.mp4").getProperties();
    assert.equal(report.copied, 0);
    assert.equal(found.metadata?.["title"], "New");
    assert.notEqual(found.contentMD5, undefined);
  });

  it("copies what was lost in the target, and what was changed there if it may", async () => {
    for (const name of ["kept", "changed", "lost"]) await putBlob(source, name, randomBytes(1_000));
    await relay();
    await putBlob(target, "changed", randomBytes(1_000));
    await target.client.deleteBlob("lost");

    await assert.rejects(relay(), { code: "TargetConflict", message: /: changed\. / });
    const { report } = await relay({ overwrite: true });

    assert.equal(report.copied, 2);
    assert.deepEqual(await contentOf(target), await contentOf(source));
  });

  it("removes what an older version of the source left, and leaves what others put there", async () => {
    await putBlob(source, "old", randomBytes(10));
    await putBlob(source, "kept", randomBytes(10));
    await putBlob(target, "foreign", randomBytes(10));
    await relay();
    await source.client.deleteBlob("old");

    const { report, events } = await relay();

    assert.deepEqual(report.removed, ["old"]);
    assert.deepEqual(report.foreign, ["foreign"]);
    assert.deepEqual(Object.keys(await contentOf(target)).sort(), ["foreign", "kept"]);
    assert.deepEqual(events.notes, [
      "old is no longer in the source: removed from the target",
      "foreign in the target is not from this copy: left alone",
    ]);
  });

  it("has never more ranges under way than it may", async () => {
    for (const name of ["a", "b", "c"]) await putBlobWithoutMd5(source, name, randomBytes(3 * MIB));
    let [underWay, most] = [0, 0];
    await using proxy = await startStoreProxy(source.sasUrl, {
      before: ({ method, headers }) => {
        if (method === "GET" && headers["x-ms-range"] !== undefined) {
          most = Math.max(most, (underWay += 1));
        }
        return undefined;
      },
      after: ({ method, headers }) => {
        if (method === "GET" && headers["x-ms-range"] !== undefined) underWay -= 1;
      },
    });

    await relay({ maxConcurrency: 3 }, { source: proxy.through(source.sasUrl) });

    assert.equal(most, 3);
  });

  it("counts every byte of its progress once", async () => {
    await putBlobWithoutMd5(source, "video.mp4", randomBytes(3 * MIB + 5));
    await putBlob(source, "small", randomBytes(5));

    const { events } = await relay({ maxConcurrency: 1 });

    assert.deepEqual(
      events.progressed,
      [...events.progressed].sort((a, b) => a - b),
    );
    assert.equal(events.progressed.at(-1), 3 * MIB + 10);
  });

  describe("when the way is bad", () => {
    it("sends a block again that arrived damaged", async () => {
      await putBlobWithoutMd5(source, "video.mp4", randomBytes(3 * MIB));
      let damaged = 0;
      await using proxy = await startStoreProxy(target.sasUrl, {
        before: (request) => {
          if (isPutBlock(request) && damaged < 2) {
            damaged += 1;
            request.body[7] = (request.body[7] ?? 0) ^ 1;
          }
          return undefined;
        },
      });

      await relay({}, { target: proxy.through(target.sasUrl) });

      assert.equal(damaged, 2);
      assert.deepEqual(await contentOf(target), await contentOf(source));
    });

    it("reads a range again whose answer never comes", async () => {
      await putBlobWithoutMd5(source, "video.mp4", randomBytes(2 * MIB));
      let hung = 0;
      await using proxy = await startStoreProxy(source.sasUrl, {
        before: ({ method, headers }) => {
          if (method !== "GET" || headers["x-ms-range"] === undefined || hung > 0) return undefined;
          hung += 1;
          return new Promise(() => undefined);
        },
      });

      await relay({ stallTimeoutMs: 300 }, { source: proxy.through(source.sasUrl) });

      assert.equal(hung, 1);
      assert.deepEqual(await contentOf(target), await contentOf(source));
    });

    for (const { what, is } of [
      { what: "a listing", is: ({ url }: ProxiedRequest) => url.searchParams.has("restype") },
      { what: "a commit", is: isCommit },
    ]) {
      it(`asks again for ${what} that is not answered`, async () => {
        await putBlob(source, "video.mp4", randomBytes(10));
        let hung = 0;
        await using proxy = await startStoreProxy(target.sasUrl, {
          before: (request) => {
            if (!is(request) || hung > 0) return undefined;
            hung += 1;
            return new Promise(() => undefined);
          },
        });

        await relay({ stallTimeoutMs: 300 }, { target: proxy.through(target.sasUrl) });

        assert.equal(hung, 1);
        assert.deepEqual(await contentOf(target), await contentOf(source));
      });
    }

    it("says which blob hangs when it hangs for good", async () => {
      await putBlob(source, "video.mp4", randomBytes(10));
      await using proxy = await startStoreProxy(target.sasUrl, {
        before: (request) => (isPutBlock(request) ? new Promise(() => undefined) : undefined),
      });

      await assert.rejects(
        relay({ stallTimeoutMs: 100 }, { target: proxy.through(target.sasUrl) }),
        { message: "Copying video.mp4 failed: no byte moved for 100 ms" },
      );
    });

    it("takes a commit for done whose answer got lost", async () => {
      await putBlobWithoutMd5(source, "video.mp4", randomBytes(2 * MIB));
      let commits = 0;
      await using proxy = await startStoreProxy(target.sasUrl, {
        after: (request, answer) => {
          if (!isCommit(request)) return;
          commits += 1;
          if (commits === 1) Object.assign(answer, storeError(503, "ServerBusy"));
        },
      });

      await relay({}, { target: proxy.through(target.sasUrl) });

      assert.equal(commits, 2);
      assert.deepEqual(await contentOf(target), await contentOf(source));
    });
  });

  describe("when the source changes midway", () => {
    async function changeWhileRead(times: number): Promise<{ url: string } & AsyncDisposable> {
      let changes = 0;
      const proxy = await startStoreProxy(source.sasUrl, {
        before: async ({ method, headers }) => {
          if (method === "GET" && headers["x-ms-range"]?.includes("bytes=1048576-") === true) {
            if (changes < times) {
              changes += 1;
              await putBlobWithoutMd5(source, "video.mp4", randomBytes(3 * MIB));
            }
          }
          return undefined;
        },
      });
      return {
        url: proxy.through(source.sasUrl),
        [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
      };
    }

    it("begins that blob anew and ends with the new version", async () => {
      await putBlobWithoutMd5(source, "video.mp4", randomBytes(4 * MIB));
      await using changing = await changeWhileRead(1);

      const { events } = await relay({ maxConcurrency: 1 }, { source: changing.url });

      assert.deepEqual(await contentOf(target), await contentOf(source));
      assert.deepEqual(events.notes, [
        "video.mp4 changed in the source while it was copied: begun anew",
      ]);
      assert.equal(events.progressed.at(-1), 3 * MIB);
    });

    it("gives a source up that never rests", async () => {
      await putBlobWithoutMd5(source, "video.mp4", randomBytes(3 * MIB));
      await using changing = await changeWhileRead(Infinity);

      await assert.rejects(relay({ maxConcurrency: 1 }, { source: changing.url }), {
        name: "CopyError",
        code: "SourceChanged",
      });
    });
  });

  describe("when the target is not what the source is", () => {
    it("finds blocks that were left out of a commit", async () => {
      await putBlobWithoutMd5(source, "video.mp4", randomBytes(3 * MIB));
      await using proxy = await startStoreProxy(target.sasUrl, {
        before: (request) => {
          if (isCommit(request)) {
            const list = request.body.toString().replace(/<Latest>[^<]*<\/Latest>/, "");
            request.body = Buffer.from(list);
          }
          return undefined;
        },
      });

      await assert.rejects(relay({}, { target: proxy.through(target.sasUrl) }), {
        code: "TargetDiffers",
      });
    });

    it("lists every difference that the last comparison finds", async () => {
      await putBlob(source, "damaged", randomBytes(100));
      await putBlob(source, "short", randomBytes(100));
      await putBlob(source, "lost", randomBytes(100));
      await putBlob(source, "good", randomBytes(100));
      let commits = 0;
      await using proxy = await startStoreProxy(target.sasUrl, {
        after: async (request) => {
          if (!isCommit(request) || (commits += 1) < 4) return;
          await putBlob(target, "damaged", randomBytes(100));
          await putBlob(target, "short", randomBytes(99));
          await target.client.deleteBlob("lost");
        },
      });

      await assert.rejects(relay({}, { target: proxy.through(target.sasUrl) }), (error: Error) => {
        assert.match(error.message, /"damaged" has MD5 .* in the source, .* in the target/);
        assert.match(error.message, /"short" has 100 bytes in the source, 99 in the target/);
        assert.match(error.message, /"lost" is missing in the target/);
        assert.doesNotMatch(error.message, /good/);
        return true;
      });
    });

    it("refuses a source whose content is not what its MD5 says", async () => {
      const blob = source.client.getBlockBlobClient("video.mp4");
      await blob.uploadData(randomBytes(2 * MIB), { maxSingleShotSize: 1, blockSize: MIB });
      await blob.setHTTPHeaders({ blobContentMD5: createHash("md5").update("other").digest() });

      await assert.rejects(relay(), { code: "SourceDamaged" });
      assert.deepEqual(await contentOf(target), {});
    });

    it("reads back what it resumed, and removes it when a staged block was wrong", async () => {
      const content = randomBytes(3 * MIB);
      await putBlob(source, "video.mp4", content);
      const { etag = "" } = await source.client.getBlobClient("video.mp4").getProperties();
      const version = { etag: etag.replaceAll('"', ""), sizeBytes: content.length };
      const [block] = blockLayout(version, MIB);
      assert(block);
      await target.client
        .getBlockBlobClient("video.mp4")
        .stageBlock(block.id, randomBytes(MIB), MIB);

      await assert.rejects(relay(), { code: "TargetDiffers" });
      assert.deepEqual(await contentOf(target), {});

      await relay();
      assert.deepEqual(await contentOf(target), { "video.mp4": content });
    });

    it("overwrites nothing that somebody else wrote meanwhile", async () => {
      await putBlob(source, "video.mp4", randomBytes(100));
      let written = false;
      await using proxy = await startStoreProxy(target.sasUrl, {
        before: async (request) => {
          if (isPutBlock(request) && !written) {
            written = true;
            await putBlob(target, "video.mp4", Buffer.from("theirs"));
          }
          return undefined;
        },
      });

      await assert.rejects(relay({}, { target: proxy.through(target.sasUrl) }), {
        code: "TargetChanged",
      });
      assert.deepEqual(await contentOf(target), { "video.mp4": Buffer.from("theirs") });
    });
  });

  describe("before any work is done", () => {
    it("refuses to copy a container onto itself", async () => {
      await assert.rejects(relay({}, { target: source.sasUrl }), { code: "InvalidStore" });
    });

    it("says which container a locator does not open, and never shows the locator", async () => {
      const broken = target.sasUrl.replace(/sig=[^&]*/, "sig=AAAA");

      await assert.rejects(relay({}, { target: broken }), (error: Error) => {
        assert.match(error.message, /Listing the target container asset-\w+ failed: HTTP 403/);
        assert.doesNotMatch(error.message, /sig=/);
        return true;
      });
    });
  });

  it("marks its blobs with the version they were made from", async () => {
    await putBlob(source, "video.mp4", randomBytes(10));
    const { etag } = await source.client.getBlobClient("video.mp4").getProperties();

    await relay();

    const { metadata } = await target.client.getBlobClient("video.mp4").getProperties();
    assert.equal(`"${metadata?.[COPIED_FROM_KEY] ?? ""}"`, etag);
  });
});
