import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import * as grpc from "@grpc/grpc-js";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** The project, which is where Pulumi runs its dynamic provider. */
export const PROJECT_ROOT = path.resolve(__dirname, "../..");

type Properties = Record<string, unknown>;

/** A creation that left something behind, as the engine learns of it. */
export interface InitFailure {
  readonly id: string;
  readonly properties: Properties;
  readonly reasons: string[];
}

/** Pulumi's dynamic provider process, called as the engine calls it. */
export class DynamicProvider implements AsyncDisposable {
  private constructor(
    private readonly child: ChildProcess,
    private readonly client: ResourceProviderClient,
    /** Everything it printed. */
    readonly printed: string[],
  ) {}

  /** Starts one in the project's directory, with more in its environment. */
  static async start({
    nodeBinary = process.execPath,
    env = {},
  }: { nodeBinary?: string; env?: NodeJS.ProcessEnv } = {}): Promise<DynamicProvider> {
    const script = require.resolve("@pulumi/pulumi/cmd/dynamic-provider");
    const child = spawn(nodeBinary, [script, "127.0.0.1:1"], {
      cwd: PROJECT_ROOT,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const printed: string[] = [];
    const [port] = (await once(child.stdout, "data")) as [Buffer];
    child.stdout.on("data", (chunk: Buffer) => printed.push(chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => printed.push(chunk.toString()));
    const address = `127.0.0.1:${port.toString().trim()}`;
    return new DynamicProvider(
      child,
      new ResourceProviderClient(address, grpc.credentials.createInsecure()),
      printed,
    );
  }

  async check(
    news: Properties,
    olds: Properties = {},
  ): Promise<{ inputs: Properties; failures: string[] }> {
    const request = new provider.CheckRequest();
    request.setOlds(toStruct(olds));
    request.setNews(toStruct(news));
    const answer = await this.call<provider.CheckResponse>("check", request);
    const failures = answer.getFailuresList();
    return {
      inputs: fromStruct(answer.getInputs()),
      failures: failures.map((failure) => `${failure.getProperty()}: ${failure.getReason()}`),
    };
  }

  async diff(id: string, olds: Properties, news: Properties): Promise<provider.DiffResponse> {
    const request = new provider.DiffRequest();
    request.setId(id);
    request.setOlds(toStruct(olds));
    request.setNews(toStruct(news));
    return this.call("diff", request);
  }

  async create(inputs: Properties): Promise<{ id: string; outs: Properties }> {
    const request = new provider.CreateRequest();
    request.setProperties(toStruct(inputs));
    const answer = await this.call<provider.CreateResponse>("create", request);
    return { id: answer.getId(), outs: fromStruct(answer.getProperties()) };
  }

  async read(id: string, outs: Properties): Promise<{ id: string; props: Properties }> {
    const request = new provider.ReadRequest();
    request.setId(id);
    request.setProperties(toStruct(outs));
    const answer = await this.call<provider.ReadResponse>("read", request);
    return { id: answer.getId(), props: fromStruct(answer.getProperties()) };
  }

  async update(id: string, olds: Properties, news: Properties): Promise<Properties> {
    const request = new provider.UpdateRequest();
    request.setId(id);
    request.setOlds(toStruct(olds));
    request.setNews(toStruct(news));
    return fromStruct(
      (await this.call<provider.UpdateResponse>("update", request)).getProperties(),
    );
  }

  /** Ends it at once, as a power cut does. */
  kill(): void {
    this.child.kill("SIGKILL");
  }

  async delete(id: string, outs: Properties): Promise<void> {
    const request = new provider.DeleteRequest();
    request.setId(id);
    request.setProperties(toStruct(outs));
    await this.call("delete", request);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await exited;
  }

  private call<T>(method: string, request: unknown): Promise<T> {
    type Unary = (request: unknown, done: (error: Error | null, answer: T) => void) => void;
    const client = this.client as unknown as Record<string, Unary>;
    return new Promise((resolve, reject) => {
      client[method]?.(request, (error, answer) => {
        if (error === null) resolve(answer);
        else reject(error);
      });
    });
  }
}

/** What the engine is told of a resource that was made but not finished; undefined for other errors. */
export function initFailureOf(error: unknown): InitFailure | undefined {
  const [packed] = (error as grpc.ServiceError).metadata.get("grpc-status-details-bin");
  if (!(packed instanceof Buffer)) return undefined;
  const detail = Status.deserializeBinary(packed).getDetailsList()[0];
  if (detail === undefined) return undefined;
  const failure = ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
  return {
    id: failure.getId(),
    properties: fromStruct(failure.getProperties()),
    reasons: failure.getReasonsList(),
  };
}

function toStruct(properties: Properties): Struct {
  return Struct.fromJavaScript(properties as Parameters<typeof Struct.fromJavaScript>[0]);
}

function fromStruct(struct: Struct | undefined): Properties {
  return struct?.toJavaScript() ?? {};
}
