import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, it } from "mocha";
import type { BlobEntry } from "../../../dynamic-providers/operations/copy/blob-entry";
import {
  blockLayout,
  blockSizeBytes,
} from "../../../dynamic-providers/operations/copy/block-layout";
import { summarize } from "../../../dynamic-providers/operations/copy/comparison";
import {
  CopyError,
  describeStoreError,
} from "../../../dynamic-providers/operations/copy/copy-error";
import { planCopy } from "../../../dynamic-providers/operations/copy/copy-plan";
import { OrderedDigest } from "../../../dynamic-providers/operations/copy/ordered-digest";
import { RangeBudget } from "../../../dynamic-providers/operations/copy/range-budget";
import { withRetries } from "../../../dynamic-providers/operations/copy/retries";

const MIB = 1024 * 1024;

describe("the blocks of a blob", () => {
  it("cover it without a gap or an overlap, under ids of one length", () => {
    const sizes = fc.record({
      sizeBytes: fc.integer({ min: 0, max: 100_000 }),
      block: fc.integer({ min: 7, max: 9_000 }),
    });
    fc.assert(
      fc.property(sizes, ({ sizeBytes, block }) => {
        const blocks = blockLayout({ etag: "1", sizeBytes }, block);
        let end = 0;
        for (const { offset, sizeBytes: size } of blocks) {
          assert.equal(offset, end);
          assert.ok(size > 0 && size <= block);
          end += size;
        }
        assert.equal(end, sizeBytes);
        assert.equal(new Set(blocks.map(({ id }) => id)).size, blocks.length);
        assert.ok(new Set(blocks.map(({ id }) => id.length)).size <= 1);
      }),
    );
  });

  it("have other ids for another version and for another block size", () => {
    const id = (etag: string, size: number): string | undefined =>
      blockLayout({ etag, sizeBytes: 10 }, size)[0]?.id;

    assert.equal(id("1", 5), id("1", 5));
    assert.notEqual(id("1", 5), id("2", 5));
    assert.notEqual(id("1", 5), id("1", 6));
  });

  it("grow where a blob would have more than 50,000 of them", () => {
    assert.equal(blockSizeBytes(8, 50_000 * 8 * MIB), 8 * MIB);
    assert.equal(blockSizeBytes(8, 50_000 * 8 * MIB + 1), 9 * MIB);
  });
});

