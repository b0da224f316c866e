import { RESTART_MS } from "../playback.js";

/** Lets the browser play by itself; it does not tell a page what it loads, and from whom. */
export function start({ video, url, onQuality, onProblem }) {
  let restart;
  const load = () => {
    const { currentTime } = video;
    video.src = url;
    if (currentTime > 0) video.currentTime = currentTime;
  };
  const onError = () => {
    onProblem(
      `This video can't be loaded (${video.error?.message ?? "no reason given"}); trying again …`,
    );
    clearTimeout(restart);
    restart = setTimeout(load, RESTART_MS);
  };
  const onResize = () => {
    onProblem(undefined);
    onQuality(`${video.videoHeight}p`);
  };
  video.addEventListener("error", onError);
  video.addEventListener("resize", onResize);
  load();
  return {
    stop() {
      clearTimeout(restart);
      video.removeEventListener("error", onError);
      video.removeEventListener("resize", onResize);
      video.removeAttribute("src");
      video.load();
    },
  };
}
