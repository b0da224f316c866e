import { strict as assert } from "node:assert";
import fastify, { type FastifyInstance } from "fastify";
import { afterEach, describe, it } from "mocha";
import { readConfig } from "../../../media-service/config";
import { ConfigError } from "../../../media-service/config-error";
import {
  DirectAccess,
  type DirectAccessSettings,
} from "../../../media-service/origin/direct-access";

const frontDoorId = "0a1b2c3d-0000-4000-8000-00000000000f";
const byEdge = { "x-azure-fdid": frontDoorId };
const from = (address: string) => ({ "x-forwarded-for": address });

describe("requests that come past the edge", () => {
  let app: FastifyInstance;
  let now = 0;

  function guard(settings: Partial<DirectAccessSettings>) {
    const access = new DirectAccess(
      { frontDoorId, frontDoorOnly: false, requestsPerMinute: 2, ...settings },
      () => now,
    );
    app = fastify();
    app.addHook("onRequest", (request, reply, next) => {
      if (!access.refuse(request, reply)) next();
    });
    app.get("*", () => "played");
    return async (headers: Record<string, string>, url = "/x/manifest") => {
      const { statusCode, headers: answered } = await app.inject({ url, headers });
      return [statusCode, answered["retry-after"]] as const;
    };
  }
  afterEach(async () => {
    now = 0;
    await app.close();
  });

  it("are answered as often as is allowed to an address, then told when to come back", async () => {
    const ask = guard({});

    assert.deepEqual(await ask(from("192.0.2.1")), [200, undefined]);
    assert.deepEqual(await ask(from("192.0.2.1")), [200, undefined]);
    now = 20_500;
    assert.deepEqual(await ask(from("192.0.2.1")), [429, "40"]);
    assert.deepEqual(await ask(from("192.0.2.2")), [200, undefined]);
    now = 60_000;
    assert.deepEqual(await ask(from("192.0.2.1")), [200, undefined]);
  });

  it("count for the address that the ingress saw, whatever the client claims", async () => {
    const ask = guard({ requestsPerMinute: 1 });

    assert.equal((await ask(from("198.51.100.1, 192.0.2.1")))[0], 200);
    assert.equal((await ask(from("198.51.100.2, 192.0.2.1")))[0], 429);
  });

  it("are not counted at all where they come through the edge, or ask for health", async () => {
    const ask = guard({ requestsPerMinute: 1 });
    const statuses: number[] = [];
    for (let index = 0; index < 4; index += 1) {
      statuses.push((await ask({ ...from("192.0.2.1"), ...byEdge }))[0]);
      statuses.push((await ask(from("192.0.2.1"), "/readyz"))[0]);
    }

    assert.deepEqual([...new Set(statuses)], [200]);
  });

  it("do not pass for the edge's with another edge's id", async () => {
    const ask = guard({ requestsPerMinute: 1 });
    const other = { "x-azure-fdid": "ffffffff-0000-4000-8000-00000000000f" };

    assert.equal((await ask({ ...from("192.0.2.1"), ...other }))[0], 200);
    assert.equal((await ask({ ...from("192.0.2.1"), ...other }))[0], 429);
  });

  it("are refused where only the edge is answered, but for health", async () => {
    const ask = guard({ frontDoorOnly: true });

    assert.equal((await ask(from("192.0.2.1")))[0], 403);
    assert.equal((await ask(byEdge))[0], 200);
    assert.equal((await ask(from("192.0.2.1"), "/readyz"))[0], 200);
    assert.equal((await ask(from("192.0.2.1"), "/readyzebra"))[0], 403);
  });
});

describe("what a process is told of requests past the edge", () => {
  const env = {
    MEDIA_ACCOUNT_NAME: "east",
    MEDIA_ACCOUNT_KEY: "key",
    STORAGE_ACCOUNT_NAME: "store",
    STORAGE_ACCOUNT_KEY: "key",
    BLOB_ENDPOINT: "http://127.0.0.1:1/store",
    QUEUE_ENDPOINT: "http://127.0.0.1:2/store",
    TABLE_ENDPOINT: "http://127.0.0.1:3/store",
  };

  it("is nothing by itself", () => {
    assert.deepEqual(readConfig(env).directAccess, {
      frontDoorId: undefined,
      frontDoorOnly: false,
      requestsPerMinute: 0,
    });
  });

  it("is whom to know, and how often others may ask", () => {
    const told = {
      FRONT_DOOR_ID: frontDoorId,
      FRONT_DOOR_ONLY: "true",
      DIRECT_REQUESTS_PER_MINUTE: "1200",
    };

    assert.deepEqual(readConfig({ ...env, ...told }).directAccess, {
      frontDoorId,
      frontDoorOnly: true,
      requestsPerMinute: 1_200,
    });
  });

  for (const { why, told } of [
    { why: "the edge alone, without saying which", told: { FRONT_DOOR_ONLY: "true" } },
    { why: "a limit that is no number", told: { DIRECT_REQUESTS_PER_MINUTE: "many" } },
  ]) {
    it(`can't be ${why}`, () => {
      assert.throws(() => readConfig({ ...env, ...told }), ConfigError);
    });
  }
});
