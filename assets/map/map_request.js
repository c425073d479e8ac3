// Asking for a map: its figure, in the colours chosen, once it is there.
import { getJSON, onReconnect } from "../core/api.js";
import { ask } from "../point/decoded.js";
import { mapBefore } from "../core/history.js";
import { hideCard } from "./hover.js";
import { watchMap } from "./computing.js";
import { still } from "./animation.js";
import { tellError } from "../core/notice.js";
import { isDark } from "../draw/picture.js";
import { requestedColour } from "./requested_colour.js";
import { questions } from "../core/revision.js";
import { isColour, selectionQuery, showsOnly } from "./selection_query.js";
import { scaled } from "../core/text_size.js";
import { state, update } from "../core/store.js";
import { asWanted, hasFigure, meta } from "./surface.js";

const stage = () => document.getElementById("map-stage");
const listeners = [];
export const onMapReady = (listener) => { listeners.push(listener); };

// While a map is being computed the one before stands behind it, in the colours chosen.
export function requestMap() {
  const there = stage().dataset.stale === undefined;
  const projection = there ? state.projection : mapBefore();
  asked += 1;
  if (there) showBusy(true);
  window.dash_clientside.set_props("map-request", { data: { space: state.space, projection, color: requestedColour(projection), dark: isDark(), text: scaled(12), frame: state.frame, asked, ...(isColour() || showsOnly() ? selectionQuery() : {}) } });
}

let asked = 0; // figures; each tells which request it answers
const showBusy = (on) => (on ? stage().setAttribute("aria-busy", "true") : stage().removeAttribute("aria-busy"));
// Is what has been drawn what was asked for last?
export function noteDrawn() {
  if (meta().asked !== asked || stage().dataset.stale !== undefined) return;
  showBusy(false);
  if (asWanted()) still();
}

// What was asked for will not be drawn.
export function notDrawn() {
  showBusy(false);
  still();
}

const maps = questions("space", "projection");
export async function chooseMap() {
  const { space, projection } = state;
  const counts = maps();
  hideCard();
  showBusy(true);
  try {
    if ((await watchMap(space, projection, () => { if (!hasFigure()) requestMap(); })) && counts()) shownNow();
  } catch (error) {
    if (!counts()) return; // another one has been chosen, and asked for
    gone(error);
    // What cannot be made for this set must not leave the page without a map.
    const refused = error.status >= 400 && error.status < 500;
    if (refused && projection !== "pca") update({ projection: "pca", spot: null });
  }
}

// A server that comes back finds the page asking for what could not be had meanwhile.
function gone(error) {
  showBusy(false);
  tellError(error);
  if (error.status === 0) onReconnect(chooseMap);
}

// The map is there: draw it, and find the point on show in it.
export function shownNow() {
  requestMap();
  ask();
  for (const listener of listeners) listener();
}

// The same map in other colours.
export function recolourMap() {
  requestMap();
  // Dash keeps a server that has gone to itself.
  getJSON(`spaces/${state.space}/projections/${encodeURIComponent(state.projection)}`).catch(gone);
}
