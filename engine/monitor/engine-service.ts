import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { EngineEvents, Severity } from "../deployment/events";
import type { RunStatus } from "../deployment/run-status";
import { type LocalGrpcServer, unary } from "./grpc-server";

const SEVERITIES: readonly Severity[] = ["debug", "info", "warning", "error"];

/** Serves what programs and providers ask of an engine besides resources: logs, the root resource. */
export function addEngineService(
  server: LocalGrpcServer,
  { events, status }: { events: EngineEvents; status: RunStatus },
): void {
  let root = "";
  server.add(EngineService, {
    log: unary((request: pb.LogRequest) => {
      const severity = SEVERITIES[request.getSeverity()] ?? "info";
      const urn = request.getUrn();
      events.diagnostic({ severity, text: request.getMessage(), ...(urn === "" ? {} : { urn }) });
      if (severity === "error") status.stop();
      return new Empty();
    }),
    setRootResource: unary((request: pb.SetRootResourceRequest) => {
      root = request.getUrn();
      return new pb.SetRootResourceResponse();
    }),
    getRootResource: unary(() => new pb.GetRootResourceResponse().setUrn(root)),
  });
}
