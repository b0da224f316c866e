import type {
  PolicyResource,
  PolicyResourceOptions,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";

/** What a rule is shown of a resource. */
export interface Sample {
  readonly type: string;
  readonly name: string;
  readonly props?: Record<string, unknown>;
  /** By what others name it; `type name` where there is none. */
  readonly urn?: string;
  /** Name of the parent, in the same way. */
  readonly parent?: string;
  /** Names of what it depends on, in the same way. */
  readonly after?: readonly string[];
}

type Rule = ResourceValidationPolicy | StackValidationPolicy;

class NotApplicable extends Error {}

const notApplicable = (reason?: string): never => {
  throw new NotApplicable(reason);
};

/** Applies one rule to resources as Pulumi's policy server would; returns what it complains of. */
export async function violations(
  rule: Rule,
  samples: readonly Sample[],
  config: object = {},
): Promise<string[]> {
  const reported: string[] = [];
  const report = (message: string): void => void reported.push(message);
  const args = { stackTags: new Map<string, string>(), getConfig: () => config as never };
  const resources = linked(samples);
  try {
    if ("validateStack" in rule) {
      await rule.validateStack({ ...args, resources, notApplicable }, report);
      return reported;
    }
    for (const resource of resources) {
      for (const validate of [rule.validateResource ?? []].flat()) {
        const { type, name, props, urn, opts } = resource;
        const shown = { ...args, type, name, props, urn, opts, notApplicable };
        await validate({ ...shown, isType: () => false, asType: () => undefined }, report);
      }
    }
  } catch (error) {
    if (!(error instanceof NotApplicable)) throw error;
  }
  return reported;
}

const noOptions: PolicyResourceOptions = {
  protect: false,
  ignoreChanges: [],
  aliases: [],
  customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
  additionalSecretOutputs: [],
};

function linked(samples: readonly Sample[]): PolicyResource[] {
  const byLabel = new Map<string, PolicyResource>();
  for (const sample of samples) {
    const { type, name, props = {} } = sample;
    byLabel.set(key(sample), {
      ...{ type, name, props, opts: noOptions, dependencies: [], propertyDependencies: {} },
      urn: key(sample),
      isType: () => false,
      asType: () => undefined,
    });
  }
  return samples.flatMap((sample) => {
    const { parent = "", after = [] } = sample;
    const resource = byLabel.get(key(sample));
    if (!resource) return [];
    const above = byLabel.get(parent);
    if (above) resource.parent = above;
    resource.dependencies = after.flatMap((label) => byLabel.get(label) ?? []);
    return [resource];
  });
}

function key({ type, name, urn }: Sample): string {
  return urn ?? `${type} ${name}`;
}
