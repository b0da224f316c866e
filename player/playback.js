import { PLAYERS } from "./choices.js";

/** Seconds kept ahead: enough to bridge a failover, little enough for one to be seen soon. */
export const AHEAD_SECONDS = 12;
/** When everything failed: how long until it is tried once more. */
export const RESTART_MS = 3_000;
/** The browser forgets new entries once its list is full. */
const TIMING_ENTRIES = 1_000;

/**
 * @typedef {object} PlaybackListener
 * @property {(segment: import("./segment-strip.js").LoadedSegment) => void} onSegment
 * @property {(text: string) => void} onQuality
 * @property {(text: string | undefined) => void} onProblem - Undefined when it is over.
 */

/**
 * @typedef {object} Session - One player that plays one address.
 * @property {() => void | Promise<void>} stop - Lets go of the element.
 */

/** Plays one video at a time, by a player that is loaded when it is first chosen. */
export class Playback {
  /** @type {Promise<Session | undefined>} */
  #session = Promise.resolve(undefined);
  #turn = 0;

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

  /**
   * Ends what plays and begins anew; of several calls in a row only the last one counts.
   *
   * @param {string} url - Of the manifest.
   * @param {string} player - Id of one of the players.
   */
  play(url, player) {
    const turn = ++this.#turn;
    const isCurrent = () => turn === this.#turn;
    this.listener.onProblem(undefined);
    this.#session = this.#session
      .then((session) => session?.stop())
      .then(() => (isCurrent() ? this.#start(url, player, isCurrent) : undefined))
      .catch((error) => {
        if (isCurrent()) this.listener.onProblem(`The player can't be started: ${error.message}`);
      });
  }

  /**
   * @param {string} url
   * @param {string} player
   * @param {() => boolean} isCurrent
   */
  async #start(url, player, isCurrent) {
    const { module } = PLAYERS.find(({ id }) => id === player) ?? PLAYERS[0];
    const { start } = await import(module);
    if (!isCurrent()) return undefined;
    // A player that is on its way out has nothing more to say.
    const tell =
      (call) =>
      (...args) => {
        if (isCurrent()) call(...args);
      };
    const { onSegment, onQuality, onProblem } = this.listener;
    return start({
      video: this.video,
      url,
      onSegment: tell(onSegment),
      onQuality: tell(onQuality),
      onProblem: tell(onProblem),
    });
  }
}

/**
 * Whether the browser took an answer out of its own cache.
 *
 * @param {string} url
 */
export function cameFromCache(url) {
  const timing = performance.getEntriesByName(url).at(-1);
  return timing?.transferSize === 0 && timing.decodedBodySize > 0;
}

/**
 * A quality in words.
 *
 * @param {{ height?: number | null, bitsPerSecond: number }} quality
 */
export function qualityText({ height, bitsPerSecond }) {
  const rate = `${(bitsPerSecond / 1e6).toFixed(1)} Mbit/s`;
  return height ? `${height}p · ${rate}` : rate;
}
