import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { SegmentAnswer, ViewerReport } from "../report/drill-report";
import type { Stopwatch } from "../stopwatch";
import type { Viewer } from "./viewer";

/** Players that a browser runs. */
export type BrowserPlayer = "hls.js" | "dash.js";

interface Seen {
  stalls: { from: number; to: number }[];
  errors: string[];
  buffer: { at: number; seconds: number }[];
  started: boolean;
}

const places = [
  process.env["CHROMIUM_PATH"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];
const settleWithinMs = 30_000;

/** Real players in a headless browser, where one is installed. */
export class BrowserViewers implements AsyncDisposable {
  private constructor(
    private readonly browser: Browser,
    private readonly server: Server,
  ) {}

  /** @returns why there are none, where there are none. */
  static async open(): Promise<BrowserViewers | string> {
    const playwright = await import("playwright-core").catch(() => undefined);
    if (playwright === undefined) return "playwright-core is not installed";
    const executablePath = places.find((path) => path !== undefined && existsSync(path));
    if (executablePath === undefined) return "there is no Chromium (CHROMIUM_PATH names one)";
    const args = ["--no-sandbox", "--mute-audio", "--autoplay-policy=no-user-gesture-required"];
    const browser = await playwright.chromium.launch({ executablePath, headless: true, args });
    return new BrowserViewers(browser, await servePlayers());
  }

  /** Begins to watch. */
  async watch(
    player: BrowserPlayer,
    { video, url, stopwatch }: { video: string; url: string; stopwatch: Stopwatch },
  ): Promise<Viewer> {
    const page = await this.browser.newPage();
    const segments = answersOf(page, stopwatch);
    const { port } = this.server.address() as AddressInfo;
    const query = new URLSearchParams({ player, url });
    // What the page calls now, in seconds of the drill.
    const offsetMs = Date.now() - stopwatch.now() * 1000;
    await page.goto(`http://127.0.0.1:${port}/?${query.toString()}`);
    const seen = (): Promise<Seen> => page.evaluate("window.drillSeen()");
    return {
      settled: untilStarted(seen),
      async stop() {
        const { stalls, errors, buffer } = await seen();
        await page.close();
        const at = (ms: number): number => Math.round(ms - offsetMs) / 1000;
        const report: ViewerReport = {
          ...{ player, via: "edge", promised: true, video, errors, segments },
          stallSeconds: stalls.reduce((sum, { from, to }) => sum + (to - from) / 1000, 0),
          stalls: stalls.map(({ from, to }) => ({ from: at(from), to: at(to) })),
          buffer: buffer.map((each) => ({ at: at(each.at), seconds: each.seconds })),
        };
        return report;
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function answersOf(page: Page, stopwatch: Stopwatch): SegmentAnswer[] {
  const segments: SegmentAnswer[] = [];
  const isSegment = (url: string): boolean => /fragments(?:\(|%28)/i.test(url);
  page.on("response", (response) => {
    if (!isSegment(response.url())) return;
    const dataCenter = response.headers()["x-data-center"] ?? null;
    segments.push({ at: stopwatch.now(), dataCenter, status: response.status() });
  });
  page.on("requestfailed", (request) => {
    if (!isSegment(request.url())) return;
    segments.push({ at: stopwatch.now(), dataCenter: null, status: 0 });
  });
  return segments;
}

async function untilStarted(seen: () => Promise<Seen>): Promise<void> {
  const deadline = Date.now() + settleWithinMs;
  while (Date.now() < deadline) {
    const { started, errors, buffer } = await seen();
    if (errors.length > 0) return; // the report tells of them
    if (started && (buffer.at(-1)?.seconds ?? 0) > 4) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function servePlayers(): Promise<Server> {
  const modules = join(__dirname, "..", "..", "node_modules");
  const files: Record<string, [string, string]> = {
    "/": ["text/html", join(__dirname, "browser-page.html")],
    "/hls.js": ["text/javascript", join(modules, "hls.js/dist/hls.min.js")],
    "/dash.js": ["text/javascript", join(modules, "dashjs/dist/modern/umd/dash.all.min.js")],
  };
  const server = createServer(({ url = "/" }, response) => {
    const file = files[url.split("?")[0] ?? "/"];
    if (file === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": file[0] }).end(readFileSync(file[1]));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
