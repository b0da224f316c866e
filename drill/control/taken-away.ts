import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What is away, and how to bring it back. */
export interface TakenAway {
  stack: string;
  cloud: "local" | "azure";
  dataCenter: string;
  undo: unknown;
  /** The drill that took it. */
  pid: number;
  at: string;
}

/** A note on disk of what a drill has taken away: whatever ends the drill, the next one finds it. */
export class TakenAwayNote {
  private readonly folder: string;
  private readonly file: string;

  constructor(home: string, stack: string) {
    this.folder = join(home, "drill");
    this.file = join(this.folder, `taken-away-${encodeURIComponent(stack)}.json`);
  }

  read(): TakenAway | undefined {
    try {
      return JSON.parse(readFileSync(this.file, "utf8")) as TakenAway;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw new Error(`${this.file} says what a drill took away, and can't be read`, {
        cause: error,
      });
    }
  }

  write(taken: TakenAway): void {
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(this.file, `${JSON.stringify(taken, null, 2)}\n`);
  }

  remove(): void {
    rmSync(this.file, { force: true });
    try {
      rmdirSync(this.folder);
    } catch {
      // Another stack's note is in it.
    }
  }
}
