import * as grpc from "@grpc/grpc-js";
import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import { CheckFailure, InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { registerComponent, registerOutputs } from "../deployment/components";
import type { CustomResources } from "../deployment/custom-resources";
import { readExternal } from "../deployment/external-resources";
import type { ProviderRegistry } from "../deployment/provider-registry";
import type { RunContext } from "../deployment/run-context";
import { unsupported } from "../errors";
import { ORGANIZATION } from "../state/layout";
import type { ResourceState } from "../state/resource-state";
import { isProviderType } from "../urn";
import { UNKNOWN } from "../values/property-value";
import { fromProgram, toStruct } from "../values/wire";
import { goalOfRequest, refuseUnsupported, urnOfRequest } from "./goal-of-request";
import { type LocalGrpcServer, unary, type UnaryHandler } from "./grpc-server";
import { Transforms } from "./transforms";

/** What the monitor needs to serve a program. */
export interface MonitorDeps {
  context: RunContext;
  providers: ProviderRegistry;
  customResources: CustomResources;
  parallel: number;
  /** The program has said all that it wants; resolves when it may end. */
  programFinished: () => Promise<void>;
}

const { ResourceMonitorFeature: Feature } = pb;

/** What is served, by the name in which older programs ask for it. The SDK refuses all else. */
const FEATURES: ReadonlyMap<string, pb.ResourceMonitorFeature> = new Map([
  ["secrets", Feature.RESOURCE_MONITOR_FEATURE_SECRETS],
  ["resourceReferences", Feature.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES],
  ["outputValues", Feature.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES],
  ["aliasSpecs", Feature.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS],
  ["deletedWith", Feature.RESOURCE_MONITOR_FEATURE_DELETED_WITH],
  ["transforms", Feature.RESOURCE_MONITOR_FEATURE_TRANSFORMS],
]);

/** The gRPC service through which a program registers its resources. */
export class ResourceMonitor {
  private readonly transforms = new Transforms();

  constructor(private readonly deps: MonitorDeps) {}

  /** Adds the service to a server. */
  serve(server: LocalGrpcServer): void {
    const { programFinished } = this.deps;
    server.add(ResourceMonitorService, {
      getDeploymentInfo: unary(() => this.deploymentInfo()),
      supportsFeature: unary((request: pb.SupportsFeatureRequest) =>
        new pb.SupportsFeatureResponse().setHassupport(FEATURES.has(request.getId())),
      ),
      registerResource: this.fatal((request: pb.RegisterResourceRequest) => this.register(request)),
      registerResourceOutputs: this.fatal((request: pb.RegisterResourceOutputsRequest) => {
        registerOutputs(this.deps.context, request.getUrn(), fromProgram(request.getOutputs()));
        return new Empty();
      }),
      readResource: this.fatal((request: pb.ReadResourceRequest) => this.read(request)),
      registerStackTransform: unary((callback: Callback) => {
        this.transforms.addToStack(callback);
        return new Empty();
      }),
      // A function that fails is the program's own business.
      invoke: unary((request: pb.ResourceInvokeRequest) => this.invoke(request)),
      call: this.fatal((request: pb.ResourceCallRequest) => {
        throw unsupported(`the program calls the method ${request.getTok()}`);
      }),
      signalAndWaitForShutdown: unary(async () => {
        await programFinished();
        return new Empty();
      }),
    });
  }

  close(): void {
    this.transforms.close();
  }

  /** A handler whose error ends the run: the program hears only that it can't go on. */
  private fatal(handle: (request: never) => unknown): UnaryHandler {
    const { status } = this.deps.context;
    return unary(async (request: never) => {
      try {
        return await handle(request);
      } catch (error) {
        status.fail(error, this.subjectOf(request));
        throw error;
      }
    }, grpc.status.UNAVAILABLE);
  }

  /** The URN of the resource that a request is about, if it is about one. */
  private subjectOf(request: unknown): string | undefined {
    const isResource =
      request instanceof pb.RegisterResourceRequest || request instanceof pb.ReadResourceRequest;
    return isResource ? urnOfRequest(this.deps.context, request) : undefined;
  }

  private deploymentInfo(): pb.DeploymentInfo {
    const { context, parallel } = this.deps;
    return new pb.DeploymentInfo()
      .setProject(context.project)
      .setStack(context.stack)
      .setOrganization(ORGANIZATION)
      .setDryrun(context.preview)
      .setParallel(parallel)
      .setSupportedfeaturesList([...FEATURES.values()]);
  }

  private async register(
    request: pb.RegisterResourceRequest,
  ): Promise<pb.RegisterResourceResponse> {
    const { context } = this.deps;
    context.status.check();
    refuseUnsupported(request);
    const urn = urnOfRequest(context, request);
    context.book.claim(urn);
    await this.transforms.apply(urn, request);
    const { id = "", outputs = {} } = await this.reach(request);
    return new pb.RegisterResourceResponse()
      .setUrn(urn)
      .setId(id === UNKNOWN ? "" : id)
      .setObject(toStruct(outputs));
  }

  private reach(request: pb.RegisterResourceRequest): Promise<ResourceState> {
    const { context, providers, customResources } = this.deps;
    const goal = goalOfRequest(context, request);
    if (isProviderType(goal.type)) return providers.register(goal);
    if (goal.custom) return customResources.register(goal);
    return Promise.resolve(registerComponent(context, goal));
  }

  private async read(request: pb.ReadResourceRequest): Promise<pb.ReadResourceResponse> {
    const { context, providers } = this.deps;
    const urn = urnOfRequest(context, request);
    const outputs = await readExternal(context, providers, {
      urn,
      type: request.getType(),
      id: request.getId(),
      parent: request.getParent(),
      inputs: fromProgram(request.getProperties()),
      provider: request.getProvider(),
      version: request.getVersion(),
      dependencies: request.getDependenciesList(),
      additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    });
    return new pb.ReadResourceResponse().setUrn(urn).setProperties(toStruct(outputs));
  }

  private async invoke(request: pb.ResourceInvokeRequest): Promise<InvokeResponse> {
    const { context, providers } = this.deps;
    const token = request.getTok();
    const reference =
      request.getProvider() || (await providers.defaultFor(token, request.getVersion()));
    const provider = await providers.byReference(reference);
    const args = fromProgram(request.getArgs());
    const answer = await context.steps.limited(() => provider.invoke(token, args, context.preview));
    if (answer === undefined) return new InvokeResponse().setReturn(toStruct({}));
    const failures = answer.failures.map(({ property, reason }) =>
      new CheckFailure().setProperty(property).setReason(reason),
    );
    return new InvokeResponse().setReturn(toStruct(answer.result)).setFailuresList(failures);
  }
}
