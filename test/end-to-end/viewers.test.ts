import { strict as assert } from "node:assert";
import { after, before, describe, it } from "mocha";
import type { Browser } from "playwright-core";
import { chromiumPath, launchBrowser } from "../support/browser";
import { runScenario } from "../support/failover-run";
import { scenarios } from "../support/failover-scenarios";
import { LocalCloud, type StackOutputs } from "../support/local-cloud";
import { PlayerPage } from "../support/player";

/** Seconds of media that are watched after the fault: more than twice the players' forward buffer. */
const WATCHED_AFTER_SECONDS = 20;

describe("hls.js, dash.js and shaka side by side at the edge", function () {
  this.timeout(240_000);
  let cloud: LocalCloud;
  let outputs: StackOutputs;
  let browser: Browser | undefined;
  let page: PlayerPage | undefined;

  before(async function () {
    const path = chromiumPath();
    if (path === undefined) {
      console.log("      skipped: there is no Chromium on this machine (CHROMIUM_PATH names one)");
      this.skip();
    }
    cloud = await LocalCloud.create();
    await cloud.start();
    outputs = await cloud.outputs();
    browser = await launchBrowser(path);
    page = await PlayerPage.start(browser);
  });
  after(async () => {
    await browser?.close();
    await page?.[Symbol.asyncDispose]();
    await (cloud as LocalCloud | undefined)?.[Symbol.asyncDispose]();
  });

  for (const scenario of scenarios) {
    it(`play on without a stall when ${scenario.title}`, async () => {
      assert(page);
      const results = await runScenario(
        scenario,
        { cloud, outputs, page },
        { retry: true, steered: true, watch: WATCHED_AFTER_SECONDS },
      );

      for (const { player, ...result } of results) {
        const { stallSeconds, clockStoodSeconds, waiting, errors, failedSegments } = result;
        assert.deepEqual(
          { player, stallSeconds, clockStoodSeconds, waiting, errors, failedSegments },
          {
            ...{ player, stallSeconds: 0, clockStoodSeconds: 0, waiting: 0 },
            ...{ errors: [], failedSegments: 0 },
          },
        );
        const { segmentsFromLeft } = result;
        assert(
          segmentsFromLeft >= scenario.segmentsFromLeft,
          `${player} got ${segmentsFromLeft} segments from ${scenario.left}`,
        );
      }
      console.log(
        `        ${results
          .map(({ player, switchSeconds }) =>
            switchSeconds === null
              ? `${player} stayed`
              : `${player} was served by ${scenario.left} after ${switchSeconds.toFixed(1)} s`,
          )
          .join(", ")}`,
      );
    });
  }
});
