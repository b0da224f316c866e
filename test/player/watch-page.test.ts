import { strict as assert } from "node:assert";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { encodeLongVideo, hasFfmpeg } from "../media-service/origin/media-fixture";
import { chromiumPath, launchBrowser } from "../support/browser";
import { SmallCloud } from "./small-cloud";

/** What has to play in any browser with Media Source Extensions. */
const PAIRS = [
  ...["m3u8-cmaf", "m3u8-aapl", "m3u8-aapl-v3"].flatMap((format) => [
    `${format} hls.js`,
    `${format} Shaka Player`,
  ]),
  ...["mpd-time-cmaf", "mpd-time-csf"].flatMap((format) => [
    `${format} dash.js`,
    `${format} Shaka Player`,
  ]),
  " dash.js",
  "fmp4-v20 dash.js",
];

describe("the watch page in Chromium", function () {
  this.timeout(90_000);
  let browser: Browser | undefined;
  let cloud: SmallCloud;
  let context: BrowserContext;
  let page: Page;
  let problems: string[];

  before(async function () {
    const path = chromiumPath();
    if (path === undefined || !hasFfmpeg()) {
      console.log("      skipped: it takes FFmpeg, and a Chromium (CHROMIUM_PATH names one)");
      this.skip();
    }
    cloud = await SmallCloud.start(await encodeLongVideo());
    browser = await launchBrowser(path);
  });
  after(async () => {
    await browser?.close();
    await (cloud as SmallCloud | undefined)?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    await open({});
  });
  afterEach(async () => {
    for (const { published } of [cloud.origins.east, cloud.origins.west]) published.running = true;
    await context.close();
  });

  async function open(options: Parameters<Browser["newContext"]>[0], path = "/watch/") {
    assert(browser);
    context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    page = await context.newPage();
    problems = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (line) => {
      // A violation of the policy is an error in the console.
      if (line.type() === "error") problems.push(line.text());
    });
    page.on("request", (request) => {
      const { east, west } = cloud.origins;
      const hosts = [cloud.url, east.url, west.url, `blob:${cloud.url}`];
      if (!hosts.some((host) => request.url().startsWith(host))) problems.push(request.url());
    });
    await page.goto(`${cloud.url}${path}`);
    await page.locator("#videos a[aria-current]").first().waitFor();
  }

  const until = async (expression: string, seconds = 30): Promise<void> => {
    const deadline = Date.now() + seconds * 1_000;
    // The page's policy forbids Playwright's own way to wait for an expression.
    while ((await page.evaluate(expression)) !== true) {
      assert(Date.now() < deadline, `${expression} did not become true in ${seconds} s`);
      await page.waitForTimeout(50);
    }
  };
  const text = (selector: string) => page.locator(selector).textContent();
  const play = async (): Promise<void> => {
    await until("document.querySelector('video').readyState >= 2");
    await page.evaluate("void document.querySelector('video').play()");
    await until("document.querySelector('video').currentTime > 0.3");
  };

  it("plays by every player that can, and says of the others why they can't", async () => {
    const formats = await page.locator("input[name=format]").all();
    const played: string[] = [];
    for (const format of formats) {
      await format.check();
      const players = await page.locator("input[name=player]").all();
      for (const player of players) {
        const title = (await player.locator("..").textContent()) ?? "";
        if (await player.isDisabled()) {
          assert.match(title, /plays no (HLS|DASH|Smooth Streaming)/);
          continue;
        }
        await player.check();
        await play();
        await until("document.getElementById('quality').textContent !== '–'");
        played.push(`${(await format.getAttribute("value")) ?? ""} ${title}`);
      }
    }
    const missing = PAIRS.filter((pair) => !played.includes(pair));
    assert.deepEqual(missing, [], `these did not play; ${played.join(", ")} did`);
    console.log(`        ${played.length} pairs played: ${played.join(", ")}`);
    assert.deepEqual(problems, []);
  });

  it("loads no player's library before it is needed", async () => {
    const loaded = await page.evaluate<string[]>(
      "performance.getEntriesByType('resource').map(({ name }) => name.replace(/.*\\//, ''))",
    );
    assert(!loaded.some((name) => ["dash.mjs", "dash-mss.mjs", "shaka.js"].includes(name)));
  });

  it("shows who served, moves on when a data center dies, and says so aloud", async () => {
    await play();
    await until("document.getElementById('serving').textContent === 'east'");
    assert.match((await page.locator("#strip").getAttribute("aria-label")) ?? "", /from east$/);
    await until("document.querySelectorAll('#data-centers li').length === 3");
    const before = cloud.faults.length;
    await page.getByRole("button", { name: "Kill east" }).click();
    while (cloud.faults.length < before + 2) await page.waitForTimeout(50);

    assert.deepEqual(
      cloud.faults
        .slice(before)
        .map(({ target, what, action }) => `${action} ${what} of ${target}`),
      ["kill service of east", "kill store of east"],
    );
    await until("document.getElementById('serving').textContent === 'west'");
    await until(
      "/served by west/i.test(document.getElementById('map').getAttribute('aria-label'))",
    );
    await until("document.querySelector('#data-centers li.down')?.textContent.includes('east')");
    assert.match((await text("#moves")) ?? "", /east → west at \d+ s/);
    assert.notEqual(await text("#announcer"), "");
    const { time } = await page.evaluate<{ time: number }>(
      "({ time: document.querySelector('video').currentTime })",
    );
    await until(`document.querySelector('video').currentTime > ${time + 2}`);

    await page.getByRole("button", { name: "Restore east" }).click();
    await until("document.querySelector('#data-centers li.down') === null");
    assert.deepEqual(problems, []);
  });

  it("says what the control API refused", async () => {
    await page.getByRole("button", { name: "Hang west" }).click();
    await until("document.getElementById('announcer').textContent.includes(\"can't hang\")");
  });

  it("offers no buttons where it did not come through a local edge", async () => {
    await context.close();
    assert(browser);
    context = await browser.newContext();
    page = await context.newPage();
    await page.goto(`${cloud.origins.east.url}/watch/`);
    await until("document.querySelectorAll('#data-centers li').length === 3");

    assert.equal(await page.getByRole("button").count(), 0);
  });

  it("can be used by keyboard alone, in an order that makes sense, seeing where one is", async () => {
    await until("document.querySelectorAll('.faults button').length === 10");
    const stops: string[] = [];
    for (let index = 0; index < 40; index++) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate<{ name: string; visible: boolean } | null>(FOCUSED);
      if (stop === null) break;
      assert(stop.visible, `the focus can't be seen on ${stop.name}`);
      stops.push(stop.name);
    }
    const order = [
      "Skip to the player",
      "video",
      "Kill east",
      "Restore west",
      "format",
      "player",
      "Cmaf",
    ];
    const found = order.map((name) => stops.findIndex((stop) => stop.startsWith(name)));
    assert.deepEqual(
      found,
      [...found].sort((a, b) => a - b),
      stops.join(" | "),
    );
    assert(!found.includes(-1), stops.join(" | "));

    await page.locator("input[name=format]:checked").focus();
    // Past the other forms of HLS, each of which plays for a moment.
    for (let index = 0; index < 3; index++) await page.keyboard.press("ArrowDown");
    assert.equal(await page.evaluate("document.activeElement.id"), "format-mpd-time-cmaf");
    assert.match(page.url(), /format=mpd-time-cmaf&player=dash$/);
    await play();
    assert.deepEqual(problems, []);
  });

  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [390, 1280]) {
      it(`can be read and touched on ${width} pixels, ${colorScheme}`, async () => {
        await context.close();
        await open({ viewport: { width, height: 844 }, colorScheme });
        await until("document.querySelectorAll('.faults button').length === 10");
        await play();

        assert.equal(
          await page.evaluate("document.documentElement.scrollWidth <= innerWidth"),
          true,
        );
        assert.deepEqual(await page.evaluate(FAINT_TEXTS), []);
        assert.deepEqual(await page.evaluate(NAMELESS), []);
        if (width === 390) assert.deepEqual(await page.evaluate(SMALL_TARGETS), []);
        assert.deepEqual(problems, []);
      });
    }
  }
});

