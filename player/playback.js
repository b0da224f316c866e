import Hls from "./hls.mjs";

/** Seconds kept ahead: enough to bridge a failover, little enough for one to be seen soon. */
const AHEAD_SECONDS = 12;
/** Tried for about two minutes: by then routers have noticed that a data center is gone. */
const PATIENCE = {
  maxTimeToFirstByteMs: 8_000,
  maxLoadTimeMs: 20_000,
  timeoutRetry: { maxNumRetry: 60, retryDelayMs: 0, maxRetryDelayMs: 0 },
  errorRetry: { maxNumRetry: 60, retryDelayMs: 500, maxRetryDelayMs: 2_000 },
};
const RESTART_MS = 3_000;
/** The browser forgets new entries once its list is full. */
const TIMING_ENTRIES = 1_000;

/**
 * @typedef {object} PlaybackListener
 * @property {(segment: import("./segment-strip.js").LoadedSegment) => void} onSegment
 * @property {(text: string) => void} onQuality
 * @property {(text: string | undefined) => void} onProblem - Undefined when it is over.
 */

/** Plays one video at a time by hls.js, or by the browser itself where that is all there is. */
export class Playback {
  /** @type {Hls | undefined} */
  #hls;

  /**
   * @param {HTMLVideoElement} video
   * @param {PlaybackListener} listener
   */
  constructor(video, listener) {
    this.video = video;
    this.listener = listener;
    performance.setResourceTimingBufferSize(TIMING_ENTRIES);
    performance.addEventListener("resourcetimingbufferfull", () => {
      performance.clearResourceTimings();
    });
  }

  /** @param {string} path - Of the server manifest. */
  play(path) {
    this.#hls?.destroy();
    this.listener.onProblem(undefined);
    const url = `${path}/manifest(format=m3u8-cmaf)`;
    if (Hls.isSupported()) {
      this.#hls = this.#start(url);
    } else if (this.video.canPlayType("application/vnd.apple.mpegurl") !== "") {
      this.video.src = url;
      this.listener.onQuality("chosen by this browser, which does not say who serves it");
    } else {
      this.listener.onProblem("This browser can play neither by itself nor by script.");
    }
  }

  /** @param {string} url */
  #start(url) {
    const hls = new Hls({
      maxBufferLength: AHEAD_SECONDS,
      // Otherwise low rates are loaded far beyond the line above.
      maxMaxBufferLength: AHEAD_SECONDS,
      workerPath: "hls.worker.js",
      manifestLoadPolicy: { default: PATIENCE },
      playlistLoadPolicy: { default: PATIENCE },
      fragLoadPolicy: { default: PATIENCE },
    });
    hls.on(Hls.Events.FRAG_LOADED, (_, data) => {
      this.listener.onProblem(undefined);
      this.#report(data);
    });
    hls.on(Hls.Events.LEVEL_SWITCHED, (_, { level }) => {
      const { height, bitrate } = hls.levels[level];
      this.listener.onQuality(`${height}p · ${(bitrate / 1e6).toFixed(1)} Mbit/s`);
    });
    hls.on(Hls.Events.ERROR, (_, data) => {
      this.#handleError(hls, data);
    });
    hls.loadSource(url);
    hls.attachMedia(this.video);
    return hls;
  }

  /** @param {import("hls.js").FragLoadedData} data */
  #report({ frag, networkDetails }) {
    if (typeof frag.sn !== "number") return;
    const timing = performance.getEntriesByName(frag.url).at(-1);
    this.listener.onSegment({
      kind: frag.type === "audio" ? "audio" : "main",
      dataCenter: networkDetails?.getResponseHeader?.("x-data-center") ?? undefined,
      startSeconds: frag.start,
      cached: timing?.transferSize === 0 && timing.decodedBodySize > 0,
    });
  }

  /**
   * @param {Hls} hls
   * @param {import("hls.js").ErrorData} data
   */
  #handleError(hls, data) {
    const status = data.response?.code ? ` (${data.response.code})` : "";
    if (!data.fatal) {
      if (data.type === Hls.ErrorTypes.NETWORK_ERROR) {
        this.listener.onProblem(`Nobody answered just now${status}; trying again …`);
      }
      return;
    }
    if (data.type === Hls.ErrorTypes.MEDIA_ERROR) {
      hls.recoverMediaError();
      return;
    }
    this.listener.onProblem(`This video can't be loaded${status}; trying again …`);
    setTimeout(() => {
      if (this.#hls !== hls) return;
      if (hls.levels.length > 0) hls.startLoad();
      else hls.loadSource(hls.url);
    }, RESTART_MS);
  }
}
