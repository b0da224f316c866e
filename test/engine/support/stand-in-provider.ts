import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

type Properties = Record<string, unknown>;
type Handler = (request: never) => unknown;

/** A provider of package `standin`, attached to by its port: answers with what it is given. */
export class StandInProvider {
  readonly calls: string[] = [];
  /** What requests have shown, to see what a provider gets. */
  readonly seen: Properties[] = [];
  port = 0;
  private readonly server = new grpc.Server();
  private readonly live = new Map<string, Properties>();

  async start(): Promise<void> {
    const handlers = Object.entries(this.handlers()).map(([name, handle]) => [name, unary(handle)]);
    this.server.addService(
      ResourceProviderService,
      Object.fromEntries(handlers) as grpc.UntypedServiceImplementation,
    );
    this.port = await new Promise<number>((resolve, reject) => {
      const credentials = grpc.ServerCredentials.createInsecure();
      this.server.bindAsync("127.0.0.1:0", credentials, (error, port) => {
        if (error === null) resolve(port);
        else reject(error);
      });
    });
  }

  stop(): void {
    this.server.forceShutdown();
  }

  private handlers(): Record<string, Handler> {
    return {
      configure: () => new pb.ConfigureResponse().setAcceptsecrets(false).setSupportspreview(true),
      getPluginInfo: () => new PluginInfo().setVersion("1.0.0"),
      attach: () => new Empty(),
      cancel: () => new Empty(),
      check: (request: pb.CheckRequest) => new pb.CheckResponse().setInputs(request.getNews()),
      diff: (request: pb.DiffRequest) => this.diff(request),
      create: (request: pb.CreateRequest) => this.create(request),
      update: (request: pb.UpdateRequest) => {
        this.calls.push(`update ${request.getName()}`);
        return new pb.UpdateResponse().setProperties(marked(request.getName(), request.getNews()));
      },
      read: (request: pb.ReadRequest) => {
        const found = this.live.get(request.getId());
        if (found === undefined) return new pb.ReadResponse();
        const properties = Struct.fromJavaScript(found as never);
        return new pb.ReadResponse().setId(request.getId()).setProperties(properties);
      },
      delete: (request: pb.DeleteRequest) => {
        this.calls.push(`delete ${request.getName()}`);
        this.live.delete(request.getId());
        return new Empty();
      },
      invoke: (request: pb.InvokeRequest) => {
        const { question } = request.getArgs()?.toJavaScript() as Properties;
        const answer = Struct.fromJavaScript({ text: `answer to ${String(question)}` });
        return new pb.InvokeResponse().setReturn(answer);
      },
    };
  }

  /** Leaves it to the engine whether anything changed, unless the place did. */
  private diff(request: pb.DiffRequest): pb.DiffResponse {
    const olds = request.getOldInputs()?.toJavaScript() as Properties;
    const news = request.getNews()?.toJavaScript() as Properties;
    const response = new pb.DiffResponse();
    if (olds["place"] === news["place"]) return response;
    const { Kind } = pb.PropertyDiff;
    response.setChanges(pb.DiffResponse.DiffChanges.DIFF_SOME);
    response.getDetaileddiffMap().set("place", new pb.PropertyDiff().setKind(Kind.UPDATE_REPLACE));
    return response;
  }

  private create(request: pb.CreateRequest): pb.CreateResponse {
    const properties = marked(request.getName(), request.getProperties());
    if (request.getPreview()) return new pb.CreateResponse().setProperties(properties);
    this.calls.push(`create ${request.getName()}`);
    this.seen.push(request.getProperties()?.toJavaScript() as Properties);
    const id = `${request.getName()}-${this.calls.length}`;
    this.live.set(id, properties.toJavaScript());
    return new pb.CreateResponse().setId(id).setProperties(properties);
  }
}

function marked(name: string, properties: Struct | undefined): Struct {
  const all = (properties?.toJavaScript() ?? {}) as Properties;
  return Struct.fromJavaScript({ ...all, mark: `mark of ${name}` });
}

function unary(handle: Handler) {
  return (
    { request }: { request: unknown },
    done: (error: { code: grpc.status; details: string } | null, response?: unknown) => void,
  ): void => {
    try {
      done(null, handle(request as never));
    } catch (error) {
      done({ code: grpc.status.UNKNOWN, details: String(error) });
    }
  };
}
