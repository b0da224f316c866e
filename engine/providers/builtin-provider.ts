import { EngineError } from "../errors";
import { hasSecret, type PropertyMap, textOf } from "../values/property-value";
import type * as api from "./provider";
import type { ProviderDiff } from "./provider-diff";

/** What the engine itself can tell a program about. */
export interface EngineKnowledge {
  /** The outputs of another stack of the backend, by `[organization/[project/]]stack`. */
  stackOutputs: (name: string) => Promise<PropertyMap>;
  /** What `pulumi:pulumi:getResource` answers. */
  resource: (urn: string) => PropertyMap | undefined;
}

const UNCHANGED: ProviderDiff = {
  changed: false,
  replaces: [],
  reported: [],
  deleteBeforeReplace: false,
};

/** The provider of package `pulumi`: stack references and resources of this run. */
export class BuiltinProvider implements api.Provider {
  readonly packageName = "pulumi";

  constructor(private readonly engine: EngineKnowledge) {}

  checkConfig(_urn: string, _olds: PropertyMap, news: PropertyMap): Promise<PropertyMap> {
    return Promise.resolve(news);
  }

  diffConfig(): Promise<ProviderDiff> {
    return Promise.resolve(UNCHANGED);
  }

  configure(): Promise<void> {
    return Promise.resolve();
  }

  check(_urn: string, _olds: PropertyMap, news: PropertyMap): Promise<PropertyMap> {
    return Promise.resolve(news);
  }

  diff(): Promise<ProviderDiff> {
    return Promise.resolve(UNCHANGED);
  }

  create({ urn }: api.CreateRequest): Promise<never> {
    return Promise.reject(new EngineError("unsupported", `${urn} can only be read, not created`));
  }

  update({ old }: api.UpdateRequest): Promise<never> {
    return Promise.reject(new EngineError("unsupported", `${old.urn} can't be updated`));
  }

  delete(): Promise<void> {
    return Promise.resolve();
  }

  async read({ id, inputs, outputs }: api.ReadRequest): Promise<api.ReadResult> {
    const name = textOf((inputs ?? outputs)["name"], id);
    const found = await this.engine.stackOutputs(name);
    const secretOutputNames = Object.keys(found).filter((key) => hasSecret(found[key]));
    return { id, outputs: { name, outputs: found, secretOutputNames } };
  }

  async invoke(token: string, args: PropertyMap): Promise<api.InvokeResult> {
    switch (token) {
      case "pulumi:pulumi:getResource": {
        const urn = textOf(args["urn"]);
        const result = this.engine.resource(urn);
        if (result !== undefined) return { result, failures: [] };
        throw new EngineError("not-found", `there is no resource ${urn}`);
      }
      case "pulumi:pulumi:readStackOutputs": {
        const name = textOf(args["name"]);
        return { result: { name, outputs: await this.engine.stackOutputs(name) }, failures: [] };
      }
      default:
        throw new EngineError("unsupported", `the function ${token} does not exist`);
    }
  }

  close(): void {
    // nothing is open
  }
}
