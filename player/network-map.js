import { colourOf } from "./colours.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 360;
const ROW = 76;
const VIEWER_X = 44;
const EDGE_X = 170;
const DATA_CENTER_X = 306;
/** A way counts as used for so long after its last segment. */
const ACTIVE_MS = 6_000;

/** A picture of who serves: this browser, the edge, the data centers, and the way of the last segments. */
export class NetworkMap {
  /** @type {import("./health.js").PathwayHealth[]} */
  #pathways = [];
  /** @type {{ dataCenter: string, pathway: string, at: number } | undefined} */
  #last;

  /** @param {SVGSVGElement} svg */
  constructor(svg) {
    this.svg = svg;
  }

  /** @param {import("./health.js").PathwayHealth[]} pathways */
  setPathways(pathways) {
    this.#pathways = pathways;
    this.#draw();
  }

  /**
   * @param {string} dataCenter
   * @param {string} url
   */
  served(dataCenter, url) {
    const { origin } = new URL(url, location.href);
    const pathway = this.#pathways.find(({ baseUrl }) => baseUrl === origin);
    this.#last = { dataCenter, pathway: pathway?.name ?? "", at: Date.now() };
    this.#draw();
  }

  #draw() {
    const dataCenters = this.#pathways.filter(({ edge }) => !edge);
    const edge = this.#pathways.find((pathway) => pathway.edge);
    if (dataCenters.length === 0) return;
    const height = Math.max(2, dataCenters.length) * ROW;
    const middle = height / 2;
    const active = this.#last && Date.now() - this.#last.at < ACTIVE_MS ? this.#last : undefined;
    const direct = active && dataCenters.some(({ name }) => name === active.pathway);
    const rowOf = (index) => ((index + 0.5) * height) / dataCenters.length;
    const ways = dataCenters.flatMap((dataCenter, index) => {
      const y = rowOf(index);
      const used = active?.dataCenter === dataCenter.name;
      const lines = [];
      if (edge) lines.push(way([EDGE_X, middle], [DATA_CENTER_X, y], used && !direct, dataCenter));
      if (direct && used) lines.push(bypass(middle, y, index * 2 < dataCenters.length, dataCenter));
      return lines;
    });
    const front = edge ? way([VIEWER_X, middle], [EDGE_X, middle], active && !direct, edge) : [];
    this.svg.setAttribute("viewBox", `0 0 ${WIDTH} ${height}`);
    this.svg.setAttribute("aria-label", this.#words(dataCenters, edge, active, direct));
    this.svg.replaceChildren(
      ...[front, ...ways].flat(),
      node(VIEWER_X, middle, { label: "you", kind: "viewer" }),
      ...(edge ? [node(EDGE_X, middle, { label: edge.name, kind: "edge", state: edge })] : []),
      ...dataCenters.map((dataCenter, index) =>
        node(DATA_CENTER_X, rowOf(index), {
          label: dataCenter.name,
          kind: `data-center ${colourOf(dataCenter.name)}`,
          state: dataCenter,
        }),
      ),
    );
  }

  #words(dataCenters, edge, active, direct) {
    const states = [...(edge ? [edge] : []), ...dataCenters]
      .map(({ name, detail }) => `${name} ${detail}`)
      .join(", ");
    const served = active
      ? `Served by ${active.dataCenter}${direct ? " directly" : edge ? " through the edge" : ""}. `
      : "";
    return `${served}${states}`;
  }
}

/** @param {string} name */
function element(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

function way([x1, y1], [x2, y2], isUsed, { healthy, name, edge }) {
  const bend = (x1 + x2) / 2;
  return line(`M${x1} ${y1}C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`, isUsed, {
    healthy,
    colour: edge ? "edge" : colourOf(name),
  });
}

/** From the viewer around the edge. */
function bypass(middle, y, isAbove, { healthy, name }) {
  const bow = isAbove ? -middle * 0.9 : middle * 0.9;
  const path = `M${VIEWER_X} ${middle}C${VIEWER_X + 60} ${middle + bow} ${EDGE_X} ${middle + bow} ${DATA_CENTER_X} ${y}`;
  return line(path, true, { healthy, colour: colourOf(name) });
}

function line(d, isUsed, { healthy, colour }) {
  const classes = ["way", colour, ...(isUsed ? ["used"] : []), ...(healthy ? [] : ["broken"])];
  return element("path", { d, class: classes.join(" ") });
}

function node(x, y, { label, kind, state }) {
  const isDown = state && !state.healthy;
  const group = element("g", { class: `node ${kind}${isDown ? " down" : ""}` });
  group.append(element("circle", { cx: x, cy: y, r: 24 }));
  const letter = element("text", { x, y: y + 6, class: "letter" });
  letter.textContent = state && !kind.startsWith("edge") ? label.charAt(0).toUpperCase() : "";
  group.append(letter);
  if (kind === "viewer")
    group.append(element("path", { d: `M${x - 7} ${y - 9}l18 9l-18 9z`, class: "sign" }));
  if (kind === "edge") {
    group.append(
      element("path", {
        d: `M${x - 11} ${y - 6}h22M${x - 11} ${y}h22M${x - 11} ${y + 6}h22`,
        class: "sign",
      }),
    );
  }
  const name = element("text", { x, y: y + 38, class: "label" });
  name.textContent = label;
  group.append(name);
  if (isDown) {
    group.append(element("path", { d: `M${x + 11} ${y - 23}l12 12m0 -12l-12 12`, class: "cross" }));
  } else if (state) {
    group.append(element("circle", { cx: x + 18, cy: y - 17, r: 6, class: "well" }));
  }
  return group;
}
