import pLimit from "p-limit";
import { CopyError } from "./copy-error";
import type { ServerSideCopyMode } from "./copy-options";
import { serverSideRefusal } from "./server-side-refusal";

/**
 * Decides for a whole copy whether the target store does it: by configuration, and by the store's own
 * answer to the first blob. That answer is awaited before a second blob is begun.
 */
export class ServerSideGate {
  private state: "unknown" | "open" | "closed";
  private readonly oneByOne = pLimit(1);

  constructor(
    private readonly mode: ServerSideCopyMode,
    private readonly note: (line: string) => void,
  ) {
    this.state = mode === "never" ? "closed" : "unknown";
  }

  /**
   * Keeps the store from being asked at all.
   *
   * @throws CopyError `ServerSideRefused` where configuration demands a server-side copy.
   */
  close(reason: string, cause?: unknown): void {
    if (this.mode === "always") {
      throw new CopyError(
        "ServerSideRefused",
        `serverSideCopy is "always", but the target store can't copy by itself (${reason}); ` +
          'use "auto" or "never"',
        cause,
      );
    }
    if (this.state !== "closed") {
      this.note(
        `Copying through this machine, as the target store can't do it by itself: ${reason}`,
      );
    }
    this.state = "closed";
  }

  /**
   * Starts a blob's copy in the store.
   *
   * @returns undefined when the blob has to be relayed.
   */
  start<T>(begin: () => Promise<T>): Promise<T | undefined> {
    const ask = (): Promise<T | undefined> => this.ask(begin);
    return this.state === "unknown" ? this.oneByOne(ask) : ask();
  }

  private async ask<T>(begin: () => Promise<T>): Promise<T | undefined> {
    if (this.state === "closed") return undefined;
    try {
      const started = await begin();
      this.state = "open";
      return started;
    } catch (error) {
      const refusal = serverSideRefusal(error);
      if (refusal === undefined) throw error;
      this.close(refusal, error);
      return undefined;
    }
  }
}
