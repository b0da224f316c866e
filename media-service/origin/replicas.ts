import { LRUCache } from "lru-cache";
import type { Pathway } from "../packaging/pathway";

interface Found {
  readonly exists: boolean;
  readonly at: number;
}

const MAX_KNOWN = 20_000;
/** How long an answer is believed without asking again. */
const KEEP_MS = 30_000;
/** Longest that a manifest waits for a data center that was never asked about a video. */
const PATIENCE_MS = 1_000;
const TIMEOUT_MS = 3_000;
/** Marks a question of ours: its answer must not depend on asking back. */
export const CHECK_HEADER = "x-pathway-check";

/**
 * Knows which data centers hold a video, by asking for its manifest there. What was found stays true
 * while a data center can't be reached: only its own "no" takes it back.
 */
export class Replicas {
  private readonly found = new LRUCache<string, Found>({ max: MAX_KNOWN });
  private readonly asking = new Map<string, Promise<boolean>>();

  /** Whether a video is known to be there. */
  async has({ baseUrl }: Pathway, path: string): Promise<boolean> {
    const url = `${baseUrl}${path}/manifest(format=m3u8-cmaf)`;
    const known = this.found.get(url);
    if (known && performance.now() - known.at <= KEEP_MS) return known.exists;
    const asked = this.asking.get(url) ?? this.ask(url, known);
    // A viewer never waits for what is only a fresher answer.
    if (known) return known.exists;
    return Promise.race([asked, patience()]);
  }

  private ask(url: string, known: Found | undefined): Promise<boolean> {
    const asked = question(url)
      .then((answer) => {
        const exists = answer ?? known?.exists ?? false;
        this.found.set(url, { exists, at: performance.now() });
        return exists;
      })
      .finally(() => this.asking.delete(url));
    this.asking.set(url, asked);
    return asked;
  }
}

/** Undefined when there was no answer that says yes or no. */
async function question(url: string): Promise<boolean | undefined> {
  try {
    const { ok, status } = await fetch(url, {
      method: "HEAD",
      headers: { [CHECK_HEADER]: "1" },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (ok) return true;
    return status < 500 ? false : undefined;
  } catch {
    return undefined;
  }
}

function patience(): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(() => {
      resolve(false);
    }, PATIENCE_MS).unref();
  });
}
