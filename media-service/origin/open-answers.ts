import type { ServerResponse } from "node:http";

const DEFAULT_MAX_BYTES = 48 * 1024 * 1024;
/** Nobody is slow sooner. */
const GRACE_MS = 1_000;

/** An answer that its client has not taken whole. */
interface OpenAnswer {
  readonly raw: ServerResponse;
  readonly body: object;
  readonly begun: number;
}

/**
 * The answers that are under way, within a bound of bytes: clients that take slowly keep bodies in memory.
 * A body that many clients take counts once. Where there is no room, those who take longest are cut off;
 * players ask again.
 */
export class OpenAnswers {
  /** Oldest first. */
  private readonly answers = new Set<OpenAnswer>();
  private readonly bodies = new Map<object, { readonly sizeBytes: number; answers: number }>();
  private heldBytes = 0;

  constructor(private readonly maxBytes = DEFAULT_MAX_BYTES) {}

  /** Bytes of all bodies that are being sent. */
  get bytes(): number {
    return this.heldBytes;
  }

  /** Makes room for an answer; false when there is none, since all that are under way have just begun. */
  admit(raw: ServerResponse, body: object, sizeBytes: number): boolean {
    const known = this.bodies.get(body);
    if (!known && !this.makeRoom(sizeBytes)) return false;
    if (known) known.answers += 1;
    else {
      this.bodies.set(body, { sizeBytes, answers: 1 });
      this.heldBytes += sizeBytes;
    }
    const answer = { raw, body, begun: performance.now() };
    this.answers.add(answer);
    // Either tells that nothing of it is in memory any more.
    const release = (): void => {
      this.release(answer);
    };
    raw.once("finish", release).once("close", release);
    return true;
  }

  private makeRoom(sizeBytes: number): boolean {
    const latest = performance.now() - GRACE_MS;
    for (const answer of this.answers) {
      if (this.heldBytes + sizeBytes <= this.maxBytes) return true;
      if (answer.begun > latest) return false;
      answer.raw.destroy();
      this.release(answer);
    }
    return true;
  }

  private release(answer: OpenAnswer): void {
    if (!this.answers.delete(answer)) return;
    const held = this.bodies.get(answer.body);
    if (!held) return;
    held.answers -= 1;
    if (held.answers > 0) return;
    this.bodies.delete(answer.body);
    this.heldBytes -= held.sizeBytes;
  }
}
