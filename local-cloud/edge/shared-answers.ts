import type { WholeResponse } from "./edge-cache";

interface Flight {
  answer: Promise<WholeResponse | undefined>;
  waiting: number;
  stop: AbortController;
}

/** Who takes part in a {@link SharedAnswers} flight. */
export interface Passenger {
  key: string;
  /** Aborts when the client goes away. */
  gone: AbortSignal;
}

/**
 * Lets requests for the same thing wait for one answer. The one that comes first asks; it may go away
 * without harm to the others, and where it fails they are told to ask for themselves.
 */
export class SharedAnswers {
  private readonly flights = new Map<string, Flight>();

  /**
   * Joins the request under way for a key, or makes it.
   *
   * @param ask - Makes it; what it answers is given to all, `undefined` to nobody.
   * @returns Whether this one made it, and what came of it.
   */
  async join(
    { key, gone }: Passenger,
    ask: (stop: AbortSignal) => Promise<WholeResponse | undefined>,
  ): Promise<{ asked: boolean; answer: WholeResponse | undefined }> {
    const known = this.flights.get(key);
    const flight = known ?? this.start(key, ask);
    flight.waiting += 1;
    const leave = (): void => {
      flight.waiting -= 1;
      if (flight.waiting === 0) flight.stop.abort(new Error("every client went away"));
    };
    gone.addEventListener("abort", leave, { once: true });
    try {
      return { asked: known === undefined, answer: await flight.answer };
    } catch (error) {
      if (known === undefined) throw error;
      return { asked: false, answer: undefined };
    } finally {
      gone.removeEventListener("abort", leave);
    }
  }

  private start(
    key: string,
    ask: (stop: AbortSignal) => Promise<WholeResponse | undefined>,
  ): Flight {
    const stop = new AbortController();
    const answer = ask(stop.signal).finally(() => {
      this.flights.delete(key);
    });
    const flight = { answer, waiting: 0, stop };
    this.flights.set(key, flight);
    return flight;
  }
}
