import { type PartRequest, StoreConnection, type StoreSocketOptions } from "./store-connection";

/** Less than the 5 s after which Azurite closes what is idle, and the most that a store may be silent. */
const SILENCE_MS = 3_000;

/** Gets the connection that has become free; none where it is not waited for any more. */
type Waiting = (connection: StoreConnection | undefined) => void;

/** Connections to one store that are used again and again, so many at most. */
export class StoreConnections {
  /** The one that was used last is used next: those that are not needed grow old and go. */
  private readonly idle: StoreConnection[] = [];
  private readonly waiting = new Set<Waiting>();
  private count = 0;
  /** Of TLS: it makes the next greeting cheap. */
  private session: Buffer | undefined;

  constructor(
    private readonly options: StoreSocketOptions,
    private readonly most: number,
  ) {}

  /** Reads a part over a connection of its own. @returns how many bytes were given. */
  async read(request: PartRequest): Promise<number> {
    const connection = this.take() ?? (await this.wait(request.signal));
    if (!connection) return 0;
    const given = await connection.read(request);
    if (connection.isOpen) this.release(connection);
    return given;
  }

  private take(): StoreConnection | undefined {
    for (let last = this.idle.pop(); last; last = this.idle.pop()) if (last.isOpen) return last;
    return this.count < this.most ? this.open() : undefined;
  }

  private open(): StoreConnection {
    this.count += 1;
    const { options, session } = this;
    const connection = new StoreConnection(
      { ...options, ...(session && { session }) },
      {
        silenceMs: SILENCE_MS,
        closed: () => {
          this.closed(connection);
        },
      },
    );
    connection.onSession((given) => (this.session = given));
    return connection;
  }

  private closed(connection: StoreConnection): void {
    this.count -= 1;
    const index = this.idle.indexOf(connection);
    if (index >= 0) this.idle.splice(index, 1);
    const [first] = this.waiting;
    first?.(this.open());
  }

  private release(connection: StoreConnection): void {
    const [first] = this.waiting;
    if (first) first(connection);
    else this.idle.push(connection);
  }

  private wait(signal: AbortSignal | undefined): Promise<StoreConnection | undefined> {
    if (signal?.aborted === true) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const give: Waiting = (connection) => {
        this.waiting.delete(give);
        signal?.removeEventListener("abort", leave);
        resolve(connection);
      };
      const leave = (): void => {
        give(undefined);
      };
      this.waiting.add(give);
      signal?.addEventListener("abort", leave);
    });
  }
}
