import { strict as assert } from "node:assert";
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "mocha";
import { CONTAINER, LOCATOR, startOrigin, type TestOrigin } from "./test-origin";

const FILE = "film_640x360_300.mp4";

describe("hostile requests", () => {
  let origin: TestOrigin;
  before(async () => {
    origin = await startOrigin();
    origin.blobs.put("other", "secret.mp4", "secret");
    await origin.app.listen({ host: "127.0.0.1", port: 0 });
  });
  after(() => origin.app.close());

  /** Sends a request as it is written, for clients tidy URLs up. */
  async function send(path: string, headers = ""): Promise<string> {
    const { port } = origin.app.server.address() as AddressInfo;
    const socket = connect(port, "127.0.0.1");
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${headers}\r\n`);
    const answer = await text(socket);
    if (!socket.closed) await once(socket, "close");
    return answer;
  }

  for (const [what, path, status] of [
    ["dots", "/../other/secret.mp4", 400],
    ["encoded dots", "/%2e%2e/other/secret.mp4", 400],
    ["encoded slashes", "/..%2fother%2fsecret.mp4", 400],
    ["backslashes", "/..%5cother%5csecret.mp4", 400],
    ["double encoding", "/%252e%252e%252fother%252fsecret.mp4", 404],
    ["overlong UTF-8", "/%c0%ae%c0%ae/other/secret.mp4", 400],
    ["a NUL", "/film.mp4%00.vtt", 400],
    ["line breaks", "/film%0d%0aX-Injected:%201.mp4", 400],
    ["a half escape", "/film%2", 400],
    ["an empty part", "//film.mp4", 400],
    ["a name too long", `/${"a".repeat(1100)}.mp4`, 400],
    ["a URL too long", `/${"a".repeat(20_000)}.mp4`, 431],
    ["a name of an object's own", "/film.ism/manifest(format=__proto__)", 400],
    ["a time too long", `/film.ism/QualityLevels(300000)/Fragments(video=${"9".repeat(40)})`, 400],
    ["parentheses without end", `/film.ism/QualityLevels(1)/Fragments(${"(".repeat(5000)}`, 404],
  ] as const) {
    it(`${what} in the URL get ${status}, and nothing of another container`, async () => {
      const answer = await send(`/${LOCATOR}${path}`);

      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
      assert.doesNotMatch(answer, /secret$|\n\s+at |x-injected/i);
    });
  }

  it("a thousand ranges get the whole, once", async () => {
    const ranges = Array.from({ length: 1000 }, (_, at) => `${at}-${at}`).join(",");
    origin.blobs.reads.length = 0;
    const answer = await send(`/${LOCATOR}/${FILE}`, `Range: bytes=${ranges}\r\n`);

    assert.match(answer, /^HTTP\/1\.1 200 /);
    assert.equal(origin.blobs.reads.length, 1);
  });

  it("a thousand requests for one segment cost one read", async () => {
    origin.blobs.put(CONTAINER, "again.ism", `<smil><body><video src="${FILE}"/></body></smil>`);
    const master = await origin.app.inject(`/${LOCATOR}/again.ism/manifest(format=m3u8-cmaf)`);
    const [, bitrate = ""] = /QualityLevels\((\d+)\)/.exec(master.body) ?? [];
    const url = `/${LOCATOR}/again.ism/QualityLevels(${bitrate})/Fragments(video=0,format=m3u8-cmaf).m4s`;
    origin.blobs.reads.length = 0;
    const answers = await Promise.all(
      Array.from({ length: 1000 }, () =>
        origin.app.inject({ url, headers: { range: "bytes=0-0" } }),
      ),
    );

    assert(answers.every(({ statusCode }) => statusCode === 206));
    assert.equal(origin.blobs.reads.length, 1);
  });
});
