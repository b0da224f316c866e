/** Seconds of media that a player has ahead before it begins. */
const beginWith = 4;

/**
 * What lies ahead of the picture of somebody who watches at the pace of the clock. It grows by what is
 * downloaded and shrinks by time; while it is empty, the picture stands still.
 */
export class BufferModel {
  readonly stalls: { from: number; to: number }[] = [];
  private level = 0;
  private last = 0;
  private playing = false;

  /** Takes in a segment that arrived. */
  add(at: number, seconds: number): void {
    this.advance(at);
    this.level += seconds;
    if (this.level >= beginWith) this.playing = true;
  }

  /** Seconds ahead at a time, which must not lie before the last one asked for. */
  levelAt(at: number): number {
    return this.playing ? Math.max(0, this.level - (at - this.last)) : this.level;
  }

  get hasBegun(): boolean {
    return this.playing;
  }

  /** Ends the watching; a picture that stands still then counts until now. */
  finish(at: number): void {
    this.advance(at);
  }

  private advance(at: number): void {
    if (this.playing) {
      this.level -= at - this.last;
      if (this.level < 0) this.stalls.push({ from: at + this.level, to: at });
      this.level = Math.max(0, this.level);
    }
    this.last = at;
  }
}
