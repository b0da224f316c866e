import { strict as assert } from "node:assert";
import { describe, it } from "mocha";
import { LOCATOR, putFilm, startOrigin } from "./test-origin";

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
    const script = (await app.inject("/watch/watch.js")).body;
    const imported = [...script.matchAll(/from "\.\/([^"]+)"/g)].map(([, name]) => name ?? "");
    for (const name of [...linked, ...imported, "hls.mjs", "hls.worker.js"]) {
      assert.equal((await app.inject(`/watch/${name}`)).statusCode, 200, name);
    }
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

    assert.deepEqual(catalog.json(), {
      videos: [
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
      ],
    });
    await app.close();
  });
});
