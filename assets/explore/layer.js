// New items on an old map: a second layer over it, in the colours of the classes, filtered and clicked like the first.
import { asVisitor, framed, getJSON, url } from "./api.js";
import { mirror } from "./controls.js";
import { show } from "./decoded.js";
import { busyWhile } from "./busy.js";
import { onMapReady, plotElement, requestedColour, toPixels } from "./map.js";
import { cssOnScale } from "./moving.js";
import { tell, tellError } from "./notice.js";
import { colour, element } from "./picture.js";
import { current, state, subscribe, update } from "./store.js";
import { showOwn } from "./touched.js";

const NEAR = 7; // pixels within which an item is meant
const POLL = 300; // milliseconds
let layers = []; // of the space on show: id, name, count
let layersOf = null;
let placed = null; // { space, projection, layer, points, labels, color, classes, values }
let repaint = () => {};
const pathOf = (layer, rest) => `spaces/${state.space}/layers/${layer}/${rest}`;
const chosen = () => state.view.layer ?? null;

// What the control shows: nothing until the layer chosen is known to be there.
export const shownLayer = () => (layers.some(({ id }) => id === chosen()) ? chosen() : "");
export const layerChoices = () => [{ value: "", label: "none" }, ...layers.map(({ id, name, count }) => ({ value: id, label: `${name} (${count.toLocaleString("en")})` }))];

export async function refreshLayers() {
  const { space } = state;
  if (space === layersOf) return;
  const found = await getJSON(`spaces/${space}/layers`);
  if (space !== state.space) return;
  [layers, layersOf] = [found, space];
  if (chosen() && !layers.some(({ id }) => id === chosen())) update({ view: { ...state.view, layer: undefined } });
  mirror();
  place();
}

// ---- placing ----

let placing = 0;
async function place() {
  placing += 1;
  const mine = placing;
  const { space, projection } = state;
  const layer = chosen();
  // For another colour the items stay where they are.
  if (!hasNewcomers()) placed = null;
  repaint();
  if (!layer || !layers.some(({ id }) => id === layer)) return;
  const path = pathOf(layer, `places/${encodeURIComponent(projection)}`);
  const color = requestedColour();
  try {
    await getJSON(asVisitor(path), { method: "POST" });
    for (let waited = false; ;) {
      const { about, pixels } = await framed(`${path}?color=${encodeURIComponent(color ?? "")}`);
      if (mine !== placing) return;
      if (about.state === "done") {
        placed = { space, projection, layer, labels: about.labels, classes: about.classes, values: about.values, color, axes: about.shape[1], points: pixels };
        repaint();
        if (waited) tell("The new items are on the map.");
        return;
      }
      waited = true;
      if (about.state !== "waiting" && about.state !== "running") throw new Error(about.error || "The new items could not be placed.");
      tell(`Placing the new items … ${about.of ? `${about.step} of ${about.of}` : ""}`, "hint");
      await new Promise((resolve) => { setTimeout(resolve, POLL); });
    }
  } catch (error) {
    // A map that is still being computed will say when it is there.
    if (mine !== placing || error.status === 409) return;
    tellError(error);
    // Chosen again, it is placed again.
    update({ view: { ...state.view, layer: undefined } });
  }
}

// ---- drawing ----

export const hasNewcomers = () => Boolean(placed) && placed.space === state.space && placed.projection === state.projection && placed.layer === chosen();

// What colours the items of the map colours these too, on the same scale.
function scaleOf() {
  const trace = plotElement().data.find(({ marker }) => marker?.colorscale && marker.cmin !== undefined);
  if (!trace || !placed.values || placed.color !== requestedColour()) return null;
  return (i) => (placed.values[i] === null ? colour("--quiet") : cssOnScale(trace.marker, placed.values[i]));
}

// Classes of the same name have the same colour; a class hidden in the legend is hidden here too.
function looks() {
  const text = (markup) => new DOMParser().parseFromString(markup, "text/html").body.textContent;
  const found = new Map();
  for (const trace of plotElement().data) if (typeof trace.marker?.color === "string") found.set(text(trace.name ?? ""), { ink: trace.marker.color, hidden: trace.visible === "legendonly" });
  return found;
}

function visible() {
  const classes = looks();
  const plain = { ink: colour("--accent"), hidden: false };
  const found = [];
  const { axes, points } = placed;
  const scaled = scaleOf();
  for (let i = 0; i < points.length / axes; i += 1) {
    const look = (placed.classes && classes.get(placed.classes[i] || "missing")) ?? plain;
    if (!look.hidden) found.push({ index: i, place: toPixels(points.subarray(axes * i, axes * (i + 1))), ink: scaled ? scaled(i) : look.ink });
  }
  return found;
}

