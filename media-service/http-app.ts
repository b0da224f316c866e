import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import type { Logger } from "pino";
import { lowerApiPrefix } from "./api/register-api";

/** How long a client may take. */
export interface HttpLimits {
  /** For a request with its body, which has 8 MiB at most. */
  readonly requestTimeoutMilliseconds: number;
  /** Between two looks for requests that take longer. */
  readonly checkingIntervalMilliseconds: number;
}

const DEFAULT_LIMITS: HttpLimits = {
  requestTimeoutMilliseconds: 120_000,
  checkingIntervalMilliseconds: 30_000,
};

/** The HTTP server of a process, without any routes yet. */
export function httpApp(log: Logger, limits: HttpLimits = DEFAULT_LIMITS): FastifyInstance {
  const loggerInstance: FastifyBaseLogger = log;
  return Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: "idle",
    rewriteUrl: ({ url }) => lowerApiPrefix(url ?? "/"),
    // Fastify has none by itself: a client that sends its body for ever would be waited for.
    requestTimeout: limits.requestTimeoutMilliseconds,
    http: {
      connectionsCheckingInterval: limits.checkingIntervalMilliseconds,
      // Node swaps the two limits where that of the headers is the longer one.
      headersTimeout: limits.requestTimeoutMilliseconds / 2,
    },
  });
}
