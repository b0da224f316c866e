/**
 * @typedef {object} Format
 * @property {string} name - As URLs spell it; empty where they say none.
 * @property {"hls" | "dash" | "smooth"} protocol
 * @property {string} title
 */

/** What can play, in the order in which it is tried. */
export const PLAYERS = [
  { id: "hls", title: "hls.js", module: "./players/hls-js.js" },
  { id: "dash", title: "dash.js", module: "./players/dash-js.js" },
  { id: "shaka", title: "Shaka Player", module: "./players/shaka.js" },
  { id: "native", title: "This browser", module: "./players/native.js" },
];

const PROTOCOLS = { hls: "HLS", dash: "DASH", smooth: "Smooth Streaming" };
const TYPES = { hls: "application/vnd.apple.mpegurl", dash: "application/dash+xml" };
/** What each library reads. */
const READS = { hls: ["hls"], dash: ["dash", "smooth"], shaka: ["hls", "dash"] };

/**
 * Why a player can't play a format here; undefined when it can.
 *
 * @param {string} player
 * @param {Format} format
 */
export function obstacle(player, { protocol }) {
  if (player === "native") {
    const plays = document.createElement("video").canPlayType(TYPES[protocol] ?? "") !== "";
    return plays ? undefined : `plays no ${PROTOCOLS[protocol]} by itself`;
  }
  if (!READS[player].includes(protocol)) return `plays no ${PROTOCOLS[protocol]}`;
  return "MediaSource" in window || "ManagedMediaSource" in window
    ? undefined
    : "needs Media Source Extensions, which this browser lacks";
}

/** The two lists of choices: how a video is packaged, and what plays it. */
export class Choices {
  /** @type {Format[]} */
  #formats = [];

  /**
   * @param {{ formats: HTMLElement, players: HTMLElement }} lists
   * @param {(format: string, player: string) => void} onChoice
   */
  constructor(lists, onChoice) {
    this.lists = lists;
    this.onChoice = onChoice;
  }

  /** @param {Format[]} formats */
  offer(formats) {
    this.#formats = formats;
  }

  /**
   * The nearest to what is wished for that can play: the first of each list where nothing is.
   *
   * @param {{ format: string | null, player: string | null }} wish
   */
  settle({ format: wishedFormat, player: wishedPlayer }) {
    const playable = this.#formats.filter((one) => this.#playersOf(one).length > 0);
    const wished = this.#formats.find(({ name }) => name === wishedFormat);
    const format = wished ?? playable[0] ?? this.#formats[0];
    if (!format) return undefined;
    const players = this.#playersOf(format);
    const player = players.find(({ id }) => id === wishedPlayer) ?? players[0];
    this.#draw(format, player);
    return { format, player };
  }

  /** @param {Format} format */
  #playersOf(format) {
    return PLAYERS.filter(({ id }) => obstacle(id, format) === undefined);
  }

  /**
   * @param {Format} format
   * @param {{ id: string } | undefined} player
   */
  #draw(format, player) {
    const focused = document.activeElement?.id;
    const formats = this.#formats.map((one) => ({
      value: one.name,
      title: one.title,
      checked: one === format,
      problem: this.#playersOf(one).length > 0 ? undefined : "nothing here can play it",
    }));
    const players = PLAYERS.map(({ id, title }) => ({
      value: id,
      title,
      checked: id === player?.id,
      problem: obstacle(id, format),
    }));
    fill(this.lists.formats, "format", formats, (value) => this.onChoice(value, player?.id ?? ""));
    fill(this.lists.players, "player", players, (value) => this.onChoice(format.name, value));
    // What was drawn anew keeps the keyboard where it was.
    if (focused) document.getElementById(focused)?.focus();
  }
}

/**
 * @param {HTMLElement} list
 * @param {string} name
 * @param {{ value: string, title: string, checked: boolean, problem: string | undefined }[]} options
 * @param {(value: string) => void} onChoice
 */
function fill(list, name, options, onChoice) {
  list.replaceChildren(
    ...options.map(({ value, title, checked, problem }) => {
      const input = document.createElement("input");
      Object.assign(input, { type: "radio", name, value, checked, id: `${name}-${value}` });
      input.disabled = problem !== undefined;
      input.addEventListener("change", () => onChoice(value));
      const label = document.createElement("label");
      label.className = "choice";
      const text = document.createElement("span");
      text.textContent = title;
      label.append(input, text);
      if (problem !== undefined) {
        const why = document.createElement("small");
        why.textContent = problem;
        label.append(why);
      }
      return label;
    }),
  );
}
