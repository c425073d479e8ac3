// The layers over the map: a legend that shows, hides and removes them, and the file chooser that adds one.
import * as numbers from "../draw/numbers.js";
import { addLayer, allLayers, isChosen, placesOf, removeLayer, showLayer } from "./layer_places.js";
import { element } from "../core/element.js";
import { removeButton } from "../draw/remove_button.js";
import { state, update } from "../core/store.js";

let list = null;
let rows = null;
let asMap = null;
/** @type {(layer: string) => { ink?: string, shape?: string }} */
let lookOf = () => ({});
const HOLLOW = { diamond: "◇", square: "□", triangle: "△", cross: "✛" };
const known = new Map(); // id -> elements of its row: rebuilt, a button would lose the focus

export function layLayerList(host, look) {
  lookOf = look;
  rows = element("div", {});
  asMap = element("input", { type: "checkbox", id: "layers-as-map", onchange: () => update({ view: { ...state.view, layersAsMap: asMap.checked || undefined } }) });
  const choice = element("label", { title: "Fill the marks as the points of the map are coloured; their rims keep the layer's colour" }, asMap, "in the colours of the map");
  list = element("details", { id: "layer", hidden: true }, element("summary", {}), rows, choice);
  host.append(list);
  const input = element("input", { type: "file", accept: ".npz,.npy", hidden: true, id: "layer-file", "aria-label": "New items", onchange: () => { if (input.files[0]) addLayer(input.files[0]); input.value = ""; } });
  document.body.append(input);
  document.addEventListener("click", (event) => { if (event.target instanceof Element && event.target.id === "add-layer") input.click(); });
}

function layRow({ id, name, count }) {
  const mark = element("span", { className: "diamond", "aria-hidden": "true" });
  const toggle = element("button", { className: "layer-toggle", onclick: () => showLayer(id, !isChosen(id)) }, mark, element("span", { className: "name" }, name), element("span", { className: "count" }, numbers.count(count)));
  const unlike = element("p", { className: "small" });
  const root = element("div", { className: "layer-row", "data-layer": id }, toggle, removeButton(name, () => removeLayer(id)), unlike);
  return { root, mark, toggle, unlike, count };
}

export function paintLayerList() {
  if (!list) return;
  const layers = allLayers();
  const there = new Set(layers.map(({ id, count }) => `${id} ${count}`));
  for (const [key, { root }] of known) if (!there.has(key)) { root.remove(); known.delete(key); }
  const shown = layers.filter(({ id }) => isChosen(id));
  // Opened by itself when the first is shown, if it leaves room for the map; closed by hand it stays closed.
  if (shown.length && list.dataset.shown !== "true") list.open = document.getElementById("map-stage").clientWidth >= 480;
  list.dataset.shown = String(shown.length > 0);
  list.hidden = layers.length === 0;
  list.firstChild.textContent = `Layers · ${shown.length} of ${layers.length} shown`;
  for (const layer of layers) {
    const key = `${layer.id} ${layer.count}`;
    if (!known.has(key)) known.set(key, layRow(layer));
    const { root, mark, toggle, unlike, count } = known.get(key);
    if (!root.isConnected) rows.append(root);
    const on = isChosen(layer.id);
    toggle.setAttribute("aria-pressed", String(on));
    toggle.title = on ? `Hide ${layer.name}` : `Show ${layer.name} on the map`;
    const { ink = "", shape = "diamond" } = on ? lookOf(layer.id) : {};
    mark.style.background = ink;
    mark.dataset.shape = shape;
    const about = on ? placesOf(layer.id) : null;
    unlike.hidden = !on;
    unlike.textContent = "placing …";
    if (!about) continue;
    unlike.textContent = about.unlike ? `${HOLLOW[shape]} ${numbers.count(about.unlike)} of ${numbers.count(count)} are unlike the data` : "all are like the data";
    unlike.title = "Hollow marks: farther from the data in latent space, or reconstructed worse, than 99 % of the items. Of the data's own items about one in a hundred would be, each way.";
  }
  asMap.checked = Boolean(state.view.layersAsMap);
  asMap.parentElement.hidden = shown.length === 0;
}
