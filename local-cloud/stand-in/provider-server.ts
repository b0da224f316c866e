import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { loopback } from "../storage/port-book";
import { fromStruct, type Properties, toStruct } from "./properties";
import type { ResourceName } from "./resource-id";
import type { StandIn } from "./stand-in";

/** Pulumi's own limit for a message: 400 MB. */
const maxMessageBytes = 400 * 1024 * 1024;

/** What a {@link ProviderServer} needs. */
export interface ProviderServerOptions {
  standIn: StandIn;
  /** Version that the package's SDK has; the engine notes it in the state. */
  version: string;
  /** Called with the settings of each provider that a program configures. */
  onConfigure?: (settings: Properties) => Promise<void>;
}

type Handler = (request: never) => object | Promise<object>;

/**
 * The stand-in as Pulumi's engine sees it: a resource provider over gRPC, found through
 * `PULUMI_DEBUG_PROVIDERS`.
 *
 * @see https://github.com/pulumi/pulumi/blob/v3.248.0/proto/pulumi/provider.proto
 */
export class ProviderServer implements AsyncDisposable {
  private readonly server: grpc.Server;

  constructor(options: ProviderServerOptions) {
    this.server = new grpc.Server({
      "grpc.max_receive_message_length": maxMessageBytes,
      "grpc.max_send_message_length": maxMessageBytes,
    });
    this.server.addService(ResourceProviderService, implementation(options));
  }

  /** Listens on loopback; answers the port. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.bindAsync(
        `${loopback}:${port.toString()}`,
        grpc.ServerCredentials.createInsecure(),
        (error, bound) => {
          if (error === null) resolve(bound);
          else reject(error);
        },
      );
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => {
      const force = setTimeout(() => {
        this.server.forceShutdown();
      }, 1_000);
      this.server.tryShutdown(() => {
        clearTimeout(force);
        resolve();
      });
    });
  }
}

function implementation(options: ProviderServerOptions): grpc.UntypedServiceImplementation {
  const handlers: Record<string, Handler> = {
    ...configuration(options),
    ...lifecycle(options.standIn),
  };
  const methods = Object.keys(ResourceProviderService).map((method) => {
    const handler = handlers[method];
    return [method, handler === undefined ? unimplemented(method) : unary(handler)] as const;
  });
  return Object.fromEntries(methods);
}

function unary(handler: Handler): grpc.handleUnaryCall<object, object> {
  return (call, done) => {
    Promise.resolve()
      .then(() => handler(call.request as never))
      .then(
        (response) => {
          done(null, response);
        },
        (error: unknown) => {
          const details = error instanceof Error ? error.message : String(error);
          done({ code: grpc.status.UNKNOWN, details });
        },
      );
  };
}

function unimplemented(method: string): grpc.handleUnaryCall<object, object> {
  return (_call, done) => {
    done({ code: grpc.status.UNIMPLEMENTED, details: `the local cloud has no ${method}` });
  };
}

function configuration({ version, onConfigure }: ProviderServerOptions): Record<string, Handler> {
  return {
    getPluginInfo: () => {
      const info = new PluginInfo();
      info.setVersion(version);
      return info;
    },
    getSchema: () => {
      const response = new messages.GetSchemaResponse();
      response.setSchema("{}");
      return response;
    },
    checkConfig: (request: messages.CheckRequest) => {
      const response = new messages.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    },
    diffConfig: () => {
      const response = new messages.DiffResponse();
      response.setChanges(messages.DiffResponse.DiffChanges.DIFF_NONE);
      return response;
    },
    configure: async (request: messages.ConfigureRequest) => {
      await onConfigure?.(fromStruct(request.getArgs()));
      const response = new messages.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      return response;
    },
    cancel: () => new Empty(),
    attach: () => new Empty(),
    getMapping: () => new messages.GetMappingResponse(),
    getMappings: () => new messages.GetMappingsResponse(),
  };
}

interface Named {
  getUrn(): string;
  getName(): string;
  getType(): string;
}

/** Engines of other versions leave name and type to be read from the URN. */
function nameOf(request: Named): ResourceName {
  const urn = request.getUrn();
  const [, , types = "", ...names] = urn.split("::");
  return {
    urn,
    name: request.getName() || names.join("::"),
    type: request.getType() || (types.split("$").pop() ?? ""),
  };
}

function lifecycle(standIn: StandIn): Record<string, Handler> {
  return {
    check: (request: messages.CheckRequest) => {
      const checked = standIn.check(nameOf(request), fromStruct(request.getNews()));
      const response = new messages.CheckResponse();
      response.setInputs(toStruct(checked.inputs));
      for (const { property, reason } of checked.problems) {
        const failure = new messages.CheckFailure();
        failure.setProperty(property);
        failure.setReason(reason);
        response.addFailures(failure);
      }
      return response;
    },
    diff: (request: messages.DiffRequest) => diff(standIn, request),
    create: (request: messages.CreateRequest) => create(standIn, request),
    update: async (request: messages.UpdateRequest) => {
      const news = fromStruct(request.getNews());
      const response = new messages.UpdateResponse();
      const outputs = request.getPreview()
        ? standIn.previewUpdate(request.getId(), nameOf(request), news)
        : await standIn.update(request.getId(), nameOf(request), news);
      response.setProperties(toStruct(outputs));
      return response;
    },
    read: (request: messages.ReadRequest) => {
      const response = new messages.ReadResponse();
      const found = standIn.read(request.getId());
      if (found === undefined) return response;
      response.setId(request.getId());
      response.setInputs(toStruct(found.inputs));
      response.setProperties(toStruct(found.outputs));
      return response;
    },
    delete: async (request: messages.DeleteRequest) => {
      await standIn.delete(request.getId());
      return new Empty();
    },
    invoke: (request: messages.InvokeRequest) => {
      const response = new messages.InvokeResponse();
      response.setReturn(toStruct(standIn.invoke(request.getTok(), fromStruct(request.getArgs()))));
      return response;
    },
  };
}

function diff(standIn: StandIn, request: messages.DiffRequest): messages.DiffResponse {
  const ignored = new Set(request.getIgnorechangesList());
  const olds = fromStruct(request.getOldInputs());
  const news = { ...fromStruct(request.getNews()) };
  for (const property of ignored) {
    const old = olds[property];
    if (old === undefined) Reflect.deleteProperty(news, property);
    else news[property] = old;
  }
  const { changed, replaces } = standIn.diff(nameOf(request).type, { olds, news });
  const response = new messages.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  response.setChanges(changed.length === 0 ? DIFF_NONE : DIFF_SOME);
  response.setDiffsList(changed);
  response.setReplacesList(replaces);
  // A replacement keeps its name, since names follow from URNs: the old one must go first.
  response.setDeletebeforereplace(replaces.length > 0);
  return response;
}

async function create(
  standIn: StandIn,
  request: messages.CreateRequest,
): Promise<messages.CreateResponse> {
  const inputs = fromStruct(request.getProperties());
  const response = new messages.CreateResponse();
  if (request.getPreview()) {
    response.setProperties(toStruct(standIn.previewCreate(nameOf(request), inputs)));
    return response;
  }
  const { id, outputs } = await standIn.create(nameOf(request), inputs);
  response.setId(id);
  response.setProperties(toStruct(outputs));
  return response;
}
