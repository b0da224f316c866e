import { strict as assert } from "node:assert";
import { createServer, request as send, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, it } from "mocha";
import pino from "pino";
import { FrontDoor } from "../../../local-cloud/edge/front-door";
import { WatchControl } from "../../../local-cloud/edge/watch-control";

interface Question {
  readonly method: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

interface Answer {
  readonly status: number;
  readonly body: { readonly error?: string };
  readonly headers: Record<string, unknown>;
}

describe("the watch page's controls at the local edge", () => {
  let control: Server;
  let door: FrontDoor;
  let port: number;
  let asked: { url: string; origin: string | undefined; body: string }[];

  before(async () => {
    control = createServer((request, response) => {
      let body = "";
      request.on("data", (part: Buffer) => (body += part.toString()));
      request.on("end", () => {
        asked.push({ url: request.url ?? "", origin: request.headers.origin, body });
        response.statusCode = request.url === "/status" ? 200 : 404;
        response.end(
          JSON.stringify(
            request.url === "/status"
              ? { pid: 1, dataCenters: [{ name: "east", store: "secret path" }] }
              : { error: "there is no data center" },
          ),
        );
      });
    });
    await new Promise<void>((resolve) => control.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(control.address() as AddressInfo).port}`;
    door = new FrontDoor({
      log: pino({ level: "silent" }),
      control: new WatchControl(() => url),
    });
    await door.configure([{ id: "edge", name: "edge", port: 0, routes: [] }]);
    port = door.port("edge") ?? 0;
  });
  after(async () => {
    await door[Symbol.asyncDispose]();
    control.closeAllConnections();
    control.close();
  });
  beforeEach(() => {
    asked = [];
  });

  /** What a browser would send from the page, unless a test changes it; undefined leaves a header out. */
  async function ask(
    path: string,
    { method = "GET", body = "", headers = {} }: Partial<Question> = {},
  ): Promise<Answer> {
    const all: Question["headers"] = {
      host: `127.0.0.1:${port}`,
      origin: `http://127.0.0.1:${port}`,
      "sec-fetch-site": "same-origin",
      "x-twinstream-control": "1",
      ...headers,
    };
    const sent = Object.fromEntries(
      Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    return new Promise((resolve, reject) => {
      const request = send({ port, path, method, headers: sent }, (response) => {
        let text = "";
        response.on("data", (part: Buffer) => (text += part.toString()));
        response.on("end", () => {
          const { statusCode: status = 0, headers } = response;
          resolve({ status, headers, body: JSON.parse(text) as Answer["body"] });
        });
      });
      request.on("error", reject);
      request.end(body);
    });
  }

  it("list the data centers, and nothing else of the cloud's state", async () => {
    const { status, body } = await ask("/watch/control/data-centers");

    assert.equal(status, 200);
    assert.deepEqual(body, { dataCenters: ["east"] });
  });

  it("hand a fault on without the page's origin, and the answer back", async () => {
    const fault = JSON.stringify({ target: "north", what: "network", action: "hang" });
    const { status, body } = await ask("/watch/control/faults", { method: "POST", body: fault });

    assert.deepEqual(asked, [{ url: "/faults", origin: undefined, body: fault }]);
    assert.deepEqual([status, body], [404, { error: "there is no data center" }]);
  });

  for (const { why, headers } of [
    { why: "a page of another origin", headers: { origin: "http://evil.test" } },
    { why: "a page of another port", headers: { origin: "http://127.0.0.1:1" } },
    { why: "a page without an origin", headers: { origin: "null" } },
    { why: "another site, by the browser's word", headers: { "sec-fetch-site": "cross-site" } },
    { why: "who types the address", headers: { origin: undefined, "sec-fetch-site": "none" } },
    {
      why: "a name that was made to point here",
      headers: { host: "rebound.test", origin: "http://rebound.test" },
    },
    { why: "a name that only begins well", headers: { host: "127.0.0.1.evil.test" } },
    { why: "a request without the page's header", headers: { "x-twinstream-control": undefined } },
  ] as { why: string; headers: Record<string, string | undefined> }[]) {
    it(`refuse ${why}, and do nothing`, async () => {
      for (const [method, what] of [
        ["GET", "data-centers"],
        ["POST", "faults"],
        ["OPTIONS", "faults"],
      ] as const) {
        const answer = await ask(`/watch/control/${what}`, { method, headers });

        assert.equal(answer.status, 403, `${method} ${what}`);
        assert.equal(answer.headers["access-control-allow-origin"], undefined);
      }
      assert.deepEqual(asked, []);
    });
  }

  it("work under the machine's other own names", async () => {
    for (const host of [`localhost:${port}`, `[::1]:${port}`]) {
      const headers = { host, origin: `http://${host}` };
      assert.equal((await ask("/watch/control/data-centers", { headers })).status, 200);
    }
  });

  it("know no other control, and take no endless body", async () => {
    assert.equal((await ask("/watch/control/edge/retry", { method: "PUT" })).status, 404);
    assert.equal((await ask("/watch/control/faults")).status, 404);
    const body = "x".repeat(20_000);
    assert.equal((await ask("/watch/control/faults", { method: "POST", body })).status, 413);
    assert.deepEqual(asked, []);
  });
});
