import { colourOf } from "./colours.js";

/** How many segments the strip remembers. */
const LENGTH = 30;
const UNKNOWN = "unknown";

/**
 * @typedef {object} LoadedSegment
 * @property {"main" | "audio"} kind
 * @property {string | undefined} dataCenter
 * @property {string} url
 * @property {number} startSeconds
 * @property {boolean} cached - Came out of the browser's own cache, whoever served it then.
 */

/** The last segments, each in the colour of the data center that served it. */
export class SegmentStrip {
  /** @type {LoadedSegment[]} */
  #segments = [];
  /** @type {Set<string>} */
  #seen = new Set();

  /**
   * @param {HTMLElement} strip
   * @param {HTMLElement} legend
   */
  constructor(strip, legend) {
    this.strip = strip;
    this.legend = legend;
    this.#draw();
  }

  /** @param {LoadedSegment} segment */
  add(segment) {
    this.#seen.add(segment.dataCenter ?? UNKNOWN);
    this.#segments = [...this.#segments, segment].slice(-LENGTH);
    this.#draw();
  }

  clear() {
    this.#segments = [];
    this.#draw();
  }

  #draw() {
    const empty = Array.from({ length: LENGTH - this.#segments.length }, () => cell("empty"));
    this.strip.replaceChildren(...empty, ...this.#segments.map((segment) => segmentCell(segment)));
    const counts = new Map();
    for (const { dataCenter = UNKNOWN } of this.#segments) {
      counts.set(dataCenter, (counts.get(dataCenter) ?? 0) + 1);
    }
    const told = [...counts].map(([name, count]) => `${count} from ${name}`).join(", ");
    this.strip.setAttribute(
      "aria-label",
      told === ""
        ? "No segment was loaded yet"
        : `The last ${this.#segments.length} segments: ${told}`,
    );
    this.#drawLegend(counts);
  }

  /** @param {Map<string, number>} counts */
  #drawLegend(counts) {
    const entries = [...this.#seen].map((name) =>
      legendEntry(colourOf(name), name, counts.get(name) ?? 0),
    );
    const cached = this.#segments.filter((segment) => segment.cached).length;
    if (cached > 0)
      entries.push(legendEntry("cached", "of these, from this browser’s cache", cached));
    this.legend.replaceChildren(...entries);
  }
}

/** @param {LoadedSegment} segment */
function segmentCell({ kind, dataCenter = UNKNOWN, startSeconds, cached }) {
  const element = cell(colourOf(dataCenter), kind, ...(cached ? ["cached"] : []));
  const what = kind === "audio" ? "Sound" : "Picture";
  element.title = `${what} from ${startSeconds.toFixed(1)} s: ${dataCenter}${cached ? ", cached" : ""}`;
  // The letter tells data centers apart where colours do not.
  if (kind === "main") element.textContent = dataCenter.charAt(0).toUpperCase();
  return element;
}

/** @param {string[]} classes */
function cell(...classes) {
  const element = document.createElement("span");
  element.classList.add("cell", ...classes);
  return element;
}

/**
 * @param {string} colour
 * @param {string} name
 * @param {number} count
 */
function legendEntry(colour, name, count) {
  const swatch = document.createElement("span");
  swatch.classList.add("swatch", colour);
  const number = document.createElement("b");
  number.textContent = String(count);
  const item = document.createElement("li");
  item.append(swatch, `${name} `, number);
  return item;
}
