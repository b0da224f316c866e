import { createHash } from "node:crypto";
import { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { EngineError } from "../errors";
import type { ResourceState } from "../state/resource-state";
import { nameOf, typeOf } from "../urn";
import { hasUnknown, type PropertyMap } from "../values/property-value";
import { annotateSecrets } from "../values/secretness";
import { type Acceptance, forProvider, fromStruct, toStruct } from "../values/wire";
import { callOptional, callUnary, type UnaryMethod } from "./grpc-call";
import type * as api from "./provider";
import type { ProviderConnection } from "./provider-connection";
import { type ProviderDiff, toProviderDiff } from "./provider-diff";
import { providerError } from "./provider-errors";

const NOTHING: Acceptance = { secrets: false, resources: false };

/** A provider behind gRPC. */
export class GrpcProvider implements api.Provider {
  private accepts: Acceptance = NOTHING;
  private supportsPreview = false;
  /** False in a preview whose configuration depends on what does not exist yet. */
  private configured = false;

  constructor(private readonly connection: ProviderConnection) {}

  get packageName(): string {
    return this.connection.packageName;
  }

  /** Tells a provider that ran before the engine where the engine is. */
  async attach(engineAddress: string): Promise<void> {
    const { client } = this.connection;
    await this.optional(client.attach.bind(client), new PluginAttach().setAddress(engineAddress));
  }

  async checkConfig(urn: string, olds: PropertyMap, news: PropertyMap): Promise<PropertyMap> {
    const { client } = this.connection;
    const request = named(new pb.CheckRequest(), urn)
      .setOlds(configStruct(olds))
      .setNews(configStruct(news));
    const response = await this.optional<pb.CheckRequest, pb.CheckResponse>(
      client.checkConfig.bind(client),
      request,
    );
    return response === undefined ? news : annotateSecrets(checkedInputs(urn, response), news);
  }

  async diffConfig(old: ResourceState, news: PropertyMap): Promise<ProviderDiff> {
    const { client } = this.connection;
    const { inputs = {}, outputs = {} } = old;
    const request = named(new pb.DiffRequest(), old.urn)
      .setId(old.id ?? "")
      .setOldInputs(configStruct(inputs))
      .setOlds(configStruct(outputs))
      .setNews(configStruct(news));
    const response = await this.optional<pb.DiffRequest, pb.DiffResponse>(
      client.diffConfig.bind(client),
      request,
    );
    return toProviderDiff(response, withoutInternal(inputs), withoutInternal(news));
  }

  async configure(urn: string, id: string, inputs: PropertyMap): Promise<void> {
    if (hasUnknown(inputs)) return;
    const { client } = this.connection;
    const own = withoutInternal(inputs);
    const request = named(new pb.ConfigureRequest(), urn).setId(id).setArgs(toStruct(own));
    request.setAcceptsecrets(true).setAcceptresources(true);
    request.setSendsOldInputs(true).setSendsOldInputsToDelete(true);
    for (const [key, value] of Object.entries(forProvider(own, NOTHING))) {
      if (key === "version") continue;
      const text = typeof value === "string" ? value : JSON.stringify(value);
      request.getVariablesMap().set(`${this.packageName}:config:${key}`, text);
    }
    const response = await this.call<pb.ConfigureRequest, pb.ConfigureResponse>(
      client.configure.bind(client),
      request,
    );
    this.accepts = {
      secrets: response.getAcceptsecrets(),
      resources: response.getAcceptresources(),
    };
    this.supportsPreview = response.getSupportspreview();
    this.configured = true;
  }

  async check(urn: string, olds: PropertyMap, news: PropertyMap): Promise<PropertyMap> {
    if (!this.configured) return news;
    const { client } = this.connection;
    const request = named(new pb.CheckRequest(), urn)
      .setOlds(this.outgoing(olds))
      .setNews(this.outgoing(news))
      .setRandomseed(createHash("sha256").update(urn).digest());
    const response = await this.call<pb.CheckRequest, pb.CheckResponse>(
      client.check.bind(client),
      request,
    );
    const inputs = checkedInputs(urn, response);
    return this.accepts.secrets ? inputs : annotateSecrets(inputs, news);
  }

  async diff(
    old: ResourceState,
    news: PropertyMap,
    ignore: readonly string[],
  ): Promise<ProviderDiff> {
    const { inputs = {}, outputs = {} } = old;
    if (!this.configured) return toProviderDiff(undefined, inputs, news);
    const { client } = this.connection;
    const request = named(new pb.DiffRequest(), old.urn)
      .setId(old.id ?? "")
      .setOlds(this.outgoing(outputs))
      .setOldInputs(this.outgoing(inputs))
      .setNews(this.outgoing(news))
      .setIgnorechangesList([...ignore]);
    const response = await this.call<pb.DiffRequest, pb.DiffResponse>(
      client.diff.bind(client),
      request,
    );
    return toProviderDiff(response, inputs, news);
  }

  async create({ urn, inputs, timeouts, preview }: api.CreateRequest): Promise<api.Created> {
    if (preview && !this.configured) return { id: "", outputs: {} };
    if (preview && !this.supportsPreview) return { id: "", outputs: inputs };
    const { client } = this.connection;
    const request = named(new pb.CreateRequest(), urn)
      .setProperties(this.outgoing(inputs))
      .setPreview(preview)
      .setTimeout(timeouts?.create ?? 0);
    const response = await this.call<pb.CreateRequest, pb.CreateResponse>(
      client.create.bind(client),
      request,
    );
    if (response.getId() === "" && !preview) {
      throw new EngineError("provider", `the provider of ${this.packageName} gave no id`);
    }
    return { id: response.getId(), outputs: this.incoming(response.getProperties(), inputs) };
  }

  async update(update: api.UpdateRequest): Promise<PropertyMap> {
    const { old, inputs, preview } = update;
    if (preview && !this.configured) return {};
    if (preview && !this.supportsPreview) return inputs;
    const { client } = this.connection;
    const request = named(new pb.UpdateRequest(), old.urn)
      .setId(old.id ?? "")
      .setOlds(this.outgoing(old.outputs ?? {}))
      .setOldInputs(this.outgoing(old.inputs ?? {}))
      .setNews(this.outgoing(inputs))
      .setIgnorechangesList([...update.ignoreChanges])
      .setPreview(preview)
      .setTimeout(update.timeouts?.update ?? 0);
    const response = await this.call<pb.UpdateRequest, pb.UpdateResponse>(
      client.update.bind(client),
      request,
    );
    return this.incoming(response.getProperties(), inputs);
  }

  async delete(old: ResourceState): Promise<void> {
    const { client } = this.connection;
    const request = named(new pb.DeleteRequest(), old.urn)
      .setId(old.id ?? "")
      .setProperties(this.outgoing(old.outputs ?? {}))
      .setOldInputs(this.outgoing(old.inputs ?? {}))
      .setTimeout(old.customTimeouts?.delete ?? 0);
    await this.call(client.delete.bind(client), request);
  }

  async read({ urn, id, inputs, outputs }: api.ReadRequest): Promise<api.ReadResult> {
    if (!this.configured) return { id, outputs: {} };
    const { client } = this.connection;
    const request = named(new pb.ReadRequest(), urn)
      .setId(id)
      .setProperties(this.outgoing(outputs));
    if (inputs !== undefined) request.setInputs(this.outgoing(inputs));
    const response = await this.call<pb.ReadRequest, pb.ReadResponse>(
      client.read.bind(client),
      request,
    );
    const found = {
      id: response.getId(),
      outputs: this.incoming(response.getProperties(), outputs),
    };
    if (!response.hasInputs()) return found;
    return { ...found, inputs: this.incoming(response.getInputs(), inputs ?? {}) };
  }

  async invoke(
    token: string,
    args: PropertyMap,
    preview: boolean,
  ): Promise<api.InvokeResult | undefined> {
    if (!this.configured) return undefined;
    const { client } = this.connection;
    const request = new pb.InvokeRequest()
      .setTok(token)
      .setArgs(this.outgoing(args))
      .setPreview(preview);
    const response = await this.call<pb.InvokeRequest, pb.InvokeResponse>(
      client.invoke.bind(client),
      request,
    );
    return {
      result: fromStruct(response.getReturn()),
      failures: response.getFailuresList().map(failureOf),
    };
  }

  close(): void {
    this.connection.close();
  }

  private outgoing(properties: PropertyMap): ReturnType<typeof toStruct> {
    return toStruct(forProvider(properties, this.accepts));
  }

  private incoming(struct: Parameters<typeof fromStruct>[0], inputs: PropertyMap): PropertyMap {
    const properties = fromStruct(struct);
    return this.accepts.secrets ? properties : annotateSecrets(properties, inputs);
  }

  private async call<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
  ): Promise<Response> {
    try {
      return await callUnary(method, request);
    } catch (error) {
      throw await providerError(error, () => this.connection.ended());
    }
  }

  private async optional<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
  ): Promise<Response | undefined> {
    try {
      return await callOptional(method, request);
    } catch (error) {
      throw await providerError(error, () => this.connection.ended());
    }
  }
}

