import { strict as assert } from "node:assert";
import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { text } from "node:stream/consumers";
import type { FastifyInstance } from "fastify";
import { afterEach, describe, it } from "mocha";
import pino from "pino";
import { httpApp } from "../../../media-service/http-app";
import type { OriginDeps } from "../../../media-service/origin/origin-deps";
import { CONTAINER, LOCATOR, startOrigin, type TestOrigin } from "./test-origin";

const FILM_BYTES = 64 * 1024 * 1024;
const LARGE = `/${LOCATOR}/large.mp4`;
const MIB = 1024 * 1024;

describe("clients that take their time", function () {
  this.timeout(20_000);
  let origin: TestOrigin;
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await origin.app.close();
  });

  async function start(deps: Partial<OriginDeps>): Promise<void> {
    origin = await startOrigin(deps);
    origin.blobs.put(CONTAINER, "large.mp4", Buffer.alloc(FILM_BYTES, 7));
    await origin.app.listen({ host: "127.0.0.1", port: 0 });
  }

  async function ask(path: string, headers = ""): Promise<Socket> {
    const { port } = origin.app.server.address() as AddressInfo;
    const socket = connect(port, "127.0.0.1").on("error", () => undefined);
    sockets.push(socket);
    await once(socket, "connect");
    socket.pause().write(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${headers}\r\n`);
    return socket;
  }

  /** Waits for what the server has to come to by itself. */
  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 10_000;
    while (!(await holds())) {
      if (Date.now() > deadline) assert.fail(`not in time: ${what}`);
      await setTimeout(20);
    }
  }

  async function connections(app: FastifyInstance): Promise<number> {
    return promisify(app.server.getConnections.bind(app.server))();
  }

  it("are cut off when they take nothing, and little is read for them", async () => {
    await start({ stallMs: 300 });
    await ask(LARGE);
    await until("the first part is read", () => Promise.resolve(origin.blobs.reads.length > 0));
    await until("it is cut off", async () => (await connections(origin.app)) === 0);

    const read = origin.blobs.reads.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    assert(read < FILM_BYTES / 2, `${read} bytes were read`);
  });

  it("get all of it when they take a little now and then", async () => {
    await start({ stallMs: 1_000 });
    const socket = await ask(LARGE, "Range: bytes=0-19999999\r\n");
    let taken = 0;
    let rest = "";
    while (!socket.readableEnded) {
      const piece = socket.read() as Buffer | null;
      if (piece) {
        taken += piece.length;
        rest = (rest + piece.subarray(-20).toString("latin1")).slice(-20);
        // 20 MB in a hundred steps or more: longer than a client may take nothing.
        await setTimeout(15);
      } else await Promise.race([once(socket, "readable"), once(socket, "end")]);
    }

    assert(taken > 20_000_000, `${taken} bytes`);
    assert.equal(rest, "\x07".repeat(20));
  });

  it("do not fill the memory: the slowest are cut off when others want to be served", async () => {
    await start({ stallMs: 60_000, cache: { lookupMs: 60_000, sendingBytes: 16 * MIB } });
    for (let at = 0; at < 4; at++) await ask(LARGE);
    await until("four are under way", async () => (await connections(origin.app)) === 4);
    await until("all have begun", () => Promise.resolve(origin.blobs.reads.length >= 4));
    const refused = await text((await ask(LARGE)).resume());
    assert.match(refused, /^HTTP\/1\.1 503 [^]*retry-after: 2\r\n[^]*ask again/);

    await until("one that is quick is served", async () => {
      const quick = await ask(`/${LOCATOR}/film.ism/manifest(format=m3u8-cmaf)`);
      return (await text(quick.resume())).startsWith("HTTP/1.1 200");
    });
    await until("one of the slow is gone", async () => (await connections(origin.app)) <= 3);
  });

  it("may ask for a thousand parts at once, which take no more than their bytes", async () => {
    await start({ cache: { lookupMs: 60_000, sendingBytes: MIB } });
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, at) =>
        origin.app.inject({ url: LARGE, headers: { range: `bytes=${at}-${at + 99}` } }),
      ),
    );

    assert.deepEqual([...new Set(answers.map(({ statusCode }) => statusCode))], [206]);
    const read = origin.blobs.reads.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    assert.equal(read, 100_000);
  });
});

describe("clients that send their request slowly", () => {
  it("are cut off before they have sent its headers", async () => {
    const limits = { requestTimeoutMilliseconds: 600, checkingIntervalMilliseconds: 50 };
    const app = httpApp(pino({ level: "silent" }), limits);
    await app.listen({ host: "127.0.0.1", port: 0 });
    const socket = connect((app.server.address() as AddressInfo).port, "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n");
    const drip = setInterval(() => socket.write("X: 1\r\n"), 50);
    socket.on("error", () => undefined);
    const answer = await text(socket);
    clearInterval(drip);
    await app.close();

    assert.match(answer, /^HTTP\/1\.1 408 /);
  });
});
