import { factsOf, loadCatalog, markCurrent, renderCatalog, titleOf } from "./catalog.js";
import { Playback } from "./playback.js";
import { SegmentStrip } from "./segment-strip.js";

const CATALOG_RETRY_MS = 5_000;
const MOVES_SHOWN = 4;

const byId = (id) => document.getElementById(id);
const video = byId("video");
const videos = byId("videos");
const strip = new SegmentStrip(byId("strip"), byId("legend"));

/** @type {import("./catalog.js").Video[]} */
let catalog = [];
/** @type {string | undefined} Who served the latest segment that did not come out of the cache. */
let serving;
let stalls = 0;
/** Set while a wait is the viewer's doing: a seek, or a new video. */
let expectedWait = true;

const playback = new Playback(video, {
  onSegment(segment) {
    strip.add(segment);
    if (!segment.cached && segment.dataCenter !== undefined) showServing(segment.dataCenter);
  },
  onQuality(text) {
    byId("quality").textContent = text;
  },
  onProblem(text) {
    byId("problem").textContent = text ?? "";
    byId("problem").hidden = text === undefined;
  },
});

/** @param {string} dataCenter */
function showServing(dataCenter) {
  if (dataCenter === serving) return;
  const badge = byId("serving");
  badge.textContent = dataCenter;
  badge.className = `serving dc-${strip.colourOf(dataCenter)}`;
  if (serving !== undefined) {
    const move = document.createElement("li");
    const time = document.createElement("time");
    time.textContent = new Date().toLocaleTimeString();
    move.append(time, ` ${serving} → ${dataCenter} at ${video.currentTime.toFixed(0)} s`);
    byId("moves").prepend(move);
    while (byId("moves").children.length > MOVES_SHOWN) byId("moves").lastElementChild.remove();
  }
  byId("announcer").textContent = `Now served by ${dataCenter}`;
  serving = dataCenter;
}

/** Plays what the address names after its number sign, or the first video. */
function playChosen() {
  const chosen = catalog.find(({ path }) => `#${path}` === location.hash) ?? catalog[0];
  if (!chosen) return;
  byId("player-heading").textContent = titleOf(chosen);
  byId("facts").textContent = factsOf(chosen);
  document.title = `${titleOf(chosen)} · Twinstream`;
  markCurrent(videos, chosen.path);
  strip.clear();
  stalls = 0;
  expectedWait = true;
  byId("stalls").textContent = "0";
  byId("quality").textContent = "–";
  playback.play(chosen.path);
}

async function start() {
  try {
    catalog = await loadCatalog();
  } catch (error) {
    byId("library-note").textContent = `The list can't be loaded: ${error.message}. Trying again …`;
    setTimeout(start, CATALOG_RETRY_MS);
    return;
  }
  renderCatalog(videos, catalog);
  byId("library-note").textContent =
    catalog.length === 0 ? "Nothing is published yet. This page looks again by itself." : "";
  if (catalog.length === 0) setTimeout(start, CATALOG_RETRY_MS);
  playChosen();
}

video.addEventListener("seeking", () => (expectedWait = true));
video.addEventListener("playing", () => (expectedWait = false));
video.addEventListener("waiting", () => {
  if (expectedWait || video.ended) return;
  stalls += 1;
  byId("stalls").textContent = String(stalls);
});
setInterval(() => {
  const { buffered, currentTime } = video;
  for (let index = 0; index < buffered.length; index++) {
    if (buffered.start(index) <= currentTime + 0.1 && buffered.end(index) >= currentTime) {
      byId("buffer").textContent = `${(buffered.end(index) - currentTime).toFixed(0)} s`;
    }
  }
}, 500);
window.addEventListener("hashchange", () => {
  // Other fragments are places on the page, such as the player's for the skip link.
  if (!location.hash.startsWith("#/")) return;
  playChosen();
  byId("player-heading").focus();
});
await start();
