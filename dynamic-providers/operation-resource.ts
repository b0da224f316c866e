import {
  CustomResource,
  type CustomResourceOptions,
  type Input,
  type Inputs,
} from "@pulumi/pulumi";

/** What a resource's constructor takes: the operations' inputs, except those it sets itself. */
export type ResourceArgs<I, Set extends keyof I = never> = {
  [K in keyof Omit<I, "version" | Set>]: Input<I[K]>;
};

/** The class of a dynamic resource. */
type OperationResource = new (
  name: string,
  props: Inputs,
  opts?: CustomResourceOptions,
) => CustomResource;

/**
 * A dynamic resource whose provider, which the state keeps as text, loads the operations of a name and
 * holds no code of theirs; `./` is the project's directory in the provider's process. Pulumi's own class
 * would make the text of a function, and load the TypeScript compiler for that on each run.
 */
export function operationResource(operation: string, type: string): OperationResource {
  const provider = `exports.handler = () => require("./dynamic-providers/load.cjs")("${operation}");\n`;
  return class extends CustomResource {
    constructor(name: string, props: Inputs, opts?: CustomResourceOptions) {
      const withProvider = { ...props, __provider: provider };
      super(`pulumi-nodejs:dynamic/twinstream:${type}`, name, withProvider, opts);
    }
  };
}
