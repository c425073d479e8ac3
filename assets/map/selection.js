// What is selected on the map. How it came about stands in the store and the address, as text the server reads and writes;
// which items these are, how many and of what classes, the server tells.
import { framed, onReconnect } from "../core/api.js";
import { onMapReady, requestMap } from "./map_request.js";
import { tell, tellError } from "../core/notice.js";
import { requestedColour } from "./requested_colour.js";
import { questions } from "../core/revision.js";
import { isColour, SELECTION, showsOnly } from "./selection_query.js";
import { current, state, subscribe, update } from "../core/store.js";

const KEPT = 12;

const known = new Map(); // "space|chosen" -> what the server told, the last ones
const changes = questions("space", "chosen");
const refreshes = questions("space", "chosen", "color");
const open = new Set(); // what tells of each question whether it still counts
let missing = null; // why the selection of the address is not there

const key = (chosen = state.chosen) => `${state.space}|${chosen}`;

// { count, total, column, classes, left_out, bits } of the selection on show; null while there is none, or it is not known yet.
export const selected = () => (state.chosen ? known.get(key()) ?? null : null);
export const isWorking = () => [...open].some((counts) => counts());
export const whyMissing = () => (state.chosen && !selected() ? missing : null);
export const isSelected = (index) => Boolean(selected().bits[index >> 3] & (1 << (index & 7)));
// Whether anything stands out: of an empty selection nothing does.
export const standsOut = () => Boolean(selected()?.count);

const listeners = [];
export const onSelection = (listener) => { listeners.push(listener); };
const tellAll = () => { for (const listener of listeners) listener(); };

async function ask(path, body) {
  const { about, pixels } = await framed(`spaces/${state.space}/${path}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  return { ...about, bits: pixels };
}

// Classes are those of the column that coloured the map when they were asked for.
function remember(at, told, color) {
  known.delete(at);
  known.set(at, { ...told, color });
  if (known.size > KEPT) known.delete(known.keys().next().value);
}

// Only what is shown can be meant.
const shown = () => ({ color: requestedColour() ?? "", hidden: state.selection ?? [], within: state.within, only: showsOnly() });

// True once the selection is another one.
async function change(path, body) {
  const counts = changes();
  const { color } = state;
  open.add(counts);
  tellAll();
  try {
    const told = await ask(path, { ...shown(), ...body, chosen: state.chosen ?? "" });
    if (!counts()) return false;
    remember(key(told.chosen), told, color);
    open.delete(counts);
    update({ chosen: told.chosen }, { commit: true });
    return true;
  } catch (error) {
    if (counts()) tellError(error);
    return false;
  } finally {
    open.delete(counts);
    tellAll();
  }
}

const byShape = { lasso: (corners) => ({ polygon: corners }), box: ([[left, bottom], [right, top]]) => ({ box: [left, right, bottom, top] }) };

export const selectShape = (kind, corners, mode) => change(`select/${encodeURIComponent(state.projection)}`, { mode, ...byShape[kind](corners) });
export const selectHits = (text, mode = "new") => change("selection", { mode, find: text });
export const selectAllShown = (mode = "new") => change("selection", { mode, all: true });
export const invert = () => change("selection", { flip: true });

// What only makes sense of a selection goes with it.
function drop(how) {
  const { only, among, ...view } = state.view;
  update({ chosen: null, view, ...(state.color === SELECTION ? { color: current.info.default_column, selection: null } : {}) }, how);
}

export function clear() {
  changes(); // what was asked for is not waited for any more
  drop({ commit: true });
  tell("Nothing is selected any more.");
}

let colourBefore = null;
export function toggleColour() {
  if (state.color !== SELECTION) colourBefore = { space: state.space, color: state.color };
  const back = colourBefore?.space === state.space ? colourBefore.color : current.info.default_column;
  update({ color: state.color === SELECTION ? back : SELECTION, selection: null }, { commit: true });
}

export const setView = (wanted) => update({ view: { ...state.view, ...wanted } }, { commit: true });

// A selection that came with the address, with undo, or is to be told by other classes.
async function refresh() {
  if (!state.chosen || selected()?.color === state.color) {
    tellAll();
    return;
  }
  const counts = refreshes();
  const [at, { color }] = [key(), state];
  missing = null;
  open.add(counts);
  tellAll();
  try {
    const told = await ask("selection", { chosen: state.chosen, color: requestedColour() ?? "" });
    if (!counts()) return;
    remember(at, told, color);
  } catch (error) {
    if (!counts()) return;
    missing = error.message;
    if (error.status === 0) onReconnect(refresh);
    // A map that is not there yet may come; whatever else cannot be had is left out.
    else if (error.status !== 409) {
      tell(`The selection could not be used here and was left out: ${error.message}`, "error");
      drop();
    }
  } finally {
    open.delete(counts);
    tellAll();
  }
}

export function connectChosen() {
  onMapReady(() => { if (missing) refresh(); });
  subscribe((changed) => {
    if (["chosen", "space", "color"].some((name) => changed.has(name))) refresh();
    const redraws = changed.has("chosen") && (isColour() || state.color === SELECTION || state.view.only);
    if ((redraws || (changed.has("view") && onlyBefore !== showsOnly())) && !changed.has("space") && !changed.has("projection") && !changed.has("color")) requestMap();
    onlyBefore = showsOnly();
    if (changed.has("view")) tellAll();
  });
}
let onlyBefore = false;
