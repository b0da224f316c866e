import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import { launchBrowser } from "../../support/browser";
import { PlayerPage } from "../../support/player";
import type { TestOrigin } from "./test-origin";

/** An origin that listens, and a page whose players watch what it serves. */
export class PlayerStage implements AsyncDisposable {
  private constructor(
    private readonly origin: TestOrigin,
    private readonly browser: Browser,
    readonly page: PlayerPage,
  ) {}

  /** Lets an origin listen on a free port, and opens the page in the Chromium of a path. */
  static async open(origin: TestOrigin, chromium: string): Promise<PlayerStage> {
    await origin.app.listen({ host: "127.0.0.1", port: 0 });
    const browser = await launchBrowser(chromium);
    return new PlayerStage(origin, browser, await PlayerPage.start(browser));
  }

  /** Address of the origin. */
  get host(): string {
    return `http://127.0.0.1:${(this.origin.app.server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page[Symbol.asyncDispose]();
    await this.browser.close();
    await this.origin.app.close();
  }
}
