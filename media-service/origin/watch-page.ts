import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Catalog } from "./catalog";
import type { PathwayHealth } from "./pathway-health";
import type { PathwayList } from "./pathway-list";
import { sendResource } from "./send-resource";

const PLAYER_FOLDER = join(__dirname, "..", "..", "player");
/** Beside the library's main file, wherever npm put it. */
const HLS_FOLDER = dirname(require.resolve("hls.js"));
const SCRIPT = "text/javascript; charset=utf-8";

/** Every file of the page: its name under `/watch/`, where it is, and its type. */
const FILES: readonly { name: string; path: string; contentType: string }[] = [
  { name: "", path: join(PLAYER_FOLDER, "index.html"), contentType: "text/html; charset=utf-8" },
  { name: "watch.css", path: join(PLAYER_FOLDER, "watch.css"), contentType: "text/css" },
  { name: "icon.svg", path: join(PLAYER_FOLDER, "icon.svg"), contentType: "image/svg+xml" },
  ...["watch.js", "catalog.js", "playback.js", "segment-strip.js"].map((name) => ({
    name,
    path: join(PLAYER_FOLDER, name),
    contentType: SCRIPT,
  })),
  { name: "hls.mjs", path: join(HLS_FOLDER, "hls.min.mjs"), contentType: SCRIPT },
  { name: "hls.worker.js", path: join(HLS_FOLDER, "hls.worker.js"), contentType: SCRIPT },
];

/** The page runs only what this service sends, and talks to nobody else. */
const PAGE_HEADERS = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "media-src 'self' blob:",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
};
const CACHE_CONTROL = "public, max-age=4";

/** What the page shows. */
export interface WatchPageParts {
  readonly catalog: Catalog;
  readonly list: PathwayList;
  readonly health: PathwayHealth;
  /** Name of this data center. */
  readonly dataCenter: string;
}

/** Serves `/watch/` and the list of what can be watched. */
export function watchPageRoutes(app: FastifyInstance, { catalog }: WatchPageParts): void {
  for (const { name, path, contentType } of FILES) {
    const bytes = readFileSync(path);
    const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
    app.route({
      method: ["GET", "HEAD"],
      url: `/watch/${name}`,
      handler: (request, reply) =>
        sendResource(request, reply.headers(PAGE_HEADERS), {
          etag,
          contentType,
          cacheControl: CACHE_CONTROL,
          body: () => Promise.resolve(bytes),
        }),
    });
  }
  app.get("/watch", (_request, reply) => reply.redirect("/watch/"));
  app.get("/watch/catalog.json", async (_request, reply) =>
    reply.headers({ ...PAGE_HEADERS, "cache-control": CACHE_CONTROL }).send({
      videos: await catalog.list(),
    }),
  );
}
