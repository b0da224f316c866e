import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { fromStruct, type Properties, toStruct } from "../../../local-cloud/stand-in/properties";

/** What a check answered. */
export interface Checked {
  inputs: Properties;
  failures: { property: string; reason: string }[];
}

/** A provider over gRPC, spoken to as Pulumi's engine does. */
export class ProviderClient implements Disposable {
  private readonly client: ResourceProviderClient;

  constructor(port: number) {
    this.client = new ResourceProviderClient(
      `127.0.0.1:${port}`,
      grpc.credentials.createInsecure(),
    );
  }

  [Symbol.dispose](): void {
    this.client.close();
  }

  static urn(type: string, name: string): string {
    return `urn:pulumi:test::twinstream::${type}::${name}`;
  }

  async configure(settings: Properties): Promise<messages.ConfigureResponse> {
    const request = new messages.ConfigureRequest();
    request.setArgs(toStruct(settings));
    return this.call((done) => this.client.configure(request, done));
  }

  async check(type: string, name: string, news: Properties): Promise<Checked> {
    const request = new messages.CheckRequest();
    request.setUrn(ProviderClient.urn(type, name));
    request.setNews(toStruct(news));
    const response = await this.call<messages.CheckResponse>((done) =>
      this.client.check(request, done),
    );
    return {
      inputs: fromStruct(response.getInputs()),
      failures: response
        .getFailuresList()
        .map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() })),
    };
  }

  async diff(type: string, olds: Properties, news: Properties): Promise<messages.DiffResponse> {
    const request = new messages.DiffRequest();
    request.setUrn(ProviderClient.urn(type, "x"));
    request.setOldInputs(toStruct(olds));
    request.setNews(toStruct(news));
    return this.call((done) => this.client.diff(request, done));
  }

  /** Checks and creates, as one step of a deployment. */
  async create(
    type: string,
    name: string,
    properties: Properties,
  ): Promise<{ id: string; outputs: Properties; inputs: Properties }> {
    const { request, inputs } = await this.createRequest(type, name, properties);
    const response = await this.call<messages.CreateResponse>((done) =>
      this.client.create(request, done),
    );
    return { id: response.getId(), outputs: fromStruct(response.getProperties()), inputs };
  }

  /** What a preview says of a creation. */
  async preview(type: string, name: string, properties: Properties): Promise<Properties> {
    const { request } = await this.createRequest(type, name, properties);
    request.setPreview(true);
    const response = await this.call<messages.CreateResponse>((done) =>
      this.client.create(request, done),
    );
    return fromStruct(response.getProperties());
  }

  async update(
    { type, name, id }: { type: string; name: string; id: string },
    news: Properties,
  ): Promise<Properties> {
    const request = new messages.UpdateRequest();
    request.setUrn(ProviderClient.urn(type, name));
    request.setId(id);
    request.setNews(toStruct(news));
    const response = await this.call<messages.UpdateResponse>((done) =>
      this.client.update(request, done),
    );
    return fromStruct(response.getProperties());
  }

  async read(type: string, name: string, id: string): Promise<messages.ReadResponse> {
    const request = new messages.ReadRequest();
    request.setUrn(ProviderClient.urn(type, name));
    request.setId(id);
    return this.call((done) => this.client.read(request, done));
  }

  async delete(type: string, name: string, id: string): Promise<void> {
    const request = new messages.DeleteRequest();
    request.setUrn(ProviderClient.urn(type, name));
    request.setId(id);
    await this.call((done) => this.client.delete(request, done));
  }

  async invoke(token: string, args: Properties): Promise<Properties> {
    const request = new messages.InvokeRequest();
    request.setTok(token);
    request.setArgs(toStruct(args));
    const response = await this.call<messages.InvokeResponse>((done) =>
      this.client.invoke(request, done),
    );
    return fromStruct(response.getReturn());
  }

  private async createRequest(
    type: string,
    name: string,
    properties: Properties,
  ): Promise<{ request: messages.CreateRequest; inputs: Properties }> {
    const { inputs, failures } = await this.check(type, name, properties);
    if (failures.length > 0) throw new Error(JSON.stringify(failures));
    const request = new messages.CreateRequest();
    request.setUrn(ProviderClient.urn(type, name));
    request.setProperties(toStruct(inputs));
    return { request, inputs };
  }

  private call<R>(
    start: (done: (error: grpc.ServiceError | null, response: R) => void) => unknown,
  ): Promise<R> {
    return new Promise((resolve, reject) => {
      start((error, response) => {
        if (error === null) resolve(response);
        else reject(new Error(error.details));
      });
    });
  }
}
