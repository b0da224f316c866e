import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const PLAYER_FOLDER = join(__dirname, "..", "..", "player");
/** Beside the libraries' main files, wherever npm put them. */
const HLS_FOLDER = dirname(require.resolve("hls.js"));
const DASH_FOLDER = join(dirname(require.resolve("dashjs")), "..", "esm");
const SHAKA = require.resolve("shaka-player");
const SCRIPT = "text/javascript; charset=utf-8";
const SCRIPTS = [
  "catalog.js",
  "choices.js",
  "colours.js",
  "data-centers.js",
  "faults.js",
  "health.js",
  "network-map.js",
  "playback.js",
  "players/dash-js.js",
  "players/hls-js.js",
  "players/native.js",
  "players/shaka.js",
  "segment-strip.js",
  "watch.js",
];

/** A file of the watch page. */
export class WatchFile {
  private loaded: Promise<{ bytes: Buffer; etag: string }> | undefined;

  constructor(
    /** Its name under `/watch/`. */
    readonly name: string,
    private readonly path: string,
    readonly contentType: string,
  ) {}

  /** Its content, which is read once and only if somebody asks: players' libraries are large. */
  load(): Promise<{ bytes: Buffer; etag: string }> {
    this.loaded ??= readFile(this.path).then((bytes) => ({
      bytes,
      etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`,
    }));
    return this.loaded;
  }
}

/** Everything that the page consists of. */
export const WATCH_FILES: readonly WatchFile[] = [
  new WatchFile("", join(PLAYER_FOLDER, "index.html"), "text/html; charset=utf-8"),
  new WatchFile("watch.css", join(PLAYER_FOLDER, "watch.css"), "text/css"),
  new WatchFile("icon.svg", join(PLAYER_FOLDER, "icon.svg"), "image/svg+xml"),
  ...SCRIPTS.map((name) => new WatchFile(name, join(PLAYER_FOLDER, name), SCRIPT)),
  new WatchFile("hls.mjs", join(HLS_FOLDER, "hls.min.mjs"), SCRIPT),
  new WatchFile("hls.worker.js", join(HLS_FOLDER, "hls.worker.js"), SCRIPT),
  new WatchFile("dash.mjs", join(DASH_FOLDER, "dash.mediaplayer.min.js"), SCRIPT),
  new WatchFile("dash-mss.mjs", join(DASH_FOLDER, "dash.mss.min.js"), SCRIPT),
  new WatchFile("shaka.js", SHAKA, SCRIPT),
];
