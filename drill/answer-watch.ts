import { request } from "undici";
import type { Stopwatch } from "./stopwatch";

/** What a way in to the library answered. */
export interface WatchedAnswer {
  at: number;
  dataCenter: string | null;
  /** 0 when there was no answer. */
  status: number;
}

const everyMs = 250;
const answerWithinMs = 6_000;

/** Asks a host again and again who serves, on a connection of its own each time and past every cache. */
export class AnswerWatch implements Disposable {
  readonly answers: WatchedAnswer[] = [];
  private readonly timer: NodeJS.Timeout;
  private open = 0;

  constructor(
    private readonly baseUrl: string,
    private readonly stopwatch: Stopwatch,
  ) {
    this.timer = setInterval(() => {
      // Answers that hang must not pile up without end.
      if (this.open < 8) void this.ask();
    }, everyMs);
    void this.ask();
  }

  /** The first answer after a time that is as wanted. */
  first(since: number, wanted: (answer: WatchedAnswer) => boolean): WatchedAnswer | undefined {
    return this.answers.find((answer) => answer.at > since && wanted(answer));
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
  }

  private async ask(): Promise<void> {
    this.open += 1;
    let found: Omit<WatchedAnswer, "at"> = { dataCenter: null, status: 0 };
    try {
      const { statusCode, headers, body } = await request(`${this.baseUrl}/readyz`, {
        signal: AbortSignal.timeout(answerWithinMs),
        reset: true,
      });
      await body.dump();
      const dataCenter = headers["x-data-center"];
      found = {
        dataCenter: typeof dataCenter === "string" ? dataCenter : null,
        status: statusCode,
      };
    } catch {
      // Counted as no answer.
    }
    this.open -= 1;
    this.answers.push({ at: this.stopwatch.now(), ...found });
  }
}

/** Whether an answer is one that a player can use. */
export function isGood({ status }: { status: number }): boolean {
  return status >= 200 && status < 300;
}
