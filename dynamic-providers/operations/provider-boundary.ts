import { exitWithEngine } from "./exit-with-engine";
import { PartialFailure, type ResourceOperations } from "./resource-operations";

/** The key under which Pulumi keeps a provider's text among a resource's properties. */
const PROVIDER_KEY = "__provider";

type Bag = Record<string, unknown>;

/** The same operations as Pulumi's provider process calls them. */
export type BoundaryOperations = {
  readonly [M in keyof ResourceOperations<Bag, Bag>]: (...args: never[]) => Promise<unknown>;
};

/**
 * Puts operations behind the provider's boundary: the provider's own text is hidden from them (so it
 * is never a difference), values that are not set are left out, and errors cross as plain `Error`s,
 * for any other class loses its message on the way.
 */
export function atProviderBoundary(
  operations: ResourceOperations<Bag, Bag>,
): Required<BoundaryOperations> {
  exitWithEngine();
  return {
    check: (olds: Bag, news: Bag) =>
      across(news, async () => clean(await operations.check(bare(olds), bare(news)))),
    diff: (id: string, olds: Bag, news: Bag) =>
      across(news, () => operations.diff(id, bare(olds), bare(news))),
    create: (inputs: Bag) =>
      across(inputs, async () => clean(await operations.create(bare(inputs)))),
    read: (id: string, outs: Bag) =>
      across(outs, async () => clean(await operations.read(id, bare(outs)))),
    update: (id: string, olds: Bag, news: Bag) =>
      across(news, async () => clean(await operations.update(id, bare(olds), bare(news)))),
    delete: (id: string, outs: Bag) => across(outs, () => operations.delete(id, bare(outs))),
  };
}

async function across<T>(properties: Bag, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw plainError(error, properties);
  }
}

function plainError(error: unknown, properties: Bag): Error {
  const message = error instanceof Error ? error.message : String(error);
  // The first line is what Pulumi shows; where it came from helps whoever has to look closer.
  const plain = new Error(message);
  if (error instanceof Error && error.stack !== undefined) plain.stack = error.stack;
  if (!(error instanceof PartialFailure)) return plain;
  return Object.assign(plain, {
    id: error.id,
    properties: { ...clean(error.properties), [PROVIDER_KEY]: properties[PROVIDER_KEY] },
    reasons: [message],
  });
}

function bare(properties: Bag): Bag {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => key !== PROVIDER_KEY));
}

/** Without members that are undefined, which the wire can't carry. */
function clean<T extends object>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
