import type { AccessToken, TokenCredential } from "@azure/identity";
import type { Clock } from "../ports/clock";

const STORAGE_SCOPE = "https://storage.azure.com/.default";
/** Before its end: a read takes its time, and clocks may be apart. */
const RENEWED_EARLY_MS = 10 * 60_000;
/** A token that is nearly at its end is still good where no other is to be had. */
const LAST_USE_MS = 60_000;
const RETRY_AFTER_MS = 10_000;

/** A token for Azure Storage, kept until shortly before its end; asked for once at a time. */
export class BearerToken {
  private known: AccessToken | undefined;
  private asking: Promise<AccessToken | undefined> | undefined;
  private failedAt = -Infinity;

  constructor(
    private readonly identity: TokenCredential,
    private readonly clock: Clock = { now: () => new Date() },
  ) {}

  /** The token, or undefined when there is none to be had now. */
  async current(): Promise<string | undefined> {
    const now = this.clock.now().getTime();
    const left = (this.known?.expiresOnTimestamp ?? 0) - now;
    if (left < RENEWED_EARLY_MS && now - this.failedAt > RETRY_AFTER_MS) {
      this.asking ??= this.ask().finally(() => (this.asking = undefined));
      // Only who has nothing waits.
      if (left < LAST_USE_MS) await this.asking;
    }
    const { token, expiresOnTimestamp = 0 } = this.known ?? {};
    return expiresOnTimestamp - this.clock.now().getTime() < 0 ? undefined : token;
  }

  private async ask(): Promise<AccessToken | undefined> {
    try {
      this.known = (await this.identity.getToken(STORAGE_SCOPE)) ?? this.known;
      this.failedAt = -Infinity;
    } catch {
      // The SDK asks as well, and says what is wrong.
      this.failedAt = this.clock.now().getTime();
    }
    return this.known;
  }
}
