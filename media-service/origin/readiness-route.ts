import type { FastifyInstance } from "fastify";
import type { ReadinessCheck } from "./readiness";

/** Serves `/readyz`: 200 when this data center can serve, else 503; the body says what was found. */
export function readinessRoute(app: FastifyInstance, check: ReadinessCheck): void {
  let wasReady = true;
  app.route({
    method: ["GET", "HEAD"],
    url: "/readyz",
    // Probes come every few seconds from many places; what changes is logged below.
    logLevel: "warn",
    handler: async (request, reply) => {
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
