import type { dynamic, Input } from "@pulumi/pulumi";

/** What a resource's constructor takes: the operations' inputs, except those it sets itself. */
export type ResourceArgs<I, Set extends keyof I = never> = {
  [K in keyof Omit<I, "version" | Set>]: Input<I[K]>;
};

/** One object a kind of resource, so that Pulumi turns it into text once. */
const stubs = new Map<string, dynamic.ResourceProvider>();

/**
 * The provider of a dynamic resource, as the state keeps it: Pulumi stores it as text, so it holds one
 * function and the operations' name, and no code of theirs. `configure` is what a provider's process
 * calls first; it puts the operations' methods beside itself. `./` is the project's directory there.
 */
export function providerStub(operation: string): dynamic.ResourceProvider {
  const known = stubs.get(operation);
  if (known !== undefined) return known;
  const stub = {
    configure(this: object): Promise<void> {
      // eslint-disable-next-line @typescript-eslint/no-require-imports, @typescript-eslint/no-unsafe-call -- runs from text, where only require exists
      Object.assign(this, require("./dynamic-providers/load.cjs")(operation));
      return Promise.resolve();
    },
  } as unknown as dynamic.ResourceProvider;
  stubs.set(operation, stub);
  return stub;
}
