import { strict as assert } from "node:assert";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, it } from "mocha";
import { StoreConnections } from "../../../media-service/storage/store-connections";

const BODY = Buffer.from(Array.from({ length: 300_000 }, (_, at) => at % 251));

describe("connections to a store", () => {
  let server: Server;
  /** Connections that were made, in their order. */
  let made: Socket[];
  /** Called with each request. */
  let answer: (socket: Socket, request: string) => void;
  beforeEach(async () => {
    made = [];
    server = createServer((socket) => {
      made.push(socket.on("error", () => undefined).setNoDelay(true));
      socket.on("data", (request) => {
        answer(socket, request.toString());
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterEach(() => {
    for (const socket of made) socket.destroy();
    server.close();
  });

  function connections(most: number): StoreConnections {
    const { port } = server.address() as AddressInfo;
    return new StoreConnections({ secure: false, host: "127.0.0.1", port, servername: "" }, most);
  }

  async function read(
    from: StoreConnections,
    { sizeBytes = BODY.length, text = "GET /", signal = undefined as AbortSignal | undefined } = {},
  ): Promise<Buffer> {
    const pieces: Buffer[] = [];
    const take = (piece: Buffer) => pieces.push(piece);
    const given = await from.read({ text: `${text}\r\n\r\n`, sizeBytes, signal, take });
    const bytes = Buffer.concat(pieces);
    assert.equal(given, bytes.length);
    return bytes;
  }

  const head = (more = "") =>
    `HTTP/1.1 206 Partial Content\r\nContent-Length: ${BODY.length}\r\n${more}\r\n`;

  it("are used again, and the pieces lie together in memory of one size", async () => {
    answer = (socket) => socket.write(Buffer.concat([Buffer.from(head()), BODY]));
    const from = connections(8);
    const pieces: Buffer[] = [];
    const take = (piece: Buffer) => pieces.push(piece);
    const request = { text: "GET /\r\n\r\n", sizeBytes: BODY.length, signal: undefined, take };
    await from.read(request);
    const memory = new Set(pieces.map((piece) => piece.buffer));
    assert.deepEqual(
      [...memory].map(({ byteLength }) => byteLength),
      [256 * 1024, BODY.length - 256 * 1024],
    );
    for (let time = 0; time < 3; time++) assert(BODY.equals(await read(from)));

    assert.equal(made.length, 1);
  });

  it("understand an answer that comes byte by byte", async () => {
    answer = (socket) => {
      const bytes = Buffer.concat([Buffer.from(head()), BODY.subarray(0, 20)]);
      void (async () => {
        for (const byte of bytes) {
          await new Promise((done) => socket.write(Buffer.from([byte]), done));
        }
        socket.write(BODY.subarray(20));
      })();
    };

    assert(BODY.equals(await read(connections(1))));
  });

  it("are so many at most; who comes later waits, and each gets its own", async () => {
    const text = (index: number) => `GET ${index} `;
    answer = (socket, request) => {
      const index = Number(request.split(" ")[1]);
      setImmediate(() => socket.write(head().replace(String(BODY.length), "1")));
      setImmediate(() => socket.write(Buffer.from([index])));
    };
    const from = connections(3);
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, index) => read(from, { sizeBytes: 1, text: text(index) })),
    );

    assert.deepEqual(
      all.map(([byte]) => byte),
      Array.from({ length: 50 }, (_, index) => index),
    );
    assert.equal(made.length, 3);
  });

  it("are not waited for any more when a signal says so", async () => {
    answer = () => undefined;
    const from = connections(1);
    const [first, second] = [new AbortController(), new AbortController()];
    const reads = [read(from, { signal: first.signal }), read(from, { signal: second.signal })];
    second.abort();
    assert.equal((await reads[1])?.length, 0);
    first.abort();
    assert.equal((await reads[0])?.length, 0);
    assert.equal((await read(from, { signal: first.signal })).length, 0);

    answer = (socket) => socket.write(Buffer.concat([Buffer.from(head()), BODY]));
    assert(BODY.equals(await read(from)));
  });

  it("go to who waits when another has broken", async () => {
    answer = (socket) => {
      if (made.length === 1) socket.destroy();
      else socket.write(Buffer.concat([Buffer.from(head()), BODY]));
    };
    const from = connections(1);
    const [broken, whole] = await Promise.all([read(from), read(from)]);

    assert.equal(broken.length, 0);
    assert(BODY.equals(whole));
  });

  it("that the store closes while nobody uses them are not used again", async () => {
    answer = (socket) => socket.write(Buffer.concat([Buffer.from(head()), BODY]));
    const from = connections(8);
    await read(from);
    const [socket] = made;
    assert(socket);
    const closed = once(socket, "close");
    socket.end();
    await closed;

    assert(BODY.equals(await read(from)));
    assert.equal(made.length, 2);
  });

  for (const [why, bytes] of [
    ["announces its end", [head("Connection: close\r\n"), BODY]],
    ["says more than was asked for", [head(), BODY, "HTTP/1.1 206 More\r\n\r\n"]],
  ] as const) {
    it(`are given up after an answer that ${why}, which is taken`, async () => {
      answer = (socket) => socket.write(Buffer.concat(bytes.map((part) => Buffer.from(part))));
      const from = connections(8);
      assert(BODY.equals(await read(from)));
      if (made[0]?.closed === false) await once(made[0], "close");
      assert(BODY.equals(await read(from)));
      assert.equal(made.length, 2);
    });
  }

  for (const [what, text] of [
    ["is no success", "HTTP/1.1 404 Not Found\r\nContent-Length: 300000\r\n\r\n"],
    ["is of another size", "HTTP/1.1 206 x\r\nContent-Length: 300001\r\n\r\n"],
    ["comes in pieces", "HTTP/1.1 206 x\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ["has a head without an end", "x".repeat(100_000)],
  ] as const) {
    it(`give nothing of an answer that ${what}, and are given up`, async () => {
      answer = (socket) => socket.write(text);
      const from = connections(8);
      assert.equal((await read(from)).length, 0);
      assert.equal((await read(from)).length, 0);
      assert.equal(made.length, 2);
    });
  }
});
