import { createPublicKey, type KeyObject } from "node:crypto";
import { request } from "undici";
import { UnavailableError } from "../domain/errors";
import type { AuthorityKeys } from "../ports/authority-keys";
import type { Clock } from "../ports/clock";

/** Looked up again by itself after so long, while the old ones are in use. */
const FRESH_MS = 60 * 60_000;
/** Without an answer of the authority keys are good for so long. */
const USABLE_MS = 24 * 60 * 60_000;
/** An id that nobody knows asks no more often: everybody can send one. */
const COOL_DOWN_MS = 30_000;
const ANSWER_WITHIN_MS = 5_000;
const MAX_BYTES = 256 * 1024;
const MIN_RSA_BITS = 2048;

/** The keys that an authority shows as a JSON Web Key Set (RFC 7517), kept and renewed. */
export class JwksKeys implements AuthorityKeys {
  private known = new Map<string, KeyObject>();
  private loadedAt = -Infinity;
  private triedAt = -Infinity;
  private loading: Promise<void> | undefined;
  private failure: unknown;

  constructor(
    private readonly url: string,
    private readonly clock: Clock,
  ) {}

  async key(id: string): Promise<KeyObject | undefined> {
    const age = this.now() - this.loadedAt;
    if (age > USABLE_MS) this.known = new Map();
    const found = this.known.get(id);
    if (found === undefined || age > FRESH_MS) {
      const loaded = this.load();
      // A key that is known answers at once; its renewal is awaited by nobody.
      if (found === undefined) await loaded;
    }
    if (found !== undefined) return found;
    if (this.failure !== undefined) {
      throw new UnavailableError(
        "The tenant's signing keys can't be looked up at present: try again in a while",
        { cause: this.failure },
      );
    }
    return this.known.get(id);
  }

  private now(): number {
    return this.clock.now().getTime();
  }

  private load(): Promise<void> {
    if (this.loading === undefined) {
      if (this.now() - this.triedAt < COOL_DOWN_MS) return Promise.resolve();
      this.triedAt = this.now();
      this.loading = this.fetch().finally(() => (this.loading = undefined));
    }
    return this.loading;
  }

  private async fetch(): Promise<void> {
    try {
      this.known = readKeys(await readText(this.url));
      this.loadedAt = this.now();
      this.failure = undefined;
    } catch (error) {
      this.failure = error;
    }
  }
}

async function readText(url: string): Promise<string> {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const { statusCode, body } = await request(url, { signal, headers: { accept: "*/*" } });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(`${url} answered more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
  return Buffer.concat(chunks).toString("utf8");
}

/** @throws Error when there is no key in it that a signature can be checked with. */
function readKeys(text: string): Map<string, KeyObject> {
  const { keys } = JSON.parse(text) as { keys?: unknown };
  const found = (Array.isArray(keys) ? (keys as unknown[]) : []).flatMap(readKey);
  if (found.length === 0) throw new Error("the key document holds no RSA key for signatures");
  return new Map(found);
}

function readKey(value: unknown): [string, KeyObject][] {
  const { kty, use = "sig", kid, n, e } = (value ?? {}) as Record<string, unknown>;
  if (kty !== "RSA" || use !== "sig" || typeof kid !== "string") return [];
  const key = createPublicKey({ key: { kty, n: String(n), e: String(e) }, format: "jwk" });
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  return bits < MIN_RSA_BITS ? [] : [[kid, key]];
}
