import { MediaPlayer } from "../dash.mjs";
import { AHEAD_SECONDS, cameFromCache, qualityText, RESTART_MS } from "../playback.js";

const SETTINGS = {
  debug: { logLevel: 0 },
  streaming: {
    buffer: {
      bufferTimeDefault: AHEAD_SECONDS,
      bufferTimeAtTopQuality: AHEAD_SECONDS,
      bufferTimeAtTopQualityLongForm: AHEAD_SECONDS,
    },
    retryAttempts: { MPD: 5, MediaSegment: 3, InitializationSegment: 3 },
    retryIntervals: { MPD: 500, MediaSegment: 400, InitializationSegment: 400 },
    // The page shows steps of its own; the players' rate of play stays what it is.
    liveCatchup: { enabled: false },
  },
};

/** Plays DASH, and Smooth Streaming by its extension, with dash.js. */
export async function start({ video, url, onSegment, onQuality, onProblem }) {
  // It adds itself to the library, and is of no use to DASH.
  if (!url.includes("format=mpd")) await import("../dash-mss.mjs");
  const player = MediaPlayer().create();
  player.updateSettings(SETTINGS);
  player.addResponseInterceptor((response) => {
    const { request } = response.request.customData ?? {};
    if (request?.type === "MediaSegment" && response.status < 300) {
      onProblem(undefined);
      onSegment({
        kind: request.mediaType === "audio" ? "audio" : "main",
        dataCenter: response.headers?.["x-data-center"],
        url: response.request.url,
        startSeconds: request.startTime,
        cached: cameFromCache(response.request.url),
      });
    }
    return Promise.resolve(response);
  });
  player.on("qualityChangeRendered", ({ mediaType, newRepresentation }) => {
    if (mediaType !== "video" || !newRepresentation) return;
    const { height, bandwidth } = newRepresentation;
    onQuality(qualityText({ height, bitsPerSecond: bandwidth }));
  });
  let restart;
  player.on("error", ({ error }) => {
    // It also speaks of what it then gets elsewhere; only standing still is a failure.
    onProblem("Nobody answered just now; trying again …");
    clearTimeout(restart);
    restart = setTimeout(() => {
      const ahead = player.getBufferLength("video");
      if (video.ended || ahead > 0) return;
      onProblem(`This video can't be loaded (${error?.message ?? error}); trying again …`);
      player.attachSource(url, video.currentTime);
    }, RESTART_MS);
  });
  player.initialize(video, url, false);
  return {
    stop() {
      clearTimeout(restart);
      player.destroy();
    },
  };
}
