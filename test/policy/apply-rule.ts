import type {
  PolicyResource,
  PolicyResourceOptions,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import type { Deployment } from "../components/deploy";

/** What a rule is shown of a resource. */
export interface Sample {
  readonly type: string;
  readonly name: string;
  readonly props?: Record<string, unknown>;
  /** `type name` of the parent. */
  readonly parent?: string;
  /** `type name` of what it depends on. */
  readonly after?: readonly string[];
}

type Rule = ResourceValidationPolicy | StackValidationPolicy;

class NotApplicable extends Error {}

const notApplicable = (reason?: string): never => {
  throw new NotApplicable(reason);
};

/** Applies one rule to resources as the policy server would; returns what it complains of. */
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

/** The resources of a program, as they would be once they are deployed. */
export function deployed({ resources, states }: Deployment): Sample[] {
  return resources.map(({ type, name, inputs, parent, after }) => ({
    ...{ type, name, parent, after },
    props: { ...inputs, ...states[`${type} ${name}`] },
  }));
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
  for (const { type, name, props = {} } of samples) {
    byLabel.set(`${type} ${name}`, {
      ...{ type, name, props, opts: noOptions, dependencies: [], propertyDependencies: {} },
      urn: `urn:pulumi:test::twinstream::${type}::${name}`,
      isType: () => false,
      asType: () => undefined,
    });
  }
  return samples.flatMap(({ type, name, parent = "", after = [] }) => {
    const resource = byLabel.get(`${type} ${name}`);
    if (!resource) return [];
    const above = byLabel.get(parent);
    if (above) resource.parent = above;
    resource.dependencies = after.flatMap((label) => byLabel.get(label) ?? []);
    return [resource];
  });
}
