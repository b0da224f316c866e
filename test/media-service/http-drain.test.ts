import { strict as assert } from "node:assert";
import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { FastifyInstance } from "fastify";
import pino from "pino";
import { httpApp } from "../../media-service/http-app";
import { HttpDrain } from "../../media-service/http-drain";

/** More than the system takes off a process's hands for a client that does not read. */
const BODY = Buffer.alloc(48 << 20, "film");

/** A client that reads only when it is told to. */
class SlowClient {
  private received = 0;
  private head = "";

  private constructor(readonly socket: Socket) {
    socket.on("error", () => undefined);
  }

  static async connect(port: number): Promise<SlowClient> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return new SlowClient(socket);
  }

  /** Asks, and stops reading once the answer has begun. */
  async ask(path: string): Promise<string> {
    this.socket.write(`GET ${path} HTTP/1.1\r\nHost: test\r\n\r\n`);
    const [first] = (await once(this.socket, "data")) as [Buffer];
    this.socket.pause();
    this.head = first.toString("latin1").split("\r\n\r\n")[0] ?? "";
    this.received = first.length - this.head.length - 4;
    return this.head;
  }

  /** Reads to the end of the connection; resolves with the number of bytes of the body. */
  async readOn(): Promise<number> {
    this.socket.on("data", (chunk: Buffer) => (this.received += chunk.length));
    this.socket.resume();
    if (!this.socket.closed) await once(this.socket, "close");
    return this.received;
  }
}

describe("HttpDrain", function () {
  this.timeout(30_000);
  let app: FastifyInstance;
  let drain: HttpDrain;
  let port: number;

  beforeEach(async () => {
    app = httpApp(pino({ level: "silent" }));
    drain = new HttpDrain(app.server);
    app.get("/film", (_request, reply) => {
      reply.hijack();
      reply.raw.writeHead(200, { "content-length": BODY.length }).end(BODY);
    });
    app.get("/small", () => "ok");
    await app.listen({ port: 0, host: "127.0.0.1" });
    port = (app.server.address() as AddressInfo).port;
  });
  afterEach(() => app.close());

  const end = async (delaySeconds: number, graceSeconds: number): Promise<number> => {
    const cut = await drain.run({ delaySeconds, graceSeconds });
    await app.close();
    return cut;
  };

  it("lets a client that reads slowly have every byte", async () => {
    const client = await SlowClient.connect(port);
    await client.ask("/film");

    const ended = end(0, 20);
    // Node counts an answer that is handed over whole as given, and would hang up here.
    await refused(port);

    assert.equal(await client.readOn(), BODY.length);
    assert.equal(await ended, 0);
  });

  it("hangs up on a client that takes longer than the grace", async () => {
    const client = await SlowClient.connect(port);
    await client.ask("/film");

    assert.equal(await end(0, 0.2), 1);
    assert((await client.readOn()) < BODY.length);
  });

  it("ends idle connections at once", async () => {
    const client = await SlowClient.connect(port);
    await client.ask("/small");
    const began = performance.now();

    const ended = end(0, 20);
    await client.readOn();

    assert.equal(await ended, 0);
    assert(performance.now() - began < 5_000);
  });

  it("still answers while others learn that it goes away, and asks clients to connect anew", async () => {
    const client = await SlowClient.connect(port);
    assert.doesNotMatch(await client.ask("/small"), /connection: close/i);
    const ended = end(1, 20);

    const answered = await fetch(`http://127.0.0.1:${port}/small`);

    assert.equal(drain.begun, true);
    assert.equal(answered.status, 200);
    assert.equal(answered.headers.get("connection"), "close");
    client.socket.resume();
    await ended;
    await refused(port);
  });

  it("ends at once when nobody is connected", async () => {
    const began = performance.now();

    assert.equal(await end(0, 20), 0);
    assert(performance.now() - began < 2_000);
  });
});

/** Resolves once nobody listens on a port. */
async function refused(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const outcome = await Promise.race([
      once(socket, "connect").then(() => "connected"),
      once(socket, "close").then(() => "refused"),
    ]).catch(() => "refused");
    socket.destroy();
    if (outcome === "refused") return;
    await delay(20);
  }
}
