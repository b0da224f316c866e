import { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { BodyCache } from "./body-cache";
import { Catalog } from "./catalog";
import { ContentSteering } from "./content-steering";
import { crossSitePolicyRoutes } from "./cross-site-policies";
import { sendError } from "./error-answer";
import { DirectAccess } from "./direct-access";
import { HotAnswers } from "./hot-answers";
import type { OriginDeps } from "./origin-deps";
import { OpenAnswers } from "./open-answers";
import { PathwayHealth } from "./pathway-health";
import { PathwayList } from "./pathway-list";
import { PresentationLibrary } from "./presentation-library";
import { PublishedLookup } from "./published-lookup";
import { ReadinessCheck } from "./readiness";
import { Replicas } from "./replicas";
import { readinessRoute } from "./readiness-route";
import { SharedDeadline } from "./shared-deadline";
import { LOCATOR_PATH, streamingRoutes } from "./streaming-routes";
import { watchPageRoutes } from "./watch-page";

const DEFAULT_STALL_MS = 30_000;
const READ_TIMEOUT_MS = 10_000;
/** Headers of every answer: any page may play, and may see which data center served it. */
const COMMON_HEADERS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers":
    "X-Data-Center, Content-Length, Content-Range, ETag, Date, Accept-Ranges",
  "timing-allow-origin": "*",
  "x-content-type-options": "nosniff",
};
const PREFLIGHT_HEADERS = {
  "access-control-allow-methods": "GET, HEAD, OPTIONS",
  "access-control-allow-headers": "Range, If-None-Match, If-Range, Content-Type, Accept, Origin",
  "access-control-max-age": "86400",
};

/**
 * Adds the origin to a server: streaming under `/{locator guid}/`, `/readyz`, the endpoint's policies for
 * pages of other sites, and the watch page under `/watch/` where it is switched on.
 */
export function registerOrigin(app: FastifyInstance, deps: OriginDeps): void {
  const lookup = new PublishedLookup(deps);
  const library = new PresentationLibrary(deps.blobs, deps.cache);
  const bodies = new BodyCache(deps.cache?.segmentBytes);
  const sending = new OpenAnswers(deps.cache?.sendingBytes);
  const hot = new HotAnswers({ lookup, library, bodies, sending });
  const stallMs = deps.stallMs ?? DEFAULT_STALL_MS;
  const guard = guardOf(deps);
  void app.register((scope, _options, done) => {
    scope.setErrorHandler(sendError);
    scope.addHook("onRequest", (request, reply, next) => {
      // A client that takes nothing for so long is cut off; what it takes begins the time anew.
      if (request.socket instanceof Socket) request.socket.setTimeout(stallMs);
      if (guard?.refuse(request, reply) === true) return;
      if (hot.answer(request, reply)) return;
      void reply.headers({ ...COMMON_HEADERS, "x-data-center": deps.dataCenter });
      next();
    });
    scope.options(LOCATOR_PATH, (_request, reply) =>
      reply.headers(PREFLIGHT_HEADERS).code(204).send(),
    );
    const list = new PathwayList(deps.blobs, scope.log);
    const health = new PathwayHealth();
    const { dataCenter } = deps;
    const steering = deps.contentSteering
      ? new ContentSteering({ list, health, replicas: new Replicas(), dataCenter })
      : undefined;
    const { blobs } = deps;
    const deadline = new SharedDeadline(READ_TIMEOUT_MS);
    const parts = { blobs, lookup, library, bodies, hot, steering, sending, deadline };
    streamingRoutes(scope, parts);
    crossSitePolicyRoutes(scope, lookup);
    readinessRoute(scope, new ReadinessCheck(deps, library, scope.log), deps.stopping);
    if (deps.watchPage) {
      const catalog = new Catalog(deps, library, scope.log);
      watchPageRoutes(scope, { catalog, list, health });
    }
    done();
  });
}

/** None where nothing is refused: the hot path has no time to waste. */
function guardOf({ directAccess, clock }: OriginDeps): DirectAccess | undefined {
  if (directAccess === undefined) return undefined;
  if (!directAccess.frontDoorOnly && directAccess.requestsPerMinute === 0) return undefined;
  return new DirectAccess(directAccess, () => clock.now().getTime());
}
