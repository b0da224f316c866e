/** Seconds since the drill began to watch. */
export class Stopwatch {
  private readonly begun = performance.now();

  now(): number {
    return Math.round(performance.now() - this.begun) / 1000;
  }
}
