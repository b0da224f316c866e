import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { readJson, writeDurably } from "./durable-file";

/** Loopback only: nothing of the local cloud is offered to the network. */
export const loopback = "127.0.0.1";

/**
 * Where new ports are looked for: below the ranges that systems use for outgoing connections (Linux
 * 32768 and up, others 49152 and up), which could otherwise hold a remembered port for a moment.
 */
const firstPort = 20_000;
const lastPort = 29_999;
const maxTries = 1_000;

/** A port of the local cloud is held by somebody else. */
export class PortTakenError extends Error {
  constructor(
    readonly port: number,
    readonly user: string,
  ) {
    super(
      `port ${port.toString()}, which ${user} has used since it was made, is taken by another program; ` +
        `stop that program, or run "npm run reset" to let the local cloud choose new ports`,
    );
    this.name = "PortTakenError";
  }
}

/**
 * Gives every listener of the local cloud a port and remembers it for good: addresses go into stack
 * outputs, so a port that moved between two runs would show as a change.
 */
export class PortBook {
  private readonly ports: Map<string, number>;
  private pending: Promise<unknown> = Promise.resolve();

  constructor(private readonly file: string) {
    const saved = (readJson(file) ?? {}) as Record<string, number>;
    this.ports = new Map(Object.entries(saved));
  }

  /** The port of a user; a new user gets the preferred one when it is free, otherwise any. */
  portFor(user: string, preferred?: number): Promise<number> {
    const next = this.pending.then(() => this.ports.get(user) ?? this.assign(user, preferred));
    this.pending = next.catch(() => undefined);
    return next;
  }

  /**
   * Opens what listens on the port of a user. Between finding a port free and listening on it another
   * program may take it: a user that has none yet then gets another one.
   * @throws PortTakenError when somebody else listens on a port that the user has had for longer.
   */
  async listen<T>(
    user: string,
    open: (port: number) => Promise<T>,
    preferred?: number,
  ): Promise<T> {
    const isNew = !this.ports.has(user);
    for (let next = preferred; ; next = undefined) {
      const port = await this.portFor(user, next);
      try {
        return await open(port);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
        if (!isNew) throw new PortTakenError(port, user);
        this.release(user);
      }
    }
  }

  /** The port of a user that may not have one yet. */
  known(user: string): number | undefined {
    return this.ports.get(user);
  }

  /** Every port that was given, by its user. */
  all(): [user: string, port: number][] {
    return [...this.ports];
  }

  /** Forgets ports of a thing that is gone for good. */
  release(...users: string[]): void {
    for (const user of users) this.ports.delete(user);
    this.save();
  }

  private async assign(user: string, preferred: number | undefined): Promise<number> {
    const given = new Set(this.ports.values());
    let port = preferred;
    for (let tries = 0; tries < maxTries; tries += 1) {
      if (port !== undefined && !given.has(port) && (await isPortFree(port))) {
        this.ports.set(user, port);
        this.save();
        return port;
      }
      port = randomInt(firstPort, lastPort + 1);
    }
    throw new Error(`no free port found for ${user} between ${firstPort} and ${lastPort}`);
  }

  private save(): void {
    const sorted = [...this.ports].sort(([a], [b]) => a.localeCompare(b));
    writeDurably(this.file, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
  }
}

/** Whether a server could listen on the port now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => {
      resolve(false);
    });
    server.listen(port, loopback, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
