/** Colours in the style sheet; later data centers begin again. */
const COLOURS = 6;

/** @type {string[]} */
const known = [];

/**
 * Class of a data center's colour: its own as long as the page is open, in the order of first mention.
 *
 * @param {string} dataCenter
 */
export function colourOf(dataCenter) {
  if (!known.includes(dataCenter)) known.push(dataCenter);
  return `dc-${known.indexOf(dataCenter) % COLOURS}`;
}
