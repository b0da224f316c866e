import Hls from "../hls.mjs";
import { AHEAD_SECONDS, cameFromCache, qualityText, RESTART_MS } from "../playback.js";

/** Segments are given up for another pathway soon; where there is none, tried for two minutes. */
const RETRIES = { maxNumRetry: 3, retryDelayMs: 300, maxRetryDelayMs: 1_000 };
const SEGMENTS = {
  maxTimeToFirstByteMs: 6_000,
  maxLoadTimeMs: 20_000,
  timeoutRetry: { maxNumRetry: 1, retryDelayMs: 0, maxRetryDelayMs: 0 },
  errorRetry: RETRIES,
};
const PLAYLISTS = { ...SEGMENTS, errorRetry: { ...RETRIES, maxNumRetry: 5 } };

/** Plays HLS by hls.js. */
export function start({ video, url, onSegment, onQuality, onProblem }) {
  const hls = new Hls({
    maxBufferLength: AHEAD_SECONDS,
    // Otherwise low rates are loaded far beyond the line above.
    maxMaxBufferLength: AHEAD_SECONDS,
    workerPath: "hls.worker.js",
    manifestLoadPolicy: { default: PLAYLISTS },
    playlistLoadPolicy: { default: PLAYLISTS },
    fragLoadPolicy: { default: SEGMENTS },
  });
  let restart;
  hls.on(Hls.Events.FRAG_LOADED, (_, { frag, networkDetails }) => {
    onProblem(undefined);
    if (typeof frag.sn !== "number") return;
    onSegment({
      kind: frag.type === "audio" ? "audio" : "main",
      dataCenter: networkDetails?.getResponseHeader?.("x-data-center") ?? undefined,
      url: frag.url,
      startSeconds: frag.start,
      cached: cameFromCache(frag.url),
    });
  });
  hls.on(Hls.Events.LEVEL_SWITCHED, (_, { level }) => {
    const { height, bitrate } = hls.levels[level];
    onQuality(qualityText({ height, bitsPerSecond: bitrate }));
  });
  hls.on(Hls.Events.ERROR, (_, data) => {
    const status = data.response?.code ? ` (${data.response.code})` : "";
    if (!data.fatal) {
      if (data.type === Hls.ErrorTypes.NETWORK_ERROR) {
        onProblem(`Nobody answered just now${status}; trying again …`);
      }
      return;
    }
    if (data.type === Hls.ErrorTypes.MEDIA_ERROR) {
      hls.recoverMediaError();
      return;
    }
    onProblem(`This video can't be loaded${status}; trying again …`);
    restart = setTimeout(() => {
      if (hls.levels.length > 0) hls.startLoad();
      else hls.loadSource(url);
    }, RESTART_MS);
  });
  hls.loadSource(url);
  hls.attachMedia(video);
  return {
    stop() {
      clearTimeout(restart);
      hls.destroy();
    },
  };
}
