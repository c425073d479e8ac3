// Other data of a space, its layers: which there are, which are shown, and where their items lie on the map on show.
import * as numbers from "../draw/numbers.js";
import { withVisitorId, framed, getJSON } from "../core/api.js";
import { onMapReady } from "./map_request.js";
import { tell, tellError } from "../core/notice.js";
import { questions, under } from "../core/revision.js";
import { current, state, subscribe, update } from "../core/store.js";
import { requestedColour } from "./requested_colour.js";

const POLL = 300; // milliseconds
export const MOST_SHOWN = 20; // layers at once: five colours of four shapes
let layers = []; // of the space on show: { id, name, count }
let layersOf = null;
const listings = questions("space"); // which there are
const placed = new Map(); // id -> { space, projection, points, axes, labels, classes, values, color, foreign, unlike }
const placings = new Map(); // id -> its line of questions
const slots = new Map(); // id -> which colour it has, for as long as the space is on show
let changed = () => {};

export const pathOf = (layer, rest) => `spaces/${state.space}/layers/${layer}/${rest}`;
const chosen = () => state.view.layers ?? [];
export const allLayers = () => layers;
export const isChosen = (id) => chosen().includes(id);
const ofMapOnShow = (id) => placed.get(id)?.space === state.space && placed.get(id).projection === state.projection;
export const placesOf = (id) => (ofMapOnShow(id) ? placed.get(id) : null);

// Shown, and placed on the map on show.
export const layersOnMap = () => layers.filter(({ id }) => isChosen(id) && ofMapOnShow(id));

// The first that no other has; once all are taken, that of one which is not shown.
export function slotOf(id) {
  if (!slots.has(id)) {
    const taken = new Set(slots.values());
    let free = 0;
    while (taken.has(free)) free += 1;
    if (free >= MOST_SHOWN) {
      const hidden = [...slots.keys()].find((other) => !isChosen(other));
      free = slots.get(hidden);
      slots.delete(hidden);
    }
    slots.set(id, free);
  }
  return slots.get(id);
}

/** @param {string} id @param {boolean} on @param {How} how */
export function showLayer(id, on, how = { commit: true }) {
  const others = chosen().filter((other) => other !== id);
  if (on && others.length >= MOST_SHOWN) {
    tell(`No more than ${MOST_SHOWN} layers can be told apart at once; hide another one first.`, "error");
    return;
  }
  const all = on ? [...others, id] : others;
  update({ view: { ...state.view, layers: all.length ? all : undefined } }, how);
}

export async function refreshLayers() {
  const { space } = state;
  if (space === layersOf) return;
  const counts = listings();
  const found = await getJSON(`spaces/${space}/layers`);
  if (!counts()) return;
  [layers, layersOf] = [found, space];
  for (const [at, id] of chosen().entries()) if (at >= MOST_SHOWN || !layers.some((layer) => layer.id === id)) showLayer(id, false, {});
  placeAll();
}

function placeAll() {
  for (const id of chosen()) {
    slotOf(id); // colours in the order of the address: a link shows the same to everybody
    place(id);
  }
  changed();
}

async function place(id) {
  const { space, projection } = state;
  const layer = layers.find((one) => one.id === id);
  const color = requestedColour();
  const known = placesOf(id);
  if (!layer || (known && known.color === color)) return;
  if (!placings.has(id)) placings.set(id, questions("space", "projection", "color"));
  const wanted = placings.get(id)();
  const path = pathOf(id, `places/${encodeURIComponent(projection)}`);
  try {
    await getJSON(withVisitorId(path), { method: "POST" });
    for (let waited = false; ;) {
      const { about, pixels } = await framed(`${path}?color=${encodeURIComponent(color ?? "")}`);
      if (!wanted()) return;
      if (about.state === "done") {
        const { labels, classes, values, foreign, foreign_count: unlike, shape } = about;
        placed.set(id, { space, projection, color, labels, classes, values, foreign, unlike, axes: shape[1], points: pixels });
        changed();
        if (waited) tell(`${layer.name} is on the map.`);
        return;
      }
      waited = true;
      if (about.state !== "waiting" && about.state !== "running") throw new Error(about.error || `${layer.name} could not be placed.`);
      tell(`Placing ${layer.name} … ${about.of ? `${about.step} of ${about.of}` : ""}`, "hint");
      await new Promise((resolve) => { setTimeout(resolve, POLL); });
    }
  } catch (error) {
    // A map that is still being computed will say when it is there.
    if (!wanted() || error.status === 409) return;
    tellError(error);
    // Shown again, it is placed again.
    showLayer(id, false, {});
  }
}

export async function addLayer(file) {
  if (!current.info?.can.encode) return tell("This model cannot encode new items.", "error");
  const { space } = state;
  const counts = under("space");
  tell(`Encoding ${file.name} …`, "hint");
  try {
    const made = await getJSON(`spaces/${space}/layers?file=${encodeURIComponent(file.name)}`, { method: "POST", body: file });
    if (!counts()) return undefined;
    placed.delete(made.id);
    layersOf = null;
    await refreshLayers();
    if (!counts()) return undefined;
    showLayer(made.id, true);
    tell(`${numbers.count(made.count)} new items${made.left_out ? `; ${numbers.count(made.left_out)} without finite latents are left out` : ""}.`);
  } catch (error) {
    tellError(error);
  }
  return undefined;
}

// For good: its files are deleted.
export async function removeLayer(id) {
  const counts = under("space");
  await getJSON(`spaces/${state.space}/layers/${id}`, { method: "DELETE" });
  placed.delete(id);
  if (!counts()) return;
  layers = layers.filter((layer) => layer.id !== id);
  if (isChosen(id)) showLayer(id, false, {});
  changed();
}

export function connectPlaces(listener) {
  changed = listener;
  onMapReady(placeAll);
  let last = "";
  subscribe((names) => {
    if (names.has("space")) {
      layers = [];
      layersOf = null;
      placed.clear();
      slots.clear();
    }
    if ((names.has("view") && chosen().join() !== last) || (names.has("color") && chosen().length)) placeAll();
    last = chosen().join();
  });
}
