import type { FastifyInstance } from "fastify";
import type { Pathway } from "../packaging/pathway";
import type { Catalog } from "./catalog";
import { isEdge } from "./content-steering";
import type { PathwayHealth } from "./pathway-health";
import type { PathwayList } from "./pathway-list";
import { sendResource } from "./send-resource";
import { STREAMING_FORMATS } from "./streaming-format";
import { WATCH_FILES } from "./watch-files";

/** What the page shows. */
export interface WatchPageParts {
  readonly catalog: Catalog;
  readonly list: PathwayList;
  readonly health: PathwayHealth;
}

const CACHE_CONTROL = "public, max-age=4";

/** Serves `/watch/`, the list of what can be watched, and the health of the ways to it. */
export function watchPageRoutes(app: FastifyInstance, parts: WatchPageParts): void {
  for (const file of WATCH_FILES) {
    app.route({
      method: ["GET", "HEAD"],
      url: `/watch/${file.name}`,
      handler: async (request, reply) => {
        const { bytes, etag } = await file.load();
        return sendResource(request, reply.headers(pageHeaders(await parts.list.current())), {
          etag,
          contentType: file.contentType,
          cacheControl: CACHE_CONTROL,
          body: () => Promise.resolve(bytes),
        });
      },
    });
  }
  app.get("/watch", (_request, reply) => reply.redirect("/watch/"));
  app.get("/watch/catalog.json", async (_request, reply) =>
    reply.header("cache-control", CACHE_CONTROL).send({
      videos: await parts.catalog.list(),
      formats: STREAMING_FORMATS.map(({ name, protocol, title }) => ({ name, protocol, title })),
    }),
  );
  app.get("/watch/health.json", async (_request, reply) => {
    const pathways = await parts.list.current();
    const states = await Promise.all(
      pathways.map(async (pathway) => ({
        ...pathway,
        edge: isEdge(pathway),
        ...(await parts.health.of(pathway)),
      })),
    );
    return reply.header("cache-control", "no-store").send({ pathways: states });
  });
}

/** The page runs only what this service sends, and talks to nobody but the pathways. */
function pageHeaders(pathways: readonly Pathway[]): Record<string, string> {
  const others = pathways.map(({ baseUrl }) => ` ${baseUrl}`).join("");
  return {
    "content-security-policy": [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      `connect-src 'self'${others}`,
      `media-src 'self' blob:${others}`,
      "worker-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join("; "),
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
  };
}
