import { strict as assert } from "node:assert";
import { dirname, join } from "node:path/posix";
import { describe, it } from "mocha";
import { LOCATOR, putFilm, startOrigin } from "./test-origin";
import { TwoOrigins } from "./two-origins";

const OTHER = "99999999-4b5a-4697-8877-665544332211";

describe("the watch page", () => {
  it("is not there unless it is switched on, nor is its list", async () => {
    const { app } = await startOrigin();

    for (const path of ["/watch/", "/watch/catalog.json", "/watch/hls.mjs"]) {
      assert.equal((await app.inject(path)).statusCode, 404);
    }
    await app.close();
  });

  it("comes with all that it needs, under a policy that allows nothing else", async () => {
    const { app } = await startOrigin({ watchPage: true });
    const page = await app.inject("/watch/");
    const policy = String(page.headers["content-security-policy"]);

    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/);
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    assert.doesNotMatch(page.body, /https?:\/\/|<style|style=|\son\w+=/);
    const linked = [...page.body.matchAll(/(?:src|href)="([^"#]+)"/g)].map(
      ([, name]) => name ?? "",
    );
    const libraries = ["hls.mjs", "hls.worker.js", "dash.mjs", "dash-mss.mjs", "shaka.js"];
    const asked = new Set([...linked, ...libraries]);
    for (const name of asked) {
      const { statusCode, body } = await app.inject(`/watch/${name}`);
      assert.equal(statusCode, 200, name);
      if (libraries.includes(name)) continue;
      // Sets grow while they are walked: what a script imports is asked for as well.
      for (const [, imported = ""] of body.matchAll(/(?:from|import\(|module:) ?"(\.[^"]+)"/g)) {
        asked.add(join(dirname(name), imported));
      }
    }
    assert(asked.has("players/shaka.js") && asked.has("colours.js"), [...asked].join());
    await app.close();
  });

  it("lists videos by name, and leaves out what can't be played", async () => {
    const { app, blobs, published } = await startOrigin({ watchPage: true });
    published.publish(OTHER);
    putFilm(blobs, `asset-${OTHER}`, "another film");
    published.publish("88888888-4b5a-4697-8877-665544332211", { container: "asset-empty" });
    published.publish("77777777-4b5a-4697-8877-665544332211", { container: "asset-bad" });
    blobs.put("asset-bad", "bad.ism", "not a manifest");
    const catalog = await app.inject("/watch/catalog.json");

    const { videos, formats } = catalog.json<{ videos: object[]; formats: object[] }>();
    assert.deepEqual(formats[0], { name: "m3u8-cmaf", protocol: "hls", title: "HLS, CMAF" });
    assert.deepEqual(videos, [
      {
        name: "another film",
        path: `/${OTHER}/another%20film.ism`,
        durationSeconds: 8.32,
        height: 360,
        qualities: 1,
      },
      {
        name: "film",
        path: `/${LOCATOR}/film.ism`,
        durationSeconds: 8.32,
        height: 360,
        qualities: 1,
      },
    ]);
    await app.close();
  });

  it("may talk to the other pathways, and tells their health", async () => {
    await using origins = await TwoOrigins.start({ watchPage: true });
    const { east, west } = origins;
    const page = await fetch(`${west.url}/watch/`);
    const edge = `http://${origins.edgeHost}`;

    assert.match(
      page.headers.get("content-security-policy") ?? "",
      new RegExp(`; connect-src 'self' ${edge} ${east.url} ${west.url}; media-src 'self' blob: `),
    );
    east.published.running = false;
    const answer = await fetch(`${west.url}/watch/health.json`);
    const { pathways } = (await answer.json()) as { pathways: Record<string, unknown>[] };
    assert.equal(answer.headers.get("cache-control"), "no-store");
    assert.deepEqual(
      pathways.map(({ latencyMs, ...rest }) => [typeof latencyMs, rest]),
      [
        ["number", { name: "edge", baseUrl: edge, edge: true, healthy: true, detail: "ready" }],
        [
          "number",
          {
            name: "east",
            baseUrl: east.url,
            edge: false,
            healthy: false,
            detail: "says that it can't serve (503)",
          },
        ],
        [
          "number",
          { name: "west", baseUrl: west.url, edge: false, healthy: true, detail: "ready" },
        ],
      ],
    );
  });
});
