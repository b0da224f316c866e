import * as grpc from "@grpc/grpc-js";

const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

/** Options of every gRPC client and server here; a call is never repeated behind one's back. */
export const GRPC_OPTIONS: grpc.ChannelOptions = {
  "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
  "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  "grpc.enable_retries": 0,
};

/** A unary method of a generated client, bound to it. */
export type UnaryMethod<Request, Response> = (
  request: Request,
  callback: (error: grpc.ServiceError | null, response: Response) => void,
) => unknown;

/** Calls a unary method. */
export function callUnary<Request, Response>(
  method: UnaryMethod<Request, Response>,
  request: Request,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    method(request, (error, response) => {
      if (error === null) resolve(response);
      else reject(error);
    });
  });
}

/** {@link callUnary} of a method that the other side need not have; undefined when it does not. */
export async function callOptional<Request, Response>(
  method: UnaryMethod<Request, Response>,
  request: Request,
): Promise<Response | undefined> {
  try {
    return await callUnary(method, request);
  } catch (error) {
    if ((error as grpc.ServiceError).code === grpc.status.UNIMPLEMENTED) return undefined;
    throw error;
  }
}
