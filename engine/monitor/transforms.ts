import * as grpc from "@grpc/grpc-js";
import { CallbacksClient } from "@pulumi/pulumi/proto/callback_grpc_pb";
import {
  type Callback,
  CallbackInvokeRequest,
  type CallbackInvokeResponse,
} from "@pulumi/pulumi/proto/callback_pb";
import * as pb from "@pulumi/pulumi/proto/resource_pb";
import { callUnary, GRPC_OPTIONS } from "../providers/grpc-call";

/** The program's functions that change resources before they are registered. */
export class Transforms {
  private readonly ofStack: Callback[] = [];
  private readonly ofResource = new Map<string, Callback[]>();
  private readonly clients = new Map<string, CallbacksClient>();

  /** Adds one that is asked about every resource. */
  addToStack(callback: Callback): void {
    this.ofStack.push(callback);
  }

  /** Lets a resource's own transforms, its ancestors' and the stack's change its request. */
  async apply(urn: string, request: pb.RegisterResourceRequest): Promise<void> {
    const inherited = this.ofResource.get(request.getParent()) ?? [];
    const own = [...request.getTransformsList(), ...inherited];
    this.ofResource.set(urn, own);
    for (const callback of [...own, ...this.ofStack]) await this.applyOne(callback, request);
  }

  close(): void {
    for (const client of this.clients.values()) client.close();
  }

  private async applyOne(callback: Callback, request: pb.RegisterResourceRequest): Promise<void> {
    const question = new pb.TransformRequest()
      .setType(request.getType())
      .setName(request.getName())
      .setCustom(request.getCustom())
      .setParent(request.getParent())
      .setProperties(request.getObject())
      .setOptions(optionsOf(request));
    const client = this.clientOf(callback.getTarget());
    const answer = await callUnary<CallbackInvokeRequest, CallbackInvokeResponse>(
      client.invoke.bind(client),
      new CallbackInvokeRequest()
        .setToken(callback.getToken())
        .setRequest(question.serializeBinary()),
    );
    const response = pb.TransformResponse.deserializeBinary(answer.getResponse_asU8());
    request.setObject(response.getProperties());
    const options = response.getOptions();
    if (options !== undefined) takeOptions(request, options);
  }

  private clientOf(target: string): CallbacksClient {
    const known = this.clients.get(target);
    if (known !== undefined) return known;
    const client = new CallbacksClient(target, grpc.credentials.createInsecure(), GRPC_OPTIONS);
    this.clients.set(target, client);
    return client;
  }
}

function optionsOf(request: pb.RegisterResourceRequest): pb.TransformResourceOptions {
  const options = new pb.TransformResourceOptions()
    .setDependsOnList(request.getDependenciesList())
    .setIgnoreChangesList(request.getIgnorechangesList())
    .setReplaceOnChangesList(request.getReplaceonchangesList())
    .setVersion(request.getVersion())
    .setAliasesList(request.getAliasesList())
    .setProvider(request.getProvider())
    .setCustomTimeouts(request.getCustomtimeouts())
    .setPluginDownloadUrl(request.getPlugindownloadurl())
    .setDeletedWith(request.getDeletedwith())
    .setAdditionalSecretOutputsList(request.getAdditionalsecretoutputsList());
  if (request.hasProtect()) options.setProtect(request.getProtect() ?? false);
  if (request.hasRetainondelete()) options.setRetainOnDelete(request.getRetainondelete() ?? false);
  if (request.getDeletebeforereplacedefined()) {
    options.setDeleteBeforeReplace(request.getDeletebeforereplace());
  }
  return options;
}

function takeOptions(
  request: pb.RegisterResourceRequest,
  options: pb.TransformResourceOptions,
): void {
  request
    .setDependenciesList(options.getDependsOnList())
    .setIgnorechangesList(options.getIgnoreChangesList())
    .setReplaceonchangesList(options.getReplaceOnChangesList())
    .setVersion(options.getVersion())
    .setAliasesList(options.getAliasesList())
    .setProvider(options.getProvider())
    .setCustomtimeouts(options.getCustomTimeouts())
    .setDeletedwith(options.getDeletedWith())
    .setAdditionalsecretoutputsList(options.getAdditionalSecretOutputsList());
  if (options.hasProtect()) request.setProtect(options.getProtect() ?? false);
  if (options.hasRetainOnDelete()) request.setRetainondelete(options.getRetainOnDelete() ?? false);
  if (options.hasDeleteBeforeReplace()) {
    request.setDeletebeforereplace(options.getDeleteBeforeReplace() ?? false);
    request.setDeletebeforereplacedefined(true);
  }
}
