import { strict as assert } from "node:assert";
import { Agent, type ClientRequest, type IncomingMessage, request as ask } from "node:http";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, it } from "mocha";
import { Ingress } from "../../../local-cloud/ingress/ingress";
import type { NetworkFault } from "../../../local-cloud/ingress/network-fault";
import { says, ToyOrigin } from "../edge/toy-origin";
import { until } from "../until";

interface Answer {
  status: number;
  body: Buffer;
  headers: IncomingMessage["headers"];
  /** Milliseconds until the first byte of the head. */
  firstByteMs: number;
  /** How the body ended, where not as it should. */
  broken: string | undefined;
}

const megabyte = Buffer.alloc(1_000_000, "x");

describe("the ingress before a data center's service", () => {
  let service: ToyOrigin;
  let ingress: Ingress;
  let agent: Agent;

  beforeEach(async () => {
    service = await ToyOrigin.start("service", says("hello"));
    ingress = await Ingress.open({
      port: 0,
      servicePort: Number(service.host.split(":")[1]),
    });
    // One connection, so that a second request shows what happens to an open one.
    agent = new Agent({ keepAlive: true, maxSockets: 1 });
  });
  afterEach(async () => {
    agent.destroy();
    await ingress[Symbol.asyncDispose]();
    await service[Symbol.asyncDispose]();
  });

  function start(
    path: string,
    options: { method?: string; body?: Buffer } = {},
  ): [ClientRequest, Promise<Answer>] {
    const started = performance.now();
    const { method = "GET", body } = options;
    const request = ask({ host: "127.0.0.1", port: ingress.port, path, method, agent });
    request.end(body);
    const answer = new Promise<Answer>((resolve, reject) => {
      request.once("error", reject);
      request.once("response", (response) => {
        const firstByteMs = performance.now() - started;
        const parts: Buffer[] = [];
        const end = (broken?: string): void => {
          const { statusCode: status = 0, headers } = response;
          resolve({ status, headers, body: Buffer.concat(parts), firstByteMs, broken });
        };
        response.on("data", (part: Buffer) => parts.push(part));
        response.once("end", () => {
          end();
        });
        response.once("error", (error) => {
          end(error.message);
        });
      });
    });
    return [request, answer];
  }
  const get = (path: string): Promise<Answer> => start(path)[1];

  it("carries requests and answers as they are, on one connection", async () => {
    service.behaviour = (request, response) => {
      if (request.method === "POST") request.pipe(response);
      else response.writeHead(200, { "x-of": "service" }).end(megabyte);
    };

    const first = await get("/a");
    const [request, second] = start("/b", { method: "POST", body: megabyte });

    assert.equal(first.headers["x-of"], "service");
    assert(first.body.equals(megabyte));
    assert((await second).body.equals(megabyte));
    assert(request.reusedSocket);
  });

  describe("with the network slow", () => {
    it("lets every answer begin later, on new and on open connections, and no slower", async () => {
      service.behaviour = (_request, response) => response.end(megabyte);
      await get("/warm");
      ingress.setFault({ action: "slow", latencyMs: 300 });

      const onOpen = await get("/a");
      agent.destroy();
      const onNew = await get("/b");

      for (const { firstByteMs, body } of [onOpen, onNew]) {
        assert(firstByteMs >= 299, `began after ${firstByteMs} ms`);
        assert(body.equals(megabyte));
      }
    });

    it("delivers at once what it held back when the fault ends", async () => {
      ingress.setFault({ action: "slow", latencyMs: 60_000 });
      const answer = get("/a");
      await until("asked", () => service.requests.length === 1);

      ingress.setFault(undefined);

      assert.equal((await answer).body.toString(), "hello");
    });
  });

  describe("told to fail", () => {
    it("answers itself, also on open connections, and never asks the service", async () => {
      await get("/warm");
      ingress.setFault({ action: "fail", status: 503 });

      const [request, answer] = start("/a");
      const [, posted] = start("/b", { method: "POST", body: megabyte });

      assert.equal((await answer).status, 503);
      assert(request.reusedSocket, "the connection should have stayed open");
      assert.equal((await posted).status, 503);
      assert.deepEqual(service.requests, ["GET /warm"]);
    });

    it("fails only the paths that are meant, and hands the others on", async () => {
      ingress.setFault({ action: "fail", status: 500, paths: "/Fragments\\(video" });

      assert.equal((await get("/x/Fragments(video=0)?a")).status, 500);
      assert.equal((await get("/x/Fragments%28video=0%29")).status, 500);
      assert.equal((await get("/x/Fragments(audio=0)")).body.toString(), "hello");
      assert.equal((await get("/x?/Fragments(video=0)")).status, 200);
    });

    it("hands requests on with their bodies, and answers with their headers, as they are", async () => {
      ingress.setFault({ action: "fail", status: 500, paths: "^/none$" });
      service.behaviour = (request, response) => {
        response.writeHead(201, [
          ["Set-Cookie", "a=1"],
          ["Set-Cookie", "b=2"],
        ] as never);
        request.pipe(response);
      };

      const answer = await start("/a", { method: "POST", body: megabyte })[1];

      assert.equal(answer.status, 201);
      assert.deepEqual(answer.headers["set-cookie"], ["a=1", "b=2"]);
      assert(answer.body.equals(megabyte));
    });

    it("lets an answer that was under way come to its end", async () => {
      let finish = (): void => undefined;
      service.behaviour = (_request, response) => {
        response.write("begin ");
        finish = () => response.end("end");
      };
      const answer = get("/a");
      await until("asked", () => service.requests.length === 1);

      ingress.setFault({ action: "fail", status: 503 });
      finish();

      assert.equal((await answer).body.toString(), "begin end");
      assert.equal((await get("/b")).status, 503);
    });
  });

  describe("hanging", () => {
    it("takes connections and answers none, until it is restored", async () => {
      ingress.setFault({ action: "hang" });
      let answered = false;
      const answer = get("/a").then((found) => {
        answered = true;
        return found;
      });
      const port = ingress.port;
      const probe = connect({ host: "127.0.0.1", port });
      await new Promise((resolve) => probe.once("connect", resolve));
      probe.destroy();

      assert(!answered);
      assert.deepEqual(service.requests, []);
      ingress.setFault(undefined);

      assert.equal((await answer).body.toString(), "hello");
    });

    it("stands open answers still, and lets them go on", async () => {
      let more = (): void => undefined;
      let seen = "";
      service.behaviour = (_request, response) => {
        response.write("one ");
        more = () => response.end("two");
      };
      const [request, answer] = start("/a");
      request.once("response", (response) => response.on("data", (part) => (seen += String(part))));
      await until("begun", () => seen === "one ");
      ingress.setFault({ action: "hang" });
      more();
      // Whatever the service sent has long been taken in once a whole new round trip is over.
      await roundTrip();

      assert.equal(seen, "one ");
      ingress.setFault(undefined);

      assert.equal((await answer).body.toString(), "one two");
    });

    it("forgets clients that gave up meanwhile", async () => {
      ingress.setFault({ action: "hang" });
      const [request, answer] = start("/a");
      await new Promise((resolve) => request.once("finish", resolve));
      request.destroy();
      await assert.rejects(answer);
      await roundTrip();

      ingress.setFault(undefined);
      await get("/b");

      assert.deepEqual(service.requests, ["GET /else", "GET /b"]);
    });

    /** An exchange with the service past the ingress. */
    async function roundTrip(): Promise<void> {
      await fetch(`http://${service.host}/else`);
    }
  });

  describe("told to cut", () => {
    for (const afterBytes of [0, 100_000]) {
      it(`resets the connection after ${afterBytes} bytes of a body`, async () => {
        service.behaviour = (_request, response) => response.end(megabyte);
        ingress.setFault({ action: "cut", afterBytes });

        const answer = await get("/a");

        assert.equal(answer.status, 200);
        assert.equal(answer.body.length, afterBytes);
        assert.equal(answer.broken, "aborted");
      });
    }

    it("leaves shorter bodies whole, and cuts an answer that is under way", async () => {
      let more = (): void => undefined;
      service.behaviour = (_request, response) => {
        response.write("one ");
        more = () => response.end(megabyte);
      };
      const answer = get("/a");
      await until("asked", () => service.requests.length === 1);
      ingress.setFault({ action: "cut", afterBytes: 1000 });
      more();
      assert.equal((await answer).broken, "aborted");
      service.behaviour = says("hello");

      const short = await get("/b");

      assert.deepEqual([short.body.toString(), short.broken], ["hello", undefined]);
    });
  });

  it("replaces one fault by the next on the same connection", async () => {
    const faults: [NetworkFault | undefined, number][] = [
      [{ action: "fail", status: 503 }, 503],
      [{ action: "slow", latencyMs: 20 }, 200],
      [{ action: "fail", status: 599 }, 599],
      [{ action: "cut", afterBytes: 100 }, 200],
      [undefined, 200],
    ];
    await get("/warm");
    for (const [fault, status] of faults) {
      ingress.setFault(fault);
      const [request, answer] = start("/a");

      assert.equal((await answer).status, status);
      assert(request.reusedSocket);
    }
  });

  describe("when the service behind it", () => {
    it("is gone, answers 503, since nothing was begun", async () => {
      await service[Symbol.asyncDispose]();

      const answer = await get("/a");

      assert.deepEqual([answer.status, answer.body.length], [503, 0]);
    });

    it("dies with a request, answers 502, since it may have been carried out", async () => {
      service.behaviour = (request) => request.socket.resetAndDestroy();

      assert.equal((await get("/a")).status, 502);
    });

    it("breaks off an answer, breaks it off too", async () => {
      service.behaviour = (_request, response) => {
        response.writeHead(200, { "content-length": "1000000" });
        response.write(Buffer.alloc(1000), () => response.destroy());
      };

      const answer = await get("/a");

      assert.equal(answer.broken, "aborted");
    });

    it("comes back, finds it again", async () => {
      const port = Number(service.host.split(":")[1]);
      await service[Symbol.asyncDispose]();
      assert.equal((await get("/a")).status, 503);

      service = await ToyOrigin.start("again", says("back"), port);

      assert.equal((await get("/b")).body.toString(), "back");
    });
  });
});
