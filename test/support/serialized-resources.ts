import * as pulumi from "@pulumi/pulumi";

/** A resource as Pulumi would register it. */
export interface RegisteredResource {
  readonly type: string;
  /** Inputs with the provider's text among them, secrets unwrapped. */
  readonly inputs: Record<string, unknown>;
}

interface MockedResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** Registers what `declare` declares, and answers what the engine would have been sent. */
export async function registeredResources(
  declare: () => pulumi.CustomResource[],
): Promise<RegisteredResource[]> {
  const registered: RegisteredResource[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ type, inputs, name }: MockedResource) => {
      registered.push({ type, inputs: withoutSecrets(inputs) });
      return { id: name, state: inputs };
    },
    call: () => ({}),
  });
  const urns = declare().map(({ urn }) => urn);
  await new Promise((resolve) => pulumi.all(urns).apply(resolve));
  return registered;
}

function withoutSecrets(inputs: Record<string, unknown>): Record<string, unknown> {
  const unwrap: (value: unknown) => unknown = pulumi.runtime.unwrapRpcSecret;
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, unwrap(value)]));
}