export const inksOfNewcomers = () => (hasNewcomers() ? visible().map(({ ink }) => ink) : []);

export function paintNewcomers(context) {
  const many = placed.points.length / placed.axes > 2000;
  const half = many ? 3 : 5;
  context.strokeStyle = colour("--ink");
  context.lineWidth = many ? 0.5 : 1.25;
  for (const { place: [x, y], ink } of visible()) {
    context.fillStyle = ink;
    context.beginPath();
    context.moveTo(x, y - half);
    context.lineTo(x + half, y);
    context.lineTo(x, y + half);
    context.lineTo(x - half, y);
    context.closePath();
    context.fill();
    context.stroke();
  }
}

// ---- touching ----

// The number of the new item under the pointer, null where there is none.
export function newcomerAt(at) {
  if (!at || !hasNewcomers() || !plotElement()?.data?.length) return null;
  const box = plotElement().getBoundingClientRect();
  const [x, y] = [(at.clientX ?? at.x) - box.left, (at.clientY ?? at.y) - box.top];
  let [best, least] = [null, NEAR];
  for (const { index, place } of visible()) {
    const away = Math.hypot(place[0] - x, place[1] - y);
    if (away <= least) [best, least] = [index, away];
  }
  return best;
}

let hovered = null;
export const overNewcomer = () => hovered !== null;
export function hoverNewcomer(at) {
  const index = newcomerAt(at);
  const card = document.getElementById("hover-card");
  if (index === null) {
    if (hovered !== null) card.hidden = true;
    hovered = null;
    return false;
  }
  if (index !== hovered) {
    const label = placed.labels?.[index];
    card.replaceChildren(
      element("img", { src: url(pathOf(placed.layer, `items/${index}.png`)), alt: `New item ${index}` }),
      element("div", {}, element("strong", {}, `New item ${index}`), element("p", {}, label || layers.find(({ id }) => id === placed.layer).name)),
    );
  }
  hovered = index;
  const box = card.parentElement.getBoundingClientRect();
  card.style.left = `${Math.min(at.x - box.left + 16, box.width - 200)}px`;
  card.style.top = `${Math.max(4, at.y - box.top - 20)}px`;
  card.hidden = false;
  return true;
}

export async function lookAtNewcomer(index) {
  const { space } = state;
  try {
    const { about, pixels } = await framed(pathOf(placed.layer, `items/${index}/look/${encodeURIComponent(state.projection)}`));
    if (space !== state.space) return;
    const z = Float32Array.from(about.z);
    show(z, pixels, 1);
    update({ z, item: null, spot: null }, { commit: true, own: true });
    showOwn(about, pixels);
  } catch (error) {
    tellError(error);
  }
}

// ---- adding ----

async function add(file) {
  if (!current.info?.can.encode) return tell("This model cannot encode new items.", "error");
  const { space } = state;
  tell(`Encoding ${file.name} …`);
  try {
    const made = await getJSON(`spaces/${space}/layers?file=${encodeURIComponent(file.name)}`, { method: "POST", body: file });
    if (space !== state.space) return undefined;
    layersOf = null;
    await refreshLayers();
    if (space !== state.space) return undefined;
    update({ view: { ...state.view, layer: made.id } }, { commit: true });
    tell(`${made.count.toLocaleString("en")} new items${made.left_out ? `; ${made.left_out} without finite latents are left out` : ""}.`);
  } catch (error) {
    tellError(error);
  }
  return undefined;
}

export function layLayer() {
  const input = element("input", { type: "file", accept: ".npz,.npy", hidden: true, id: "layer-file", "aria-label": "New items", onchange: () => { if (input.files[0]) busyWhile(document.getElementById("add-layer"), add(input.files[0])); input.value = ""; } });
  document.body.append(input);
  document.addEventListener("click", (event) => { if (event.target.id === "add-layer") input.click(); });
}

export function connectLayer(paint) {
  repaint = paint;
  onMapReady(place);
  let last = null;
  subscribe((changed) => {
    if (changed.has("space")) {
      layers = [];
      layersOf = null;
    }
    if (changed.has("projection") || changed.has("space")) placed = null;
    if ((changed.has("view") && chosen() !== last) || (changed.has("color") && chosen())) place();
    last = chosen();
    if (changed.has("selection")) repaint();
  });
}
