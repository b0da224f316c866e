import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Browser, Frame, Page, Request, Response } from "playwright-core";
import { withoutSteering } from "../../drill/checks/manifest-text";

/** What a viewer noticed so far. */
export interface PlayerReport {
  /** Seconds in which the picture stood still after it had begun to move. */
  readonly stallSeconds: number;
  readonly longestStallSeconds: number;
  /** How long it has been standing still right now, in seconds. */
  readonly standingSeconds: number;
  /** Seconds in which the clock drawn into the sample's picture stood still. */
  readonly clockStoodSeconds: number;
  /** `waiting` events after the first picture. */
  readonly waiting: number;
  readonly errors: readonly string[];
  /** Media time, in seconds. */
  readonly time: number;
  readonly started: boolean;
  /** The player said that the media is over. */
  readonly ended: boolean;
  /** The last picture was shown, whether or not the player said so. */
  readonly atEnd: boolean;
  /** It is still on its way to another time. */
  readonly seeking: boolean;
  /** Subtitles that are shown right now. */
  readonly cues: readonly ShownCue[];
}

/** A text that the browser shows, with its media times in seconds. */
export interface ShownCue {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** What plays: a library, or the browser itself. */
export type PlayerName = "hls" | "dash" | "shaka" | "native";

/** A segment that the player was answered. */
export interface SegmentAnswer {
  readonly url: string;
  /** 0 where the request failed, so that the player learns of no status. */
  readonly status: number;
  readonly dataCenter: string | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Who is to watch what. */
export interface Watching {
  readonly player: PlayerName;
  readonly url: string;
  /** Goes on asking for minutes where hls.js would give up. Default false. */
  readonly patient?: boolean;
  /** Seconds that Shaka keeps buffered. */
  readonly ahead?: number;
}

/** Serves the page in which hls.js, dash.js and shaka are watched while they play. */
export class PlayerPage implements AsyncDisposable {
  private constructor(
    private readonly server: Server,
    private readonly browser: Browser,
  ) {}

