import * as grpc from "@grpc/grpc-js";
import { messageOf } from "../errors";
import { GRPC_OPTIONS } from "../providers/grpc-call";

/** A unary handler as grpc-js takes it. */
export type UnaryHandler = (
  call: { request: unknown },
  done: (error: Partial<grpc.StatusObject> | null, response?: unknown) => void,
) => void;

/**
 * Turns a function into a handler; an error's text is what the caller is told. grpc-js hands over
 * what the service's definition says, which TypeScript can't see: the function names the type.
 */
export function unary(
  handle: (request: never) => unknown,
  code = grpc.status.UNKNOWN,
): UnaryHandler {
  return ({ request }, done) => {
    void (async () => {
      try {
        done(null, await handle(request as never));
      } catch (error) {
        done({ code, details: messageOf(error) });
      }
    })();
  };
}

/** Serves on a port of this machine that the system chooses. */
export class LocalGrpcServer {
  private readonly server = new grpc.Server(GRPC_OPTIONS);

  add(service: grpc.ServiceDefinition, handlers: Record<string, UnaryHandler>): void {
    this.server.addService(service, handlers);
  }

  /** Begins to listen; returns the address. */
  async listen(): Promise<string> {
    const port = await new Promise<number>((resolve, reject) => {
      const credentials = grpc.ServerCredentials.createInsecure();
      this.server.bindAsync("127.0.0.1:0", credentials, (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
    return `127.0.0.1:${port}`;
  }

  close(): void {
    this.server.forceShutdown();
  }
}
