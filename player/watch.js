import { factsOf, loadCatalog, markCurrent, renderCatalog, titleOf } from "./catalog.js";
import { Choices } from "./choices.js";
import { colourOf } from "./colours.js";
import { DataCenterList } from "./data-centers.js";
import { breakableDataCenters } from "./faults.js";
import { watchHealth } from "./health.js";
import { NetworkMap } from "./network-map.js";
import { Playback } from "./playback.js";
import { SegmentStrip } from "./segment-strip.js";

const CATALOG_RETRY_MS = 5_000;
const MOVES_SHOWN = 4;
const ANNOUNCEMENTS_KEPT = 10;
const METER_SECONDS = 12;

const byId = (id) => document.getElementById(id);
const video = byId("video");
const strip = new SegmentStrip(byId("strip"), byId("legend"));
const map = new NetworkMap(byId("map"));
const dataCenters = new DataCenterList(byId("data-centers"), say);
const choices = new Choices({ formats: byId("formats"), players: byId("players") }, choose);

/** @type {import("./catalog.js").Video[]} */
let catalog = [];
/** @type {string | undefined} Who served the latest segment that did not come out of the cache. */
let serving;
let stalls = 0;
/** Set while a wait is the viewer's doing: a seek, or a new video. */
let expectedWait = true;
/** What plays now, to begin nothing twice. */
let playing = "";

const playback = new Playback(video, {
  onSegment(segment) {
    strip.add(segment);
    if (segment.cached || segment.dataCenter === undefined) return;
    map.served(segment.dataCenter, segment.url);
    showServing(segment.dataCenter);
  },
  onQuality(text) {
    byId("quality").textContent = text;
  },
  onProblem(text) {
    byId("problem").textContent = text ?? "";
    byId("problem").hidden = text === undefined;
  },
});

/**
 * Tells who can't see the page. A text that took another's place before it was read out would be lost:
 * they stand in a log, which a screen reader reads in its own time.
 * @param {string} text
 */
function announce(text) {
  const announcer = byId("announcer");
  const line = document.createElement("p");
  line.textContent = text;
  announcer.append(line);
  while (announcer.children.length > ANNOUNCEMENTS_KEPT) announcer.firstElementChild.remove();
}

/** @param {string} text */
function say(text) {
  announce(text);
  const entry = document.createElement("li");
  const time = document.createElement("time");
  time.textContent = new Date().toLocaleTimeString();
  entry.append(time, ` ${text}`);
  byId("moves").prepend(entry);
  while (byId("moves").children.length > MOVES_SHOWN) byId("moves").lastElementChild.remove();
}

/** @param {string} dataCenter */
function showServing(dataCenter) {
  if (dataCenter === serving) return;
  const badge = byId("serving");
  badge.textContent = dataCenter;
  badge.className = `serving ${colourOf(dataCenter)}`;
  if (serving === undefined) announce(`Now served by ${dataCenter}`);
  else say(`${serving} → ${dataCenter} at ${video.currentTime.toFixed(0)} s`);
  serving = dataCenter;
}

/** What the address names after its number sign: a video, and perhaps how to play it. */
function wish() {
  const [path, query] = location.hash.slice(1).split("?");
  const wished = new URLSearchParams(query);
  return { path, format: wished.get("format"), player: wished.get("player") };
}

/**
 * @param {string} format
 * @param {string} player
 */
function choose(format, player) {
  const path = currentVideo()?.path ?? "";
  const at = video.currentTime;
  const settled = choices.settle({ format, player });
  if (!settled?.player) return;
  const chosen = { format: settled.format.name, player: settled.player.id };
  history.replaceState(null, "", `#${path}?${new URLSearchParams(chosen)}`);
  playChosen();
  // The same video goes on where it was.
  if (at === 0) return;
  const goOn = () => (video.currentTime = at);
  video.addEventListener("loadedmetadata", goOn, { once: true });
}

function currentVideo() {
  const { path } = wish();
  return catalog.find((one) => one.path === path) ?? catalog[0];
}

/** Plays what is wished for, or the first video by the first player that can. */
function playChosen() {
  const chosen = currentVideo();
  if (!chosen) return;
  const { format, player } = choices.settle(wish()) ?? {};
  if (!format || !player) {
    byId("problem").textContent = "Nothing in this browser can play what is served here.";
    byId("problem").hidden = false;
    return;
  }
  const suffix = format.name === "" ? "manifest" : `manifest(format=${format.name})`;
  const next = `${chosen.path}/${suffix} ${player.id}`;
  if (next === playing) return;
  if (!playing.startsWith(`${chosen.path}/`)) showVideo(chosen);
  playing = next;
  stalls = 0;
  expectedWait = true;
  byId("stalls").textContent = "0";
  byId("quality").textContent = "–";
  playback.play(`${chosen.path}/${suffix}`, player.id);
}

/** @param {import("./catalog.js").Video} chosen */
function showVideo(chosen) {
  byId("player-heading").textContent = titleOf(chosen);
  byId("facts").textContent = factsOf(chosen);
  document.title = `${titleOf(chosen)} · Twinstream`;
  markCurrent(byId("videos"), chosen.path);
  strip.clear();
}

async function start() {
  try {
    const { videos, formats } = await loadCatalog();
    catalog = videos;
    choices.offer(formats);
  } catch (error) {
    byId("library-note").textContent = `The list can't be loaded: ${error.message}. Trying again …`;
    setTimeout(start, CATALOG_RETRY_MS);
    return;
  }
  renderCatalog(byId("videos"), catalog);
  byId("library-note").textContent =
    catalog.length === 0 ? "Nothing is published yet. This page looks again by itself." : "";
  if (catalog.length === 0) setTimeout(start, CATALOG_RETRY_MS);
  playChosen();
}

/** Whether faults can be caused is asked once: the first time that a local edge has answered. */
let askedForFaults = false;

/** @param {import("./health.js").Health | undefined} health */
async function showHealth(health) {
  byId("network-note").textContent = health ? "" : "Nobody answers for the health just now …";
  if (!health) return;
  if (health.local && !askedForFaults) {
    askedForFaults = true;
    dataCenters.allowFaults(await breakableDataCenters());
  }
  byId("network").hidden = health.pathways.length === 0;
  map.setPathways(health.pathways);
  dataCenters.show(health.pathways);
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
  let ahead = 0;
  for (let index = 0; index < buffered.length; index++) {
    if (buffered.start(index) <= currentTime + 0.1 && buffered.end(index) >= currentTime) {
      ahead = buffered.end(index) - currentTime;
    }
  }
  byId("buffer").textContent = `${ahead.toFixed(0)} s`;
  byId("buffer-meter").value = Math.min(ahead, METER_SECONDS);
}, 500);
window.addEventListener("hashchange", () => {
  // Other fragments are places on the page, such as the player's for the skip link.
  if (!location.hash.startsWith("#/")) return;
  playChosen();
  byId("player-heading").focus();
});
void watchHealth(showHealth);
await start();