  /** Begins to serve on a free port of the loopback interface. */
  static async start(browser: Browser): Promise<PlayerPage> {
    const modules = join(__dirname, "..", "..", "node_modules");
    const files: Record<string, [string, string]> = {
      "/empty": ["text/html", join(__dirname, "empty.html")],
      "/": ["text/html", join(__dirname, "player-page.html")],
      "/hls.js": ["text/javascript", join(modules, "hls.js/dist/hls.min.js")],
      "/dash.js": ["text/javascript", join(modules, "dashjs/dist/modern/umd/dash.all.min.js")],
      "/mss.js": ["text/javascript", join(modules, "dashjs/dist/modern/umd/dash.mss.min.js")],
      "/shaka.js": ["text/javascript", join(modules, "shaka-player/dist/shaka-player.compiled.js")],
    };
    const server = createServer((request, response) => {
      const file = files[(request.url ?? "/").split("?")[0] ?? "/"];
      if (file === undefined) {
        response.writeHead(404).end();
        return;
      }
      response.writeHead(200, { "content-type": file[0] }).end(readFileSync(file[1]));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new PlayerPage(server, browser);
  }

  /** Opens a page that begins to play at once. */
  async play(
    player: PlayerName,
    url: string,
    { steered = true, ...more }: Omit<Watching, "player" | "url"> & { steered?: boolean } = {},
  ): Promise<Viewer> {
    const page = await this.browser.newPage();
    if (!steered) await hideSteering(page);
    const viewer = new Viewer(page, page.mainFrame(), player);
    await page.goto(this.addressOf({ player, url, ...more }));
    return viewer;
  }

  /** Opens one page with several players side by side, which all begin at once. */
  async playSideBySide(watching: readonly Watching[], { steered = true } = {}): Promise<Viewer[]> {
    const page = await this.browser.newPage({ viewport: { width: 1280, height: 400 } });
    if (!steered) await hideSteering(page);
    const frames = watching.map(
      (each) =>
        `<iframe name="${each.player}" width="400" height="380" style="border: 0"></iframe>`,
    );
    await page.goto(`${this.base}/empty`);
    await page.setContent(frames.join(""));
    return Promise.all(
      watching.map(async (each) => {
        const frame = page.frame({ name: each.player });
        if (!frame) throw new Error(`there is no frame for ${each.player}`);
        const viewer = new Viewer(page, frame, each.player);
        await frame.goto(this.addressOf(each));
        return viewer;
      }),
    );
  }

  private get base(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  private addressOf({ player, url, patient = false, ahead }: Watching): string {
    const query = new URLSearchParams({
      player,
      url,
      ...(patient ? { patient: "yes" } : {}),
      ...(ahead === undefined ? {} : { ahead: String(ahead) }),
    });
    return `${this.base}/?${query.toString()}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Has players see manifests as if no other data center held the video. */
async function hideSteering(page: Page): Promise<void> {
  await page.route("**/manifest*", async (route) => {
    const headers = { ...route.request().headers(), "accept-encoding": "identity" };
    const response = await route.fetch({ headers });
    await route.fulfill({ response, body: withoutSteering(await response.text()) });
  });
}

const SEGMENT = /Fragments(\(|%28)/;

/** Whether a player did not get a segment that it wanted. */
export function isFailed({ status }: SegmentAnswer): boolean {
  return status === 0 || status >= 400;
}

/** Someone who is watching. */
export class Viewer {
  private readonly answers: SegmentAnswer[] = [];

  constructor(
    private readonly page: Page,
    private readonly frame: Frame,
    readonly player: PlayerName,
  ) {
    const isOurs = (of: Request | Response): boolean =>
      SEGMENT.test(of.url()) && of.frame() === frame;
    page.on("response", (response) => {
      if (!isOurs(response)) return;
      this.answers.push({
        url: response.url(),
        status: response.status(),
        dataCenter: response.headers()["x-data-center"],
        at: Date.now(),
      });
    });
    page.on("requestfailed", (request) => {
      // Players abort what they no longer want; an error of the edge's own fails, for want of CORS headers.
      if (!isOurs(request) || request.failure()?.errorText === "net::ERR_ABORTED") return;
      this.answers.push({ url: request.url(), status: 0, dataCenter: undefined, at: Date.now() });
    });
  }

  /** Every segment's answer so far, in order. */
  get segments(): readonly SegmentAnswer[] {
    return this.answers;
  }

  async report(): Promise<PlayerReport> {
    return this.frame.evaluate("window.twinstreamReport()");
  }

  /**
   * Waits until the report is as wanted.
   *
   * @throws Error with the last report when that takes longer than `seconds`.
   */
  async until(
    wanted: (report: PlayerReport) => boolean,
    seconds: number,
    what: string,
  ): Promise<PlayerReport> {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      const report = await this.report();
      if (wanted(report)) return report;
      if (Date.now() > deadline) {
        throw new Error(
          `${this.player} is not ${what} after ${seconds} s: ${JSON.stringify(report)}`,
        );
      }
      await this.page.waitForTimeout(100);
    }
  }

  /** How many qualities the player knows; 0 while it knows none, or lets nobody choose. */
  async rungs(): Promise<number> {
    return this.page.evaluate("window.twinstreamControls.rungs()");
  }

  /** Makes the player go on in one quality, in its own numbering. */
  async choose(rung: number): Promise<void> {
    await this.page.evaluate(`void window.twinstreamControls.choose(${rung})`);
  }

  /** Subtitles that the player offers, with what it calls them. */
  async texts(): Promise<{ language: string; name: string }[]> {
    return this.page.evaluate("window.twinstreamControls.texts()");
  }

  /** Makes the player show the subtitles of a language, and waits where it may not be disturbed. */
  async chooseText(language: string): Promise<void> {
    await this.page.evaluate(`window.twinstreamControls.chooseText("${language}")`);
  }

  /** Goes on at several times the speed, where the player can. */
  async wind(rate: number): Promise<void> {
    await this.page.evaluate(`void window.twinstreamControls.wind(${rate})`);
  }

  /** Goes on at another time, in seconds. */
  async seek(time: number): Promise<void> {
    await this.page.evaluate(`document.getElementById("video").currentTime = ${time}`);
  }

  async close(): Promise<void> {
    await this.page.close();
  }
}
