import type { FastifyInstance } from "fastify";
import type { ReadinessCheck } from "./readiness";

/**
 * Serves `/readyz`: 200 when this data center can serve, else 503; the body says what was found. A
 * process that is about to end says no, so that nobody is sent to it any more.
 */
export function readinessRoute(
  app: FastifyInstance,
  check: ReadinessCheck,
  stopping: () => boolean = () => false,
): void {
  let wasReady = true;
  app.route({
    method: ["GET", "HEAD"],
    url: "/readyz",
    // Probes come every few seconds from many places; what changes is logged below.
    logLevel: "warn",
    handler: async (request, reply) => {
      if (stopping()) {
        return reply
          .code(503)
          .header("cache-control", "no-store")
          .send({ ready: false, stopping: true });
      }
      const readiness = await check.run();
      if (readiness.ready !== wasReady) {
        wasReady = readiness.ready;
        request.log.warn({ readiness }, wasReady ? "ready again" : "not ready");
      }
      return reply
        .code(readiness.ready ? 200 : 503)
        .header("cache-control", "no-store")
        .send(readiness);
    },
  });
}
