import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { ContainerClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { after, before, describe, it } from "mocha";
import { AzureBlobStore } from "../../../media-service/storage/azure-blob-store";
import { RangeReader } from "../../../media-service/storage/range-reader";
import { SignedReads } from "../../../media-service/storage/read-authorization";
import { AzureJobQueue } from "../../../media-service/storage/azure-job-queue";
import { type Azurite, startAzurite } from "../../support/azurite";

const md5 = (content: Buffer) => createHash("md5").update(content).digest("base64");

describe("blobs and the queue in Azure Storage", () => {
  let azurite: Azurite;
  let blobs: AzureBlobStore;
  before(async () => {
    azurite = await startAzurite();
    blobs = new AzureBlobStore(azurite);
    await blobs.createContainer("media");
  });
  after(() => azurite.stop());

  for (const [what, sizeBytes] of [
    ["nothing", 0],
    ["a few bytes", 10],
    ["more than two blocks", 17_000_000],
  ] as const) {
    it(`keep ${what} from a stream, with its MD5`, async () => {
      const content = Buffer.alloc(sizeBytes, "abc");
      const address = { container: "media", blob: `folder/${sizeBytes} é.bin` };
      const options = { contentType: "video/mp4" };
      const chunks = sizeBytes === 0 ? [] : [content.subarray(0, 7), content.subarray(7)];
      const written = await blobs.write(address, Readable.from(chunks), options);

      const properties = await blobs.properties(address);
      assert.equal(written.contentMd5, md5(content));
      assert.deepEqual(
        [properties.sizeBytes, properties.contentType, properties.contentMd5, properties.etag],
        [sizeBytes, "video/mp4", md5(content), written.etag],
      );
      assert(content.equals(await buffer(await blobs.open(address))));
    });
  }

  it("are read in parts of one version only", async () => {
    const address = { container: "media", blob: "parts" };
    const { etag } = await blobs.write(address, Buffer.from("0123456789"), { contentType: "x/y" });
    const range = { offset: 3, sizeBytes: 4, etag };
    assert.equal((await blobs.readRange(address, range)).toString(), "3456");

    await blobs.write(address, Buffer.from("9876543210"), { contentType: "x/y" });
    await assert.rejects(blobs.readRange(address, range), { name: "ConflictError" });
  });

  it("are read in parts by a plain request that the account's key signs, whatever their name", async () => {
    const { accountName, accountKey, blobEndpoint } = azurite;
    const credential = new StorageSharedKeyCredential(accountName, accountKey);
    const reader = new RangeReader(blobEndpoint, new SignedReads(credential));
    const address = { container: "media", blob: "fo lder/it's é+%(1)!*&=?#.mp4" };
    const content = Buffer.from("0123456789");
    const { etag } = await blobs.write(address, content, { contentType: "x/y" });
    let part = "";
    await reader.read(address, { offset: 3, sizeBytes: 4, etag }, (piece) => {
      part += piece.toString();
    });

    assert.equal(part, "3456");
  });

  it("are listed with what a look at each would tell", async () => {
    const address = { container: "media", blob: "listed" };
    const written = await blobs.write(address, Buffer.from("x"), { contentType: "x/y" });
    for await (const item of blobs.list("media")) {
      if (item.name !== "listed") continue;
      assert.deepEqual(
        [item.sizeBytes, item.contentMd5, item.etag, item.contentType],
        [1, written.contentMd5, written.etag, "x/y"],
      );
      return;
    }
    assert.fail("not listed");
  });

  it("say what is not there", async () => {
    for (const container of ["media", "missing"]) {
      const address = { container, blob: "missing" };
      await assert.rejects(blobs.properties(address), { name: "NotFoundError" });
      await assert.rejects(blobs.open(address), { name: "NotFoundError" });
    }
    await assert.rejects(
      async () => {
        for await (const item of blobs.list("missing")) assert.fail(item.name);
      },
      { name: "NotFoundError" },
    );
  });

  it("are signed for by a stored policy, which ends what it granted", async () => {
    await blobs.createContainer("signed");
    const url = blobs.containerUrl("signed");
    const grant = { permissions: "rw", expiresOn: new Date(Date.now() + 3_600_000) };
    const queries = await Promise.all(
      ["p1", "p2", "p3"].map((policyName) => blobs.grant("signed", { ...grant, policyName })),
    );
    const put = async (query: string) => {
      const headers = { "x-ms-blob-type": "BlockBlob" };
      const reply = await fetch(`${url}/b${query}`, { method: "PUT", headers, body: "x" });
      return reply.status;
    };
    assert.deepEqual(await Promise.all(queries.map(put)), [201, 201, 201]);

    await blobs.revoke("signed", "p2");
    await blobs.revoke("signed", "p2");
    assert.deepEqual(await Promise.all(queries.map(put)), [201, 403, 201]);
    assert.equal(await blobs.signedQuery("signed", { ...grant, policyName: "p1" }), queries[0]);
  });

  it("are not signed for before their time and after it", async () => {
    await blobs.createContainer("times");
    const hour = 3_600_000;
    for (const [policyName, start, end] of [
      ["early", hour, 2 * hour],
      ["late", -2 * hour, -hour],
    ] as const) {
      const query = await blobs.grant("times", {
        ...{ policyName, permissions: "r" },
        startsOn: new Date(Date.now() + start),
        expiresOn: new Date(Date.now() + end),
      });
      assert.equal((await fetch(`${blobs.containerUrl("times")}/b${query}`)).status, 403);
    }
  });

  it("go with their container, also while it is leased", async () => {
    await blobs.createContainer("gone");
    const credential = new StorageSharedKeyCredential(azurite.accountName, azurite.accountKey);
    const client = new ContainerClient(blobs.containerUrl("gone"), credential);
    await client.getBlobLeaseClient().acquireLease(15);
    await blobs.deleteContainer("gone");
    await blobs.deleteContainer("gone");
    assert.equal(await blobs.containerExists("gone"), false);
  });

  it("give a message to one worker at a time, and again when its lease ends", async () => {
    const queue = await AzureJobQueue.open(azurite);
    await queue.send("job-1");
    const first = await queue.receive(30);
    assert.deepEqual([first?.jobId, first?.attempt], ["job-1", 1]);
    assert.equal(await queue.receive(30), undefined);
    assert(first);

    await queue.renew(first, 30);
    await queue.renew(first, 0);
    const second = await queue.receive(30);
    assert.deepEqual([second?.jobId, second?.attempt], ["job-1", 2]);
    await assert.rejects(queue.renew(first, 30), { name: "ConflictError" });
    assert(second);
    await queue.complete(second);
    await queue.complete(second);
    assert.equal(await queue.receive(1), undefined);
  });

  it("say when the store does not answer", async () => {
    const nowhere = "http://127.0.0.1:9/nobody";
    const lost = new AzureBlobStore({ ...azurite, blobEndpoint: nowhere });
    await assert.rejects(lost.ping(AbortSignal.timeout(20_000)), { name: "UnavailableError" });
  });
});
