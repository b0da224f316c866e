import * as grpc from "@grpc/grpc-js";
import * as providerPb from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { EngineError } from "../errors";
import type { PropertyMap } from "../values/property-value";
import { fromStruct } from "../values/wire";

/** The provider made the resource but could not finish it: it exists and must be remembered. */
export class InitError extends EngineError {
  readonly id: string;
  readonly outputs: PropertyMap;
  readonly reasons: string[];

  constructor(
    message: string,
    { id, outputs, reasons }: { id: string; outputs: PropertyMap; reasons: string[] },
  ) {
    super("provider", reasons.length > 0 ? `${message}: ${reasons.join("; ")}` : message);
    this.id = id;
    this.outputs = outputs;
    this.reasons = reasons;
  }
}

/** The provider's process ended during a call, so that nobody knows what came of it. */
export class ProviderGoneError extends EngineError {
  constructor(message: string, options?: ErrorOptions) {
    super("provider", message, options);
  }
}

const DETAILS_KEY = "grpc-status-details-bin";
const INIT_FAILED = "pulumirpc.ErrorResourceInitFailed";

/**
 * The error of a provider call: its text, or what it says of a resource that it made only half.
 * `ended` says how the provider's process ended, if it did.
 */
export async function providerError(
  error: unknown,
  ended: () => Promise<string | undefined>,
): Promise<Error> {
  const { code, details, message, metadata } = error as grpc.ServiceError;
  if (code === grpc.status.UNAVAILABLE) {
    return new ProviderGoneError(
      (await ended()) ?? `the provider can't be reached: ${details || message}`,
      {
        cause: error,
      },
    );
  }
  return (
    initError(details, metadata) ??
    new EngineError("provider", details || message, { cause: error })
  );
}

function initError(message: string, metadata: grpc.Metadata | undefined): InitError | undefined {
  const [status] = metadata?.get(DETAILS_KEY) ?? [];
  if (!(status instanceof Uint8Array)) return undefined;
  const details = Status.deserializeBinary(status).getDetailsList();
  const detail = details.find((any) => any.getTypeName() === INIT_FAILED);
  if (detail === undefined) return undefined;
  const failure = providerPb.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
  return new InitError(message, {
    id: failure.getId(),
    outputs: fromStruct(failure.getProperties()),
    reasons: failure.getReasonsList(),
  });
}
