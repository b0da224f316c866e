import { dynamic } from "@pulumi/pulumi";

const provider: dynamic.ResourceProvider = {
  create: (inputs: object) => Promise.resolve({ id: "one", outs: inputs }),
};

/** As little as a program with one resource can be. */
class OneResource extends dynamic.Resource {
  constructor(name: string) {
    super(provider, name, { text: "as it was" });
  }
}

new OneResource("one");
