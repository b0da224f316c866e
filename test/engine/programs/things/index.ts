import * as pulumi from "@pulumi/pulumi";

/** One resource, as the configuration describes it. */
interface ThingConfig {
  name: string;
  /** `thing` (default, dynamic), `remote` (of the stand-in provider), or `group` (a component). */
  kind?: "thing" | "remote" | "group";
  props?: Record<string, unknown>;
  /** Properties that hold the secret of the configuration, each with a text after it. */
  secretProps?: Record<string, string>;
  /** Names of things that this one's `from` is an output of. */
  from?: string;
  parent?: string;
  dependsOn?: string[];
  aliases?: string[];
  options?: pulumi.CustomResourceOptions;
}

// Stubs, so that the state holds no code: what runs is in thing-provider.cjs.
/* eslint-disable @typescript-eslint/no-require-imports, @typescript-eslint/no-unsafe-return,
   @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access
   -- Pulumi keeps these functions as text, in which only an untyped require() works */
const thingProvider: pulumi.dynamic.ResourceProvider = {
  check: (olds, news) => require("./thing-provider.cjs").check(olds, news),
  diff: (id, olds, news) => require("./thing-provider.cjs").diff(id, olds, news),
  create: (inputs) => require("./thing-provider.cjs").create(inputs),
  read: (id, props) => require("./thing-provider.cjs").read(id, props),
  update: (id, olds, news) => require("./thing-provider.cjs").update(id, olds, news),
  delete: (id, props) => require("./thing-provider.cjs").delete(id, props),
};

/* eslint-enable */

class Thing extends pulumi.dynamic.Resource {
  declare readonly mark: pulumi.Output<string>;

  constructor(name: string, props: pulumi.Inputs, options: pulumi.CustomResourceOptions) {
    super(thingProvider, name, { mark: undefined, ...props }, options, "test", "Thing");
  }
}

class Remote extends pulumi.CustomResource {
  declare readonly mark: pulumi.Output<string>;

  constructor(name: string, props: pulumi.Inputs, options: pulumi.CustomResourceOptions) {
    super("standin:index:Remote", name, { mark: undefined, ...props }, options);
  }
}

class Group extends pulumi.ComponentResource {
  constructor(name: string, options: pulumi.ComponentResourceOptions) {
    super("test:index:Group", name, {}, options);
    this.registerOutputs({});
  }
}

const config = new pulumi.Config();
const made = new Map<string, Thing | Remote | Group>();
const marks: Record<string, pulumi.Output<string>> = {};

function optionsOf(thing: ThingConfig): pulumi.CustomResourceOptions {
  const find = (name: string): pulumi.Resource => {
    const found = made.get(name);
    if (found === undefined) throw new Error(`no thing ${name} before this one`);
    return found;
  };
  return {
    ...thing.options,
    ...(thing.parent === undefined ? {} : { parent: find(thing.parent) }),
    ...(thing.dependsOn === undefined ? {} : { dependsOn: thing.dependsOn.map(find) }),
    ...(thing.aliases === undefined ? {} : { aliases: thing.aliases.map((name) => ({ name })) }),
  };
}

for (const thing of config.requireObject<ThingConfig[]>("things")) {
  const options = optionsOf(thing);
  if (thing.kind === "group") {
    made.set(thing.name, new Group(thing.name, options));
    continue;
  }
  const secrets = Object.entries(thing.secretProps ?? {}).map(([key, after]) => [
    key,
    config.requireSecret("token").apply((secret) => secret + after),
  ]);
  const props: Record<string, pulumi.Input<unknown>> = {
    ...thing.props,
    ...(Object.fromEntries(secrets) as Record<string, pulumi.Output<string>>),
  };
  const source = thing.from === undefined ? undefined : made.get(thing.from);
  if (source !== undefined && "mark" in source) props["from"] = source.mark;
  const Kind = thing.kind === "remote" ? Remote : Thing;
  const resource = new Kind(thing.name, { ...props, key: thing.name }, options);
  made.set(thing.name, resource);
  marks[thing.name] = resource.mark;
}

export const answer = config.getBoolean("ask")
  ? pulumi.runtime.invokeOutput("standin:index:ask", { question: config.requireSecret("token") })
  : undefined;
const other = config.get("otherStack");
export const otherMarks =
  other === undefined ? undefined : new pulumi.StackReference(other).getOutput("marks");
export const token = config.getSecret("token");
export { marks };
