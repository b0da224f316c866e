import { colourOf } from "./colours.js";
import { cause, FAULTS } from "./faults.js";

/** The pathways as a list: name, health in words, and on one's own machine what can be done to them. */
export class DataCenterList {
  /** @type {Map<string, { health: HTMLElement, item: HTMLElement }>} */
  #rows = new Map();
  /** @type {string[]} */
  #breakable = [];

  /**
   * @param {HTMLElement} list
   * @param {(text: string) => void} announce
   */
  constructor(list, announce) {
    this.list = list;
    this.announce = announce;
  }

  /** @param {string[]} names */
  allowFaults(names) {
    this.#breakable = names;
    this.#rows.clear();
    this.list.replaceChildren();
  }

  /** @param {import("./health.js").PathwayHealth[]} pathways */
  show(pathways) {
    for (const pathway of pathways) {
      const row = this.#rows.get(pathway.name) ?? this.#add(pathway);
      const { healthy, detail, latencyMs } = pathway;
      const words = healthy ? `${detail} · ${latencyMs} ms` : detail;
      if (row.health.textContent !== words) row.health.textContent = words;
      const changed = row.item.classList.contains("down") === healthy;
      row.item.classList.toggle("down", !healthy);
      if (changed) this.announce(`${pathway.name}: ${detail}`);
    }
  }

  /** @param {import("./health.js").PathwayHealth} pathway */
  #add({ name, edge, healthy }) {
    const item = document.createElement("li");
    item.classList.toggle("down", !healthy);
    const swatch = document.createElement("span");
    swatch.className = `swatch ${edge ? "edge" : colourOf(name)}`;
    const title = document.createElement("b");
    title.textContent = name;
    const health = document.createElement("span");
    health.className = "health";
    item.append(swatch, title, health);
    if (this.#breakable.includes(name)) item.append(this.#buttons(name));
    this.list.append(item);
    const row = { health, item };
    this.#rows.set(name, row);
    return row;
  }

  /** @param {string} name */
  #buttons(name) {
    const group = document.createElement("div");
    group.className = "faults";
    group.role = "group";
    group.ariaLabel = `Do to ${name}`;
    group.append(
      ...FAULTS.map((fault) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = fault.title;
        button.className = fault.id;
        button.ariaLabel = `${fault.title} ${name}`;
        button.title = `${name} ${fault.done}`;
        button.addEventListener("click", () => this.#press(button, name, fault));
        return button;
      }),
    );
    return group;
  }

  async #press(button, name, fault) {
    if (button.getAttribute("aria-busy") === "true") return;
    // Not disabled: that would take the keyboard's place away.
    button.setAttribute("aria-busy", "true");
    try {
      await cause(name, fault);
      this.announce(`${name} ${fault.done}`);
    } catch (error) {
      this.announce(`That did not work: ${error.message}`);
    }
    button.removeAttribute("aria-busy");
  }
}