/** What has the keyboard: its name, and whether an outline shows it. */
const FOCUSED = `(() => {
  const { activeElement: element } = document;
  if (element === document.body) return null;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const name = element.ariaLabel || (element.name ?? "") || element.textContent.trim() || element.localName;
  return { name: element.localName === "video" ? "video" : name, visible: element.localName === "video" || (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2) };
})()`;

/** Controls and pictures that a screen reader could not name. */
const NAMELESS = `[...document.querySelectorAll("a, button, input, video, svg, [role=img], section, nav, fieldset")]
  .filter((element) => element.checkVisibility())
  .filter((element) => {
    const label = element.ariaLabel || element.labels?.[0]?.textContent || element.textContent;
    const by = document.getElementById(element.getAttribute("aria-labelledby") ?? "")?.textContent;
    return !(by ?? label ?? "").trim();
  })
  .map((element) => element.outerHTML.slice(0, 80))`;

/** Targets smaller than 24 pixels that have no such room around them (WCAG 2.2, 2.5.8). */
const SMALL_TARGETS = `[...document.querySelectorAll("button, #videos a, label")]
  .map((element) => [element.textContent, element.getBoundingClientRect()])
  .filter(([, { width, height }]) => width < 24 || height < 36)
  .map(([name, { width, height }]) => name + " " + width + "x" + height)`;

/** Texts whose contrast is below 4.5 to 1 (WCAG 2.2, 1.4.3), computed from what is really behind them. */
const FAINT_TEXTS = `(() => {
  const channels = (colour) => {
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (colour) => {
    const [r, g, b] = channels(colour).map((channel) => {
      const part = channel / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = at.localName === "circle" ? getComputedStyle(at).fill : getComputedStyle(at).backgroundColor;
      if (channels(colour)[3] === 255) return colour;
    }
    return "white";
  };
  const faint = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !element.checkVisibility() || element.closest("script, noscript")) continue;
    const isSvg = element.namespaceURI.endsWith("svg");
    if (getComputedStyle(element).fontSize === "0px") continue;
    const ground = isSvg && element.classList.contains("letter") ? behind(element.parentElement.querySelector("circle")) : behind(element);
    const style = getComputedStyle(element);
    const [one, other] = [luminance(isSvg ? style.fill : style.color), luminance(ground)].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    if (ratio < 4.5) faint.push(element.textContent.trim().slice(0, 30) + " " + ratio.toFixed(2));
  }
  return faint;
})()`;