interface NamedRequest<Request> {
  setUrn(urn: string): Request;
  setName(name: string): Request;
  setType(type: string): Request;
}

function named<Request extends NamedRequest<Request>>(request: Request, urn: string): Request {
  return request.setUrn(urn).setName(nameOf(urn)).setType(typeOf(urn));
}

/** `__internal` is the official CLI's own note on a provider and is never shown to the provider. */
function withoutInternal(properties: PropertyMap): PropertyMap {
  const result = { ...properties };
  delete result["__internal"];
  return result;
}

function configStruct(properties: PropertyMap): ReturnType<typeof toStruct> {
  return toStruct(forProvider(withoutInternal(properties), NOTHING));
}

function failureOf(failure: pb.CheckFailure): { property: string; reason: string } {
  return { property: failure.getProperty(), reason: failure.getReason() };
}

function checkedInputs(urn: string, response: pb.CheckResponse): PropertyMap {
  const failures = response.getFailuresList().map(failureOf);
  if (failures.length > 0) {
    const reasons = failures.map(({ property, reason }) =>
      property ? `${property}: ${reason}` : reason,
    );
    throw new EngineError(
      "provider",
      `${typeOf(urn)} resource '${nameOf(urn)}' has a problem: ${reasons.join("; ")}`,
    );
  }
  return fromStruct(response.getInputs());
}
