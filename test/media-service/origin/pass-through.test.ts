import { strict as assert } from "node:assert";
import { once } from "node:events";
import { get as httpGet, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, it } from "mocha";
import { ConflictError, UnavailableError } from "../../../media-service/domain/errors";
import { LOCATOR, startOrigin, type TestOrigin } from "./test-origin";

const QUALITY = `/${LOCATOR}/film.ism/QualityLevels(300000)`;
const SEGMENT = `${QUALITY}/Fragments(video=20800000,format=m3u8-cmaf).m4s`;

describe("segments that are passed on as they are read", () => {
  let origin: TestOrigin;
  let expected: Buffer;
  /** Lets the store give the second half of what it reads. */
  let goOn: (error?: Error) => void;

  beforeEach(async () => {
    origin = await startOrigin({ cache: { lookupMs: 60_000, segmentBytes: 0 } });
    await origin.app.listen({ host: "127.0.0.1", port: 0 });
    expected = (await origin.app.inject(SEGMENT)).rawPayload;
    const held = new Promise<void>((resolve, reject) => {
      goOn = (error) => {
        if (error) reject(error);
        else resolve();
      };
    });
    held.catch(() => undefined);
    origin.blobs.before = (operation) => (operation === "streamRange" ? held : Promise.resolve());
    origin.blobs.reads.length = 0;
  });
  afterEach(() => origin.app.close());

  async function ask(url = SEGMENT): Promise<IncomingMessage> {
    const { port } = origin.app.server.address() as AddressInfo;
    const [response] = (await once(
      httpGet({ host: "127.0.0.1", port, path: url }),
      "response",
    )) as [IncomingMessage];
    return response;
  }

  /** What is there before the store goes on. */
  async function firstBytes(response: IncomingMessage): Promise<Buffer> {
    const pieces: Buffer[] = [];
    // The segment's head and half of its samples are on their way.
    while (Buffer.concat(pieces).length < expected.length / 2) {
      const [piece] = (await once(response, "data")) as [Buffer];
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  }

  it("arrive while the store still reads, for all who ask, by one read", async () => {
    const responses = [await ask(), await ask()];
    const first = await Promise.all(responses.map(firstBytes));
    const rest = Promise.all(responses.map((response) => buffer(response)));
    for (const bytes of first) {
      assert(bytes.length < expected.length);
      assert(bytes.equals(expected.subarray(0, bytes.length)));
    }
    goOn();

    for (const [index, bytes] of (await rest).entries()) {
      assert(Buffer.concat([first[index] ?? Buffer.alloc(0), bytes]).equals(expected));
    }
    assert.equal(responses[0]?.headers["content-length"], String(expected.length));
    assert.equal(origin.blobs.reads.length, 1);
  });

  it("wait for all of it where a part is asked for", async () => {
    const part = origin.app.inject({ url: SEGMENT, headers: { range: "bytes=-4" } });
    goOn();

    assert.deepEqual((await part).rawPayload, expected.subarray(-4));
  });

  for (const [what, error] of [
    ["the store fails", new UnavailableError("the store is away")],
    ["the file changes", new ConflictError("the file has changed")],
  ] as const) {
    it(`break off when ${what} in their middle, and are whole when asked for again`, async () => {
      const response = await ask();
      const first = await firstBytes(response);
      goOn(error);

      await assert.rejects(buffer(response), { code: "ECONNRESET" });
      assert(first.equals(expected.subarray(0, first.length)));
      origin.blobs.before = () => Promise.resolve();
      assert(expected.equals(await buffer(await ask())));
    });
  }

  it("are read to their end though who asked has gone", async () => {
    const response = await ask();
    await firstBytes(response);
    response.destroy();
    const second = await ask();
    await firstBytes(second);
    const rest = buffer(second);
    goOn();

    await rest;
    assert.equal(origin.blobs.reads.length, 1);
  });
});
