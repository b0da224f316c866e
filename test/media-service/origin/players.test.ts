import { strict as assert } from "node:assert";
import type { AddressInfo } from "node:net";
import { after, before, type Context, describe, it } from "mocha";
import type { Browser, Page } from "playwright-core";
import { TICKS_PER_SECOND } from "../../../media-service/packaging/time";
import { chromiumPath, launchBrowser } from "../../support/browser";
import { loadSegment, loadText, mediaPlaylists, segmentUrls } from "../../support/streaming";
import { type PlayedSample, readSegment } from "../packaging/read-segment";
import { encodeAll, FIXTURE_SECONDS, hasFfmpeg, putAssets, run } from "./media-fixture";
import { CONTAINER, LOCATOR, startOrigin, type TestOrigin } from "./test-origin";

const ASSETS = ["cmaf", "plain", "hevc"];

interface ProbedStream {
  readonly codec_type: string;
  readonly nb_read_packets: string;
}

describe("what the origin serves, seen by others", function () {
  this.timeout(120_000);
  let origin: TestOrigin;
  let host: string;
  let files: Map<string, Buffer>;
  const manifest = (asset: string, format: string): string =>
    `${host}/${LOCATOR}/${asset}.ism/manifest(format=${format})`;

  before(async function () {
    if (!hasFfmpeg()) this.skip();
    files = await encodeAll();
    origin = await startOrigin({ watchPage: true });
    // The film is made of boxes alone; nothing could decode it.
    origin.blobs.remove(CONTAINER, "film.ism");
    putAssets(origin.blobs, CONTAINER, files);
    await origin.app.listen({ host: "127.0.0.1", port: 0 });
    host = `http://127.0.0.1:${(origin.app.server.address() as AddressInfo).port}`;
  });
  after(async () => {
    await (origin as TestOrigin | undefined)?.app.close();
  });

  /** An FFmpeg without an HEVC encoder makes no such file. */
  function skipUnlessMade(test: Context, asset: string): void {
    if (asset === "hevc" && !files.has("hevc.mp4")) test.skip();
  }

  /**
   * Packets of the first stream of a kind that ffprobe reads; one stream at a time, for it stops at the
   * first one's end, and pictures to wind through end early.
   */
  async function packets(url: string, kind: "v" | "a"): Promise<number> {
    const args = ["-select_streams", `${kind}:0`, "-count_packets", "-show_entries"];
    const printed = await run("ffprobe", [
      ...args,
      "stream=codec_type,nb_read_packets",
      "-of",
      "json",
      url,
    ]);
    const { streams } = JSON.parse(printed) as { streams: ProbedStream[] };
    return Math.max(...streams.map(({ nb_read_packets }) => Number(nb_read_packets)));
  }

  for (const asset of ASSETS) {
    for (const format of ["m3u8-cmaf", "mpd-time-cmaf"]) {
      it(`ffprobe reads all of ${asset} as ${format}`, async function () {
        skipUnlessMade(this, asset);
        const url = manifest(asset, format);

        assert.equal(await packets(url, "v"), FIXTURE_SECONDS * 25);
        // One frame of AAC is 1024 samples; encoders may add one at the end.
        const frames = Math.ceil((FIXTURE_SECONDS * 48_000) / 1024);
        assert([frames, frames + 1].includes(await packets(url, "a")));
      });
    }

    it(`every segment of ${asset} follows the last, at the time that its URL says`, async function () {
      skipUnlessMade(this, asset);
      for (const playlist of await mediaPlaylists(manifest(asset, "m3u8-cmaf"))) {
        const [init, ...segments] = await segmentUrls(playlist);
        assert(init !== undefined && segments.length >= 4);
        const { bytes } = await loadSegment(init);
        const timescale = bytes.readUInt32BE(bytes.indexOf("mdhd") + 4 + 12);
        let end: number | undefined;
        for (const url of segments) {
          const samples = readSegment((await loadSegment(url)).bytes);
          assertTimes(samples, { url, timescale });
          end ??= samples[0]?.decodeTime;
          assert.equal(samples[0]?.decodeTime, end, `${url} begins where the last one ended`);
          end = samples.reduce((time, { duration }) => time + duration, end ?? 0);
        }
      }
    });
  }

  it("every picture of a progressive file is the source's to the byte", async () => {
    for (const [asset, file] of [
      ["plain", "plain.mp4"],
      ["hevc", "hevc.mp4"],
    ] as const) {
      const source = files.get(file);
      if (!source) continue;
      const [video] = await mediaPlaylists(manifest(asset, "m3u8-cmaf"));
      assert(video !== undefined);
      for (const url of (await segmentUrls(video)).slice(1)) {
        for (const { bytes } of readSegment((await loadSegment(url)).bytes)) {
          assert(source.includes(bytes));
        }
      }
    }
  });

  describe("in Chromium", () => {
    let browser: Browser;
    before(async function () {
      const path = chromiumPath();
      if (path === undefined) this.skip();
      browser = await launchBrowser(path);
    });
    after(async () => {
      await (browser as Browser | undefined)?.close();
    });

    it("the watch page plays, says who serves, and asks nobody else", async () => {
      const context = await browser.newContext({ viewport: { width: 390, height: 800 } });
      const page = await context.newPage();
      const problems: string[] = [];
      page.on("pageerror", (error) => problems.push(error.message));
      page.on("console", (line) => {
        if (line.type() === "error") problems.push(line.text());
      });
      page.on("request", (request) => {
        if (!/^(blob:)?http:\/\/127\.0\.0\.1:/.test(request.url())) problems.push(request.url());
      });
      await page.goto(`${host}/watch`);
      await page.locator("#videos a[aria-current]").waitFor();
      await until(page, "document.querySelector('video').readyState >= 2");
      await page.evaluate("document.querySelector('video').play()");
      await until(page, "document.querySelector('video').currentTime > 0.5");

      assert.equal(await page.locator("#serving").textContent(), "east");
      assert.match(
        (await page.locator("#strip").getAttribute("aria-label")) ?? "",
        /^The last \d+ segments: \d+ from east$/,
      );
      assert.equal(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), true);
      assert.deepEqual(problems, []);
      await context.close();
    });
  });

  it("lists what is published for the watch page", async () => {
    const { videos } = JSON.parse(await loadText(`${host}/watch/catalog.json`)) as {
      videos: { path: string; durationSeconds: number }[];
    };

    assert.equal(videos.length, 1);
    assert.equal(videos[0]?.path, `/${LOCATOR}/cmaf.ism`);
  });
});

/** Waits for an expression to hold; the page's policy forbids Playwright's own way to evaluate one. */
async function until(page: Page, expression: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while ((await page.evaluate(expression)) !== true) {
    assert(Date.now() < deadline, `${expression} did not become true in 30 s`);
    await page.waitForTimeout(50);
  }
}

function assertTimes(
  samples: readonly PlayedSample[],
  { url, timescale }: { url: string; timescale: number },
): void {
  const earliest = Math.min(...samples.map(({ presentationTime }) => presentationTime));
  const told = Number(/=(\d+),format/.exec(url)?.[1]);
  const presented = (earliest / timescale) * TICKS_PER_SECOND;
  assert(Math.abs(told - presented) <= 1, `${url} presents its first sample at ${presented}`);
}
