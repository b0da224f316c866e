import { strict as assert } from "node:assert";
import { after, before, describe, it } from "mocha";
import type { Browser } from "playwright-core";
import { chromiumPath, launchBrowser } from "../../support/browser";
import { PlayerPage } from "../../support/player";
import { encodeLongVideo, hasFfmpeg, putAssets } from "./media-fixture";
import { CONTAINER, LOCATOR } from "./test-origin";
import { TwoOrigins } from "./two-origins";

/** How far the players of the page load ahead. */
const BUFFER_SECONDS = 8;
const PLAYERS = [
  { player: "hls", format: "m3u8-cmaf" },
  { player: "dash", format: "mpd-time-cmaf" },
  { player: "shaka", format: "mpd-time-cmaf" },
  { player: "shaka", format: "m3u8-cmaf" },
] as const;

describe("players that came straight to a data center", function () {
  this.timeout(120_000);
  let files: Map<string, Buffer>;
  let browser: Browser | undefined;
  let page: PlayerPage;

  before(async function () {
    const path = chromiumPath();
    if (path === undefined || !hasFfmpeg()) {
      console.log("      skipped: it takes FFmpeg, and a Chromium (CHROMIUM_PATH names one)");
      this.skip();
    }
    files = await encodeLongVideo();
    browser = await launchBrowser(path);
    page = await PlayerPage.start(browser);
  });
  after(async () => {
    if (browser === undefined) return;
    await browser.close();
    await page[Symbol.asyncDispose]();
  });
  const manifest = (format: string) => `/${LOCATOR}/cmaf.ism/manifest(format=${format})`;

  it("go over to the other one by themselves, without a stall, when the first dies", async () => {
    await using origins = await TwoOrigins.start();
    const { east, west } = origins;
    for (const { blobs } of [east, west]) putAssets(blobs, CONTAINER, files);
    // Both know of each other before anybody watches, as they do in a stack that has had one viewer.
    for (const { url } of [east, west]) await fetch(url + manifest("m3u8-cmaf"));

    const watching = await Promise.all(
      PLAYERS.map(async ({ player, format }) => {
        const viewer = await page.play(player, east.url + manifest(format));
        const { time } = await viewer.until((report) => report.time > 2, 60, `${player}: playing`);
        return { name: `${player} ${format}`, player, viewer, time };
      }),
    );
    for (const { name, viewer } of watching) {
      assert(
        viewer.segments.every(({ dataCenter }) => dataCenter === "east"),
        name,
      );
    }
    const killedAt = Date.now();
    await east.kill();

    for (const { name, player, viewer, time } of watching) {
      const report = await viewer.until(
        (now) => now.time > time + BUFFER_SECONDS + 4,
        60,
        `${name}: past its buffer`,
      );
      await viewer.close();
      const after = viewer.segments.filter(({ at, status }) => at > killedAt && status === 200);
      console.log(
        `      ${name} stood still for ${report.stallSeconds.toFixed(2)} s; ${after.length} segments after the kill`,
      );
      assert(after.length > 0, name);
      assert(
        after.every(({ url, dataCenter }) => url.startsWith(west.url) && dataCenter === "west"),
        `${name} went elsewhere`,
      );
      // dash.js speaks of every segment that it did not get, also where it gets it elsewhere.
      const unexpected = report.errors.filter(
        (error) => player !== "dash" || !error.includes(east.url),
      );
      assert.deepEqual(unexpected, [], name);
    }
  });
});
