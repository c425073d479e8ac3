// What is touched in a card is shown everywhere: the store hears of it, and the cards show what the store says.
import { connectExplained } from "./explained.js";
import { connectGrids } from "./grid_keys.js";
import { connectHistograms } from "./histogram_keys.js";
import { showBiplot } from "../map/biplot.js";
import { goToItem } from "../item/go_to.js";
import { getJSON } from "../core/api.js";
import { element } from "../core/element.js";
import { goTo } from "../point/sliders.js";
import { questions } from "../core/revision.js";
import { paintNames } from "../point/names.js";
import { current, state, subscribe, update } from "../core/store.js";

const panel = () => document.getElementById("study-panel");

function touched(target) {
  const { dimension, column, item, point, within, low, high, value, axes } = target.dataset;
  if (axes !== undefined) update({ projection: `z:${axes}`, spot: null }, { commit: true });
  else if (item !== undefined) goToItem(Number(item));
  else if (point !== undefined) goTo(Float32Array.from(point.split(","), Number));
  else if (within !== undefined) {
    const asked = value === undefined ? { column: within, low: Number(low), high: Number(high) } : { column: within, value };
    const same = JSON.stringify(asked) === JSON.stringify(state.within);
    update({ within: same ? null : asked }, { commit: true });
  } else if (dimension !== undefined) {
    const j = Number(dimension);
    /** @type {ViewState} */
    const view = target.dataset.relation ? { ...state.view, relation: [j, target.dataset.relation, column] } : state.view;
    const color = column === undefined ? `z${j}` : target.dataset.color;
    bring = view === state.view ? null : target;
    update({ dimension: j, view, ...(known(color) ? { color, selection: null } : {}) }, { commit: true });
  } else if (column !== undefined && known(column)) update({ color: column, selection: null }, { commit: true });
}

const known = (color) => current.info.columns.some((one) => one.name === color && one.colours);

const TOUCHABLE = "[data-axes], [data-item], [data-point], [data-within], [data-dimension], [data-column]";

const relations = questions("space", () => state.view.relation?.join());
let bring = null; // the cell whose touch opens something that is to be seen beside it

// What a cell of the relations opens, beside them, or below where there is no room.
export async function openRelation() {
  const host = panel().querySelector("#study-relations .relation-detail");
  const counts = relations();
  if (!host) return;
  if (!state.view.relation) {
    host.replaceChildren(element("p", { className: "empty" }, host.dataset.empty));
    return;
  }
  const [dimension, relation, column] = state.view.relation;
  host.replaceChildren(element("p", { className: "empty busy" }, "Looking …"));
  try {
    const query = new URLSearchParams({ column, source: relation });
    const { html } = await getJSON(`spaces/${state.space}/relations/${dimension}?${query}`);
    if (!counts()) return;
    host.innerHTML = html; // the server escapes every text in it
    if (bring) seeBoth(bring, host);
    bring = null;
  } catch (error) {
    if (counts()) host.replaceChildren(element("p", { className: "empty" }, error.message));
  }
}

// Where there is no room beside the cells, what is opened lies over the last of them: not over the one touched.
function seeBoth(cell, host) {
  host.scrollIntoView({ block: "nearest" });
  const [box, over] = [cell.getBoundingClientRect(), host.getBoundingClientRect()];
  if (box.right > over.left && box.bottom > over.top) document.getElementById("study-scroll").scrollTop += box.bottom - over.top + 8;
}

// All columns of a wide table, where somebody unfolds them.
async function unfolded(event) {
  const place = event.target.open && event.target.querySelector("[data-all-columns]");
  if (!place || place.hasAttribute("aria-busy")) return;
  place.setAttribute("aria-busy", "true");
  try {
    const { html } = await getJSON(`spaces/${state.space}/${place.dataset.allColumns}`);
    place.innerHTML = html; // the server escapes every text in it
    place.className = "";
    place.removeAttribute("data-all-columns");
    paintNames();
    markLinked(place);
  } catch (error) {
    place.textContent = error.message;
  }
  place.removeAttribute("aria-busy");
}

export function connectLinked() {
  panel().addEventListener("toggle", unfolded, true); // it does not bubble
  connectHistograms(panel());
  connectGrids(panel());
  connectExplained();
  panel().addEventListener("click", (event) => {
    if (event.target.closest("[data-biplot]")) showBiplot();
    const target = event.target.closest(TOUCHABLE);
    if (target && panel().contains(target)) touched(target);
  });
  panel().addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    const target = event.target.closest(TOUCHABLE);
    if (!target) return;
    event.preventDefault();
    event.stopPropagation();
    touched(target);
  });
}

function isOn({ dimension, column, color, item, within, low, high, value, axes }) {
  if (axes !== undefined) return state.projection === `z:${axes}`;
  if (item !== undefined) return Number(item) === state.item;
  if (within !== undefined) {
    if (state.within?.column !== within) return false;
    return value === undefined ? state.within.low === Number(low) && state.within.high === Number(high) : state.within.value === value;
  }
  if (dimension !== undefined) return Number(dimension) === state.dimension && (column === undefined || state.color === color);
  return column !== undefined && column === state.color;
}

export function markLinked(root = panel()) {
  for (const part of root.querySelectorAll(TOUCHABLE)) part.classList.toggle("on", isOn(part.dataset));
}

let openedFor = null;
subscribe((changed) => {
  const wanted = JSON.stringify([state.space, state.view.relation]);
  if (wanted !== openedFor && !changed.has("space")) openRelation();
  openedFor = wanted;
  if (["dimension", "item", "within", "color"].some((name) => changed.has(name))) markLinked();
});
