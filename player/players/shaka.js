import { AHEAD_SECONDS, cameFromCache, qualityText, RESTART_MS } from "../playback.js";

const RETRIES = { maxAttempts: 6, baseDelay: 300, backoffFactor: 1.5, timeout: 20_000 };

/** Plays HLS and DASH by Shaka Player. */
export async function start({ video, url, onSegment, onQuality, onProblem }) {
  const shaka = await library();
  const player = new shaka.Player();
  const { RequestType, AdvancedRequestType } = shaka.net.NetworkingEngine;
  player.configure({
    manifest: { retryParameters: RETRIES },
    streaming: {
      bufferingGoal: AHEAD_SECONDS,
      rebufferingGoal: 1,
      retryParameters: RETRIES,
    },
  });
  player.getNetworkingEngine().registerResponseFilter((type, response, context) => {
    const isMedia =
      type === RequestType.SEGMENT && context?.type === AdvancedRequestType.MEDIA_SEGMENT;
    if (!isMedia) return;
    onProblem(undefined);
    onSegment({
      kind: context.stream?.type === "audio" ? "audio" : "main",
      dataCenter: response.headers["x-data-center"],
      url: response.uri,
      startSeconds: context.segment?.startTime ?? 0,
      cached: response.fromCache === true || cameFromCache(response.uri),
    });
  });
  const showQuality = () => {
    const active = player.getVariantTracks().find((track) => track.active);
    if (!active) return;
    onQuality(qualityText({ height: active.height, bitsPerSecond: active.bandwidth }));
  };
  player.addEventListener("adaptation", showQuality);
  player.addEventListener("variantchanged", showQuality);
  let restart;
  let isStopped = false;
  const load = async (startSeconds) => {
    try {
      await player.load(url, startSeconds);
      showQuality();
    } catch (error) {
      if (!isStopped) fail(error, () => load(startSeconds));
    }
  };
  const fail = ({ code, severity }, again) => {
    if (severity !== shaka.util.Error.Severity.CRITICAL) {
      onProblem("Nobody answered just now; trying again …");
      return;
    }
    onProblem(`This video can't be loaded (Shaka's error ${code}); trying again …`);
    restart = setTimeout(again, RESTART_MS);
  };
  player.addEventListener("error", ({ detail }) => {
    fail(detail, () => {
      if (!player.retryStreaming()) void load(video.currentTime);
    });
  });
  await player.attach(video);
  void load();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(restart);
      await player.destroy();
    },
  };
}

/** Shaka is no module: it puts itself into the window. */
let loading;
function library() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "shaka.js";
    script.addEventListener("load", () => {
      window.shaka.polyfill.installAll();
      resolve(window.shaka);
    });
    script.addEventListener("error", () => {
      loading = undefined;
      reject(new Error("its script can't be loaded"));
    });
    document.head.append(script);
  });
  return loading;
}
