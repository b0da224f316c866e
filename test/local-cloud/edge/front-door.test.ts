import { strict as assert } from "node:assert";
import { randomBytes } from "node:crypto";
import { request as ask } from "node:http";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, it } from "mocha";
import pino from "pino";
import type { RetrySettings } from "../../../local-cloud/edge/edge-exchange";
import { FrontDoor } from "../../../local-cloud/edge/front-door";
import type { CacheSettings } from "../../../local-cloud/edge/cache-settings";
import { until } from "../until";
import { type EndpointOptions, endpointOver, groupOver, says, ToyOrigin } from "./toy-origin";

const forMinutes: CacheSettings = {
  behavior: "override-always",
  durationMs: 60_000,
  query: { mode: "ignore", parameters: [] },
  compress: false,
};

describe("Front Door's data plane", () => {
  const open: AsyncDisposable[] = [];
  let door: FrontDoor;
  let url: string;

  afterEach(async () => {
    for (const thing of open.splice(0).reverse()) await thing[Symbol.asyncDispose]();
  });

  async function origin(name: string): Promise<ToyOrigin> {
    const started = await ToyOrigin.start(name, says(`from ${name}`));
    open.push(started);
    return started;
  }

  async function openDoor(
    origins: readonly ToyOrigin[],
    options: EndpointOptions = {},
    retry: Partial<RetrySettings> = {},
  ): Promise<void> {
    door = new FrontDoor({ log: pino({ level: "silent" }), retry });
    open.push(door);
    await door.configure([endpointOver(origins, options)]);
    url = `http://127.0.0.1:${String(door.port("endpoint"))}`;
  }

  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}${path}`, { headers });

  it("sends requests to the origin of the highest priority and says so", async () => {
    const [east, west] = [await origin("east"), await origin("west")];
    await openDoor([east, west]);

    const response = await get("/a");

    assert.equal(await response.text(), "from east");
    assert.equal(response.headers.get("x-edge"), "twinstream");
    assert.equal(response.headers.get("x-edge-origin"), "east");
    assert.equal(response.headers.get("x-cache"), "CONFIG_NOCACHE");
    assert.deepEqual(west.requests, []);
  });

  describe("when an origin fails a request", () => {
    for (const { why, fail } of [
      { why: "is gone", fail: (east: ToyOrigin) => east[Symbol.asyncDispose]() },
      {
        why: "answers 503",
        fail: (east: ToyOrigin): Promise<void> | void => {
          east.behaviour = (_request, response) => response.writeHead(503).end("no");
        },
      },
      {
        why: "takes the request and never answers",
        fail: (east: ToyOrigin): Promise<void> | void => {
          east.behaviour = () => undefined;
        },
      },
      {
        why: "breaks off in the middle of a segment",
        fail: (east: ToyOrigin): Promise<void> | void => {
          east.behaviour = (_request, response) => {
            response.writeHead(200, { "content-length": "1000000" });
            response.write(Buffer.alloc(10_000), () => response.destroy());
          };
        },
      },
      {
        why: "stops sending in the middle of a segment",
        fail: (east: ToyOrigin): Promise<void> | void => {
          east.behaviour = (_request, response) => {
            response.writeHead(200, { "content-length": "1000000" });
            response.write(Buffer.alloc(10_000));
          };
        },
      },
    ]) {
      it(`that ${why}, the next one answers the same request`, async () => {
        const [east, west] = [await origin("east"), await origin("west")];
        const segment = randomBytes(1_000_000);
        west.behaviour = (_request, response) => response.end(segment);
        await openDoor([east, west], {}, { tryNextAfterMs: 300 });
        await fail(east);

        const response = await get("/segment");

        assert.equal(response.status, 200);
        assert.equal(response.headers.get("x-edge-origin"), "west");
        assert(segment.equals(Buffer.from(await response.arrayBuffer())));
        assert.equal(door.status().counters.rescued, 1);
      });
    }

    it("asks it last from then on, so that nobody waits for it first", async () => {
      const [east, west] = [await origin("east"), await origin("west")];
      east.behaviour = () => undefined;
      await openDoor([east, west], {}, { tryNextAfterMs: 300 });

      await get("/first");
      await get("/second");

      assert.deepEqual(east.requests, ["GET /first"]);
      assert.deepEqual(west.requests, ["GET /first", "GET /second"]);
    });

    it("that lacks what the next one has, the next one answers, and the first stays first", async () => {
      const [east, west] = [await origin("east"), await origin("west")];
      east.behaviour = (request, response) =>
        response.writeHead(request.url === "/new" ? 404 : 200).end("east");
      await openDoor([east, west]);

      const onlyInWest = await get("/new");
      const inBoth = await get("/old");

      assert.deepEqual([onlyInWest.status, await onlyInWest.text()], [200, "from west"]);
      assert.equal(inBoth.headers.get("x-edge-origin"), "east");
    });

    for (const status of [404, 403]) {
      it(`with every one lacking it, the first one's ${status} is the answer`, async () => {
        const [east, west] = [await origin("east"), await origin("west")];
        for (const each of [east, west]) {
          each.behaviour = (_request, response) => response.writeHead(status).end(each.name);
        }
        await openDoor([east, west]);

        const response = await get("/none");

        assert.deepEqual([response.status, await response.text()], [status, "east"]);
      });
    }

    it("that has it deleted, the next one answers that has it still", async () => {
      const [east, west] = [await origin("east"), await origin("west")];
      east.behaviour = (_request, response) => response.writeHead(403).end("deleted");
      await openDoor([east, west]);

      const response = await get("/film");

      assert.deepEqual([response.status, await response.text()], [200, "from west"]);
    });

    it("that fails some paths only, is left, and taken back for none of them", async () => {
      const [east, west] = [await origin("east"), await origin("west")];
      east.behaviour = (request, response) =>
        response.writeHead(request.url?.includes("video") ? 503 : 200).end("from east");
      await openDoor([east, west], { probeIntervalMs: 40 });

      for (let round = 0; round < 20; round += 1) {
        assert.equal(await (await get(`/video/${round}`)).text(), "from west");
        await get(`/audio/${round}`);
      }
    });

    it("does not repeat a request that changes something", async () => {
      const [east, west] = [await origin("east"), await origin("west")];
      east.behaviour = (_request, response) => response.writeHead(503).end("no");
      await openDoor([east, west]);

      const response = await fetch(`${url}/thing`, { method: "POST", body: "x" });

      assert.equal(response.status, 503);
      assert.deepEqual(west.requests, []);
    });

    it("answers 502 and names the origin when none is left", async () => {
      const east = await origin("east");
      await openDoor([east]);
      await east[Symbol.asyncDispose]();

      const response = await get("/a");

      assert.equal(response.status, 502);
      assert.match(await response.text(), /^No origin could answer: east: .*ECONNREFUSED/);
    });
  });

  describe("when an origin is slow", () => {
    /** Answers after a while. */
    const slowly = (toy: ToyOrigin, ms: number): void => {
      toy.behaviour = (_request, response) => {
        setTimeout(() => response.end(`from ${toy.name}`), ms);
      };
    };

    it("asks the next one too after a while, takes who is first, and asks the slow one last", async () => {
      const [east, west] = [await origin("east"), await origin("west")];
      slowly(east, 5_000);
      await openDoor([east, west], {}, { patienceMs: 100 });

      const started = performance.now();
      const first = await get("/first");
      const tookMs = performance.now() - started;
      await get("/second");

      assert.equal(first.headers.get("x-edge-origin"), "west");
      assert(tookMs < 2_000, `took ${tookMs} ms`);
      assert.deepEqual(east.requests, ["GET /first"]);
      assert.equal(door.status().counters.hedged, 1);
    });

    it("still takes the slow one's answer where that comes first, and gets used to it", async () => {
      const [east, west] = [await origin("east"), await origin("west")];
      slowly(east, 300);
      slowly(west, 3_000);
      await openDoor([east, west], {}, { patienceMs: 100 });

      for (const path of ["/1", "/2", "/3"]) {
        assert.equal(await (await get(path)).text(), "from east");
      }

      assert.deepEqual(west.requests, ["GET /1"]);
    });

    it("leaves an origin with 500 ms of latency alone", async () => {
      const [east, west] = [await origin("east"), await origin("west")];
      slowly(east, 500);
      await openDoor([east, west]);

      for (const path of ["/1", "/2"]) assert.equal(await (await get(path)).text(), "from east");

      assert.deepEqual(west.requests, []);
    });

    it("lets the last origin take all the time that is declared", async () => {
      const [east, west] = [await origin("east"), await origin("west")];
      slowly(east, 5_000);
      slowly(west, 700);
      await openDoor([east, west], {}, { patienceMs: 50, tryNextAfterMs: 200 });

      assert.equal(await (await get("/a")).text(), "from west");
    });

    it("lets go of the origins when the client goes away", async () => {
      const [east, west] = [await origin("east"), await origin("west")];
      let closed = 0;
      for (const each of [east, west]) {
        each.behaviour = (_request, response) => response.once("close", () => (closed += 1));
      }
      await openDoor([east, west], {}, { patienceMs: 30 });
      const client = new AbortController();
      const answer = fetch(`${url}/a`, { signal: client.signal });
      await until("both asked", () => west.requests.length === 1);

      client.abort();

      await assert.rejects(answer);
      await until("both let go", () => closed === 2);
    });
  });

  describe("with the retry switched off", () => {
    it("passes the failure on until probes find the origin unhealthy", async () => {
      const [east, west] = [await origin("east"), await origin("west")];
      await openDoor([east, west], { probeIntervalMs: 100 }, { enabled: false });
      await until("probed", () => originDetails(door).every((detail) => detail === "200"));
      await east[Symbol.asyncDispose]();

      const duringDetection = await get("/a");
      await until("unhealthy", () => health(door)["east"] === false);
      const afterwards = await get("/a");

      assert.equal(duringDetection.status, 502);
      assert.equal(afterwards.headers.get("x-edge-origin"), "west");
    });

    it("breaks the viewer's connection where the origin's breaks", async () => {
      const [east, west] = [await origin("east"), await origin("west")];
      east.behaviour = (_request, response) => {
        response.writeHead(200, { "content-length": "1000000" });
        response.write(Buffer.alloc(10_000), () => response.destroy());
      };
      await openDoor([east, west], {}, { enabled: false });

      const response = await get("/segment");

      assert.equal(response.status, 200);
      await assert.rejects(response.arrayBuffer());
      assert.deepEqual(west.requests, []);
    });

    it("gives up on a silent origin after the declared time-out", async () => {
      const east = await origin("east");
      east.behaviour = () => undefined;
      await openDoor([east], { responseTimeoutMs: 400 }, { enabled: false });

      const response = await get("/a");

      assert.equal(response.status, 504);
    });
  });

  describe("with probes", () => {
    it("calls an origin healthy again once enough samples of the window succeeded", async () => {
      const [east, west] = [await origin("east"), await origin("west")];
      let ready = false;
      east.behaviour = (request, response) => {
        if (request.url === "/readyz") response.writeHead(ready ? 200 : 503).end();
        else response.end("from east");
      };
      await openDoor([east, west], { probeIntervalMs: 50 });
      await until("unhealthy", () => health(door)["east"] === false);
      const away = await get("/a");
      ready = true;
      await until("healthy", () => health(door)["east"] === true);

      assert.equal(away.headers.get("x-edge-origin"), "west");
      assert.equal((await get("/a")).headers.get("x-edge-origin"), "east");
    });

    it("treats all as healthy when every probe fails", async () => {
      const [east, west] = [await origin("east"), await origin("west")];
      for (const each of [east, west]) {
        each.behaviour = (request, response) =>
          response.writeHead(request.url === "/readyz" ? 503 : 200).end(each.name);
      }
      await openDoor([east, west], { probeIntervalMs: 50 });
      await until("unhealthy", () => Object.values(health(door)).every((healthy) => !healthy));

      assert.equal(await (await get("/a")).text(), "east");
    });
  });

  describe("with caching", () => {
    it("asks the origin once while an answer is fresh, whatever the query", async () => {
      const east = await origin("east");
      await openDoor([east], { cache: forMinutes });

      const first = await get("/segment?a=1");
      await first.text();
      const second = await get("/segment?b=2");

      assert.equal(first.headers.get("x-cache"), "TCP_MISS");
      assert.equal(second.headers.get("x-cache"), "TCP_HIT");
      assert.equal(await second.text(), "from east");
      assert.equal(second.headers.get("x-edge-origin"), "east");
      assert.deepEqual(east.requests, ["GET /segment?a=1"]);
    });

    it("answers a range, and a condition, from the whole answer it has", async () => {
      const east = await origin("east");
      east.behaviour = says("0123456789", { etag: '"x"' });
      await openDoor([east], { cache: forMinutes });
      await (await get("/segment")).text();

      const range = await get("/segment", { range: "bytes=2-4" });
      const behind = await get("/segment", { range: "bytes=10-" });
      const same = await get("/segment", { "if-none-match": '"x"' });

      assert.equal(range.status, 206);
      assert.equal(await range.text(), "234");
      assert.equal(range.headers.get("content-range"), "bytes 2-4/10");
      assert.equal(behind.status, 416);
      assert.equal(same.status, 304);
      assert.equal(east.requests.length, 1);
    });

    for (const { what, behaviour, headers } of [
      {
        what: "an error",
        behaviour: ((_request, response) =>
          response.writeHead(404).end("no")) as ToyOrigin["behaviour"],
      },
      {
        what: "a part of an answer",
        behaviour: ((_request, response) =>
          response
            .writeHead(206, { "content-range": "bytes 0-0/2" })
            .end("a")) as ToyOrigin["behaviour"],
        headers: { range: "bytes=0-0" },
      },
      { what: "an answer with a cookie", behaviour: says("a", { "set-cookie": "a=b" }) },
    ]) {
      it(`keeps no copy of ${what}`, async () => {
        const east = await origin("east");
        east.behaviour = behaviour;
        await openDoor([east], { cache: forMinutes });

        await (await get("/a", headers)).text();
        await (await get("/a", headers)).text();

        assert.equal(east.requests.length, 2);
      });
    }

    it("goes by the first rule that fits, and lets its time pass", async () => {
      const east = await origin("east");
      let now = 0;
      door = new FrontDoor({ log: pino({ level: "silent" }), now: () => now });
      open.push(door);
      const rule = (order: number, contains: string, durationMs: number) => ({
        order,
        stops: true,
        headers: [],
        cache: { ...forMinutes, durationMs },
        conditions: [
          {
            variable: "UrlPath",
            operator: "Contains",
            values: [contains],
            negate: false,
            transforms: ["Lowercase"],
            selector: "",
          },
        ],
      });
      const rules = [rule(1, "/fragments(", 60_000), rule(2, "/manifest", 60)];
      await door.configure([endpointOver([east], { rules })]);
      url = `http://127.0.0.1:${String(door.port("endpoint"))}`;

      const verdict = async (path: string): Promise<string | null> => {
        const response = await get(path);
        await response.text();
        return response.headers.get("x-cache");
      };
      assert.equal(await verdict("/x/Manifest"), "TCP_MISS");
      assert.equal(await verdict("/x/Manifest"), "TCP_HIT");
      assert.equal(await verdict("/x/Fragments(v=0)"), "TCP_MISS");
      assert.equal(await verdict("/readyz-not"), "CONFIG_NOCACHE");
      await until("lapsed", async () => (await verdict("/x/Manifest")) === "TCP_MISS");
      now += 1;
      assert.equal(await verdict("/x/Fragments(v=0)"), "TCP_HIT");
    });

    it("asks the origin once for what many want at the same time", async () => {
      const east = await origin("east");
      let answerAll = (): void => undefined;
      east.behaviour = (_request, response) => (answerAll = () => response.end("one"));
      await openDoor([east], { cache: forMinutes });
      const answers = Array.from({ length: 20 }, (_, index) => get(`/segment?${index}`));
      await until("all wait", () => door.status().counters.requests === 20);

      answerAll();

      const texts = await Promise.all(answers.map(async (response) => (await response).text()));
      assert.deepEqual(new Set(texts), new Set(["one"]));
      assert.equal(east.requests.length, 1);
      assert.equal(door.status().counters.shared, 19);
    });

    it("answers the others when the one that asked goes away", async () => {
      const east = await origin("east");
      let answerAll = (): void => undefined;
      east.behaviour = (_request, response) => (answerAll = () => response.end("one"));
      await openDoor([east], { cache: forMinutes });
      const leader = new AbortController();
      const left = fetch(`${url}/segment`, { signal: leader.signal });
      await until("asked", () => east.requests.length === 1);
      const follower = get("/segment");
      await until("both wait", () => door.status().counters.requests === 2);

      leader.abort();
      await assert.rejects(left);
      answerAll();

      assert.equal(await (await follower).text(), "one");
      assert.equal(east.requests.length, 1);
    });

    it("lets the others ask for themselves when the one that asked first gets nothing", async () => {
      const east = await origin("east");
      const waiting: (() => void)[] = [];
      east.behaviour = (_request, response) => {
        const isFirst = east.requests.length === 1;
        waiting.push(() => response.writeHead(isFirst ? 503 : 200).end("answer"));
        if (!isFirst) for (const send of waiting.splice(0)) send();
      };
      await openDoor([east], { cache: forMinutes });
      const answers = [get("/segment"), get("/segment"), get("/segment")];
      await until("all wait", () => door.status().counters.requests === 3);

      waiting.splice(0).forEach((send) => {
        send();
      });

      const statuses = (await Promise.all(answers)).map(({ status }) => status);
      assert.deepEqual(statuses.sort(), [200, 200, 503]);
    });

    it("keeps what one client is authorized to see from the others", async () => {
      const east = await origin("east");
      await openDoor([east], { cache: forMinutes });

      await (await get("/a", { authorization: "Bearer x" })).text();
      const other = await get("/a");

      assert.equal(other.headers.get("x-cache"), "TCP_MISS");
      assert.equal(east.requests.length, 2);
    });

    describe("and compression", () => {
      const text = "again and ".repeat(1000);
      /** Without a client that decompresses behind one's back. */
      const raw = (headers: Record<string, string>): Promise<[Buffer, Record<string, unknown>]> =>
        new Promise((resolve, reject) => {
          ask(`${url}/text`, { headers }, (response) => {
            const parts: Buffer[] = [];
            response.on("data", (part: Buffer) => parts.push(part));
            response.once("end", () => {
              resolve([Buffer.concat(parts), response.headers]);
            });
          })
            .once("error", reject)
            .end();
        });

      it("compresses for who takes it, with a weak tag and Vary, and keeps both forms", async () => {
        const east = await origin("east");
        east.behaviour = says(text, { etag: '"x"', "content-md5": "abc" });
        await openDoor([east], { cache: { ...forMinutes, compress: true } });

        const [packed, packedHeaders] = await raw({ "accept-encoding": "gzip" });
        const [plain, plainHeaders] = await raw({});
        const [part, partHeaders] = await raw({ "accept-encoding": "gzip", range: "bytes=0-4" });
        const [, same] = await raw({ "accept-encoding": "gzip", "if-none-match": 'W/"x"' });

        assert.equal(gunzipSync(packed).toString(), text);
        assert.equal(packedHeaders["content-encoding"], "gzip");
        assert.equal(packedHeaders["etag"], 'W/"x"');
        assert.equal(packedHeaders["content-md5"], undefined);
        assert.equal(plain.toString(), text);
        assert.equal(plainHeaders["etag"], '"x"');
        for (const headers of [packedHeaders, plainHeaders, same]) {
          assert.equal(headers["vary"], "Accept-Encoding");
        }
        assert.deepEqual([part.toString(), partHeaders["content-encoding"]], ["again", undefined]);
        assert.deepEqual(east.requests.length, 1);
      });

      it("never compresses twice", async () => {
        const east = await origin("east");
        east.behaviour = says(text, { "content-encoding": "x-own" });
        await openDoor([east], { cache: { ...forMinutes, compress: true } });

        const [body, headers] = await raw({ "accept-encoding": "gzip" });

        assert.equal(body.toString(), text);
        assert.equal(headers["content-encoding"], "x-own");
      });
    });

    it("streams a body that is larger than it holds back, whole", async () => {
      const [east, west] = [await origin("east"), await origin("west")];
      const film = randomBytes(3_000_000);
      east.behaviour = (_request, response) => response.end(film);
      await openDoor([east, west], {}, { bufferBytes: 100_000 });

      const response = await get("/film.mp4");

      assert(film.equals(Buffer.from(await response.arrayBuffer())));
    });
  });

  it("does what rules say: redirects, rewrites, headers, another origin group", async () => {
    const [east, other] = [await origin("east"), await origin("other")];
    other.behaviour = (request, response) => {
      response.setHeader("x-secret", "1");
      response.end(`${request.url} ${String(request.headers["x-by"])}`);
    };
    const onPath = (path: string) => [
      {
        variable: "UrlPath",
        operator: "BeginsWith",
        values: [path],
        negate: false,
        transforms: [],
        selector: "",
      },
    ];
    const rule = { order: 1, headers: [], cache: undefined, stops: false };
    await openDoor([east], {
      otherGroups: [{ ...groupOver([other]), id: "other" }],
      rules: [
        {
          ...rule,
          conditions: onPath("/old"),
          redirect: {
            status: 301,
            protocol: "http",
            host: undefined,
            path: "/new",
            query: undefined,
            fragment: undefined,
          },
        },
        {
          ...rule,
          conditions: onPath("/other/"),
          groupId: "other",
          rewrite: { source: "/other/", destination: "/at/", keepsRest: true },
          headers: [
            { target: "request", action: "overwrite", name: "X-By", value: "{http_method}" },
            { target: "response", action: "delete", name: "X-Secret", value: "" },
          ],
        },
      ],
    });

    const moved = await fetch(`${url}/old?a`, { redirect: "manual" });
    const elsewhere = await get("/other/a");

    assert.deepEqual([moved.status, moved.headers.get("location")], [301, `${url}/new?a`]);
    assert.equal(await elsewhere.text(), "/at/a GET");
    assert.equal(elsewhere.headers.get("x-secret"), null);
    assert.equal(elsewhere.headers.get("x-edge-origin"), "other");
    assert.deepEqual(east.requests, []);
  });

  it("lets rules look at a body, and hands it on whole", async () => {
    const east = await origin("east");
    east.behaviour = (request, response) => request.pipe(response);
    await openDoor([east], {
      rules: [
        {
          order: 1,
          cache: undefined,
          stops: false,
          headers: [{ target: "response", action: "overwrite", name: "x-found", value: "yes" }],
          conditions: [
            {
              variable: "RequestBody",
              operator: "Contains",
              values: ["needle"],
              negate: false,
              transforms: [],
              selector: "",
            },
          ],
        },
      ],
    });
    const large = Buffer.concat([Buffer.from("needle"), Buffer.alloc(500_000, "x")]);
    for (const body of [Buffer.from("a needle"), large, Buffer.from("hay")]) {
      const response = await fetch(`${url}/a`, { method: "POST", body });

      assert(body.equals(Buffer.from(await response.arrayBuffer())));
      const found = response.headers.get("x-found") === "yes";
      assert.equal(found, body.includes("needle"));
    }
  });

  it("answers 404 where no route fits, and stops listening when its endpoint goes", async () => {
    const east = await origin("east");
    await openDoor([east]);
    const [settings] = [endpointOver([east])];
    const [route] = settings.routes;
    assert(route);
    await door.configure([{ ...settings, routes: [{ ...route, patterns: ["/media/*"] }] }]);
    assert.equal((await get("/other")).status, 404);
    assert.equal((await get("/media/a")).status, 200);

    await door.configure([]);

    await assert.rejects(get("/media/a"));
  });
});

function health(door: FrontDoor): Record<string, boolean> {
  const origins = door.status().endpoints.flatMap((endpoint) => endpoint.origins);
  return Object.fromEntries(origins.map(({ name, healthy }) => [name, healthy]));
}

function originDetails(door: FrontDoor): string[] {
  return door.status().endpoints.flatMap(({ origins }) => origins.map(({ detail }) => detail));
}
