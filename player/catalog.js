/**
 * @typedef {object} Video
 * @property {string} name
 * @property {string} path
 * @property {number} durationSeconds
 * @property {number} height
 * @property {number} qualities
 */

/**
 * Everything that can be watched here, and in which forms.
 *
 * @returns {Promise<{ videos: Video[], formats: import("./choices.js").Format[] }>}
 */
export async function loadCatalog() {
  const response = await fetch("catalog.json", { headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`the list was answered with ${response.status}`);
  return response.json();
}

/** @param {Video} video */
export function titleOf({ name }) {
  const words = name.replace(/[-_]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** @param {Video} video */
export function factsOf({ durationSeconds, height, qualities }) {
  const seconds = Math.round(durationSeconds);
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, "0")))
    .join(":")
    .replace(/^0:0?/, "");
  const picture = height > 0 ? `${height}p` : "sound";
  return `${clock} · ${picture} · ${qualities} ${qualities === 1 ? "quality" : "qualities"}`;
}

/**
 * The list of videos, each a link, so that keyboard, history and bookmarks work by themselves.
 *
 * @param {HTMLUListElement} list
 * @param {Video[]} videos
 */
export function renderCatalog(list, videos) {
  list.replaceChildren(
    ...videos.map((video) => {
      const link = document.createElement("a");
      link.href = `#${video.path}`;
      const title = document.createElement("span");
      title.className = "video-title";
      title.textContent = titleOf(video);
      const facts = document.createElement("span");
      facts.className = "video-facts";
      facts.textContent = factsOf(video);
      link.append(title, facts);
      const item = document.createElement("li");
      item.append(link);
      return item;
    }),
  );
}

/**
 * Marks the link of the video that plays.
 *
 * @param {HTMLUListElement} list
 * @param {string} path
 */
export function markCurrent(list, path) {
  for (const link of list.querySelectorAll("a")) {
    if (link.getAttribute("href") === `#${path}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}