describe("a digest of parts", () => {
  it("is the MD5 of the whole, in whichever order the parts come", async () => {
    const shuffled = fc
      .array(fc.uint8Array({ maxLength: 50 }), { minLength: 1, maxLength: 20 })
      .chain((parts) =>
        fc.tuple(
          fc.constant(parts),
          fc.shuffledSubarray([...parts.keys()], { minLength: parts.length }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(shuffled, async ([parts, order]) => {
        const digest = new OrderedDigest();
        await Promise.all(
          order.map((index) => digest.add(index, parts[index] ?? new Uint8Array())),
        );
        const whole = createHash("md5").update(Buffer.concat(parts)).digest("hex");
        assert.equal(digest.digest().toString("hex"), whole);
      }),
    );
  });

  it("lets go of parts whose forerunner failed", async () => {
    const digest = new OrderedDigest();
    const waiting = digest.add(1, Buffer.from("b"));
    digest.fail(new Error("part 0 is lost"));

    await assert.rejects(waiting, { message: "part 0 is lost" });
    await assert.rejects(digest.add(2, Buffer.from("c")), { message: "part 0 is lost" });
  });
});

describe("the budget of ranges", () => {
  it("never lends more than it has, nor one memory to two", async () => {
    const budget = new RangeBudget({ maxRanges: 3, rangeBytes: 100 });
    const lent = new Set<ArrayBufferLike>();
    let most = 0;
    const sizes = Array.from({ length: 50 }, (_, index) => 1 + ((index * 37) % 250));

    await Promise.all(
      sizes.map((size) =>
        budget.run(size, async (memory) => {
          assert.equal(memory.length, size);
          assert.ok(!lent.has(memory.buffer));
          lent.add(memory.buffer);
          const weight = [...lent].reduce(
            (sum, buffer) => sum + Math.ceil(buffer.byteLength / 100),
            0,
          );
          most = Math.max(most, weight);
          await new Promise(setImmediate);
          lent.delete(memory.buffer);
        }),
      ),
    );

    assert.equal(most, 3);
  });

  it("gives room back after a failure", async () => {
    const budget = new RangeBudget({ maxRanges: 1, rangeBytes: 10 });
    await assert.rejects(budget.run(10, () => Promise.reject(new Error("lost"))));

    assert.equal(await budget.run(10, () => Promise.resolve("next")), "next");
  });

  it("lets a range through alone that is larger than all of it", async () => {
    const budget = new RangeBudget({ maxRanges: 2, rangeBytes: 10 });

    assert.equal(await budget.run(1_000, ({ length }) => Promise.resolve(length)), 1_000);
  });
});

describe("the plan of a copy", () => {
  for (const { what, source = {}, target = {}, does } of [
    { what: "equal blobs", does: "unchanged" },
    { what: "another length", target: { sizeBytes: 2 }, does: "copy" },
    { what: "another MD5", target: { md5: "other" }, does: "copy" },
    { what: "a target without MD5", target: { md5: undefined }, does: "copy" },
    {
      what: "a source without MD5, copied from this version",
      source: { md5: undefined },
      does: "unchanged",
    },
    {
      what: "a source without MD5, copied from another version",
      source: { md5: undefined },
      target: { copiedFrom: "older" },
      does: "copy",
    },
    {
      what: "a copy still pending",
      target: { storeCopy: { id: "1", status: "pending" } },
      does: "copy",
    },
    {
      what: "a copy that failed",
      target: { storeCopy: { id: "1", status: "failed" } },
      does: "copy",
    },
    {
      what: "a copy that succeeded",
      target: { storeCopy: { id: "1", status: "success" } },
      does: "unchanged",
    },
    {
      what: "other headers",
      target: { headers: { blobContentType: "text/plain" } },
      does: "retouch",
    },
    { what: "other metadata", target: { metadata: { a: "2" } }, does: "retouch" },
    { what: "metadata keys in another case", target: { metadata: { A: "1" } }, does: "unchanged" },
    { what: "the same content from elsewhere", target: { copiedFrom: undefined }, does: "retouch" },
  ] as { what: string; source?: Partial<BlobEntry>; target?: Partial<BlobEntry>; does: string }[]) {
    it(`for ${what} is: ${does}`, () => {
      const plan = planCopy([entry(source)], [entry({ etag: "t", copiedFrom: "s", ...target })]);

      const done = { copy: plan.copy, retouch: plan.retouch, unchanged: plan.unchanged };
      const names = Object.entries(done).filter(([, pairs]) => pairs.length > 0);
      assert.deepEqual(
        names.map(([name]) => name),
        [does],
      );
    });
  }
});

describe("the summary of a container", () => {
  it("does not depend on the order of its blobs", () => {
    const [a, b] = [entry({ name: "a" }), entry({ name: "ä" })];

    assert.deepEqual(summarize([a, b]), summarize([b, a]));
    assert.equal(summarize([a, b]).totalBytes, 2);
  });

  for (const change of [{ name: "b" }, { sizeBytes: 2 }, { md5: "other" }]) {
    it(`depends on ${Object.keys(change).join()}`, () => {
      const digest = summarize([entry({ name: "a" })]).contentDigest;

      assert.notEqual(summarize([entry({ name: "a", ...change })]).contentDigest, digest);
    });
  }
});

describe("trying again", () => {
  const { signal } = new AbortController();

  it("stops at once where it can't help", async () => {
    let tries = 0;
    const act = (): Promise<void> => {
      tries += 1;
      return Promise.reject(new CopyError("SourceDamaged", "damaged"));
    };

    await assert.rejects(withRetries(signal, act), { message: "damaged" });
    assert.equal(tries, 1);
  });

  it("goes on after a connection that broke", async () => {
    let tries = 0;
    const act = (): Promise<string> => {
      tries += 1;
      if (tries > 1) return Promise.resolve("through");
      return Promise.reject(Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }));
    };

    assert.equal(await withRetries(signal, act), "through");
  });
});

describe("an error of a store", () => {
  it("is described without a URL, which would hold a signature", () => {
    const error = new Error("getaddrinfo for https://east.test/c?sig=secret failed\nmore");

    assert.equal(describeStoreError(error), "getaddrinfo for (url) failed");
  });
});

function entry(changes: Partial<BlobEntry> = {}): BlobEntry {
  return {
    name: "video.mp4",
    sizeBytes: 1,
    etag: "s",
    md5: "md5",
    headers: { blobContentType: "video/mp4" },
    metadata: { a: "1" },
    copiedFrom: undefined,
    tier: undefined,
    tags: undefined,
    storeCopy: undefined,
    ...changes,
  };
}
