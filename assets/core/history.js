// Where you were: undo, redo, the browser's Back, and a link that brings anyone here.
import { debounced } from "./api.js";
import { tellError } from "./notice.js";
import { remember, remembered } from "./remember.js";
import { questions } from "./revision.js";
import { current, sameNumbers, state, subscribe, update } from "./store.js";

export const PAGES = ["explore", "used", "components", "prior", "meaning", "items"];
const FARTHEST = 1e15; // as the server has it
const LONG = 32; // more dimensions than this are written as item + what was changed
const FLAGS = ["rankUp", "manifold", "biplot", "shade", "links", "lens", "offPlane", "only", "among", "layersAsMap"];
let depth = 0;
let furthest = 0;
let restoring = false;
let heldBack = false; // a step was taken while another was being restored
// The name under which a program listens to this page. It survives a reload with the history, and goes with no link.
export const reportTo = new URLSearchParams(location.search).get("report") ?? history.state?.report ?? null;
// The map that was drawn when another one was chosen, and the step with which it was; a reload forgets it as little as the steps.
let origin = null; // { space, map, depth }
const mark = () => ({ depth, report: reportTo, origin, own: own() });

// What the point on show is, where its address does not tell: an item that is none of the space. It goes with the entry.
let own = () => null;
export const carryOwn = (told) => { own = told; };
const entryListeners = [];
export const onEntry = (listener) => { entryListeners.push(listener); };
export const carryNow = () => { if (!restoring) history.replaceState(mark(), "", location.href); };

export const mapBefore = () => (origin?.space === state.space ? origin.map : "pca");

// `map` is drawn, and another one has been chosen just now: instead of itself, if it was the one wanted.
export function noteMapBefore(map, itself) {
  if (!restoring) origin = { space: state.space, map, depth: itself ? depth + 1 : null };
}

// A map that will not be: undone, where it was the last thing that was done, and then not done again; else left for the one before.
export function goBackFromMap() {
  settle();
  if (origin?.space === state.space && origin.depth === depth && depth > 0) {
    furthest = depth - 1;
    go(-1);
  } else update({ projection: mapBefore(), spot: null }, { commit: true });
}

// As few digits as bring back the same float32.
function number(value) {
  const exact = Math.fround(value);
  for (let digits = 6; digits < 9; digits += 1) {
    const short = Number(exact.toPrecision(digits));
    if (Math.fround(short) === exact) return String(short);
  }
  return String(Number(exact.toPrecision(9)));
}
const numbers = (values) => Array.from(values, number).join(",");

export function toQuery() {
  const query = new URLSearchParams();
  if (state.space) query.set("space", state.space);
  if (state.page !== "explore") query.set("page", state.page);
  query.set("projection", state.projection);
  if (state.color) query.set("color", state.color);
  if (state.item !== null) query.set("item", state.item);
  if (state.z && !(state.item !== null && sameNumbers(anchorOf(state.item)?.z, state.z))) writePoint(query);
  if (state.spot) query.set("spot", numbers(state.spot));
  for (const name of ["a", "b"]) if (state.pins[name]) query.set(name, numbers(state.pins[name]));
  const { view } = state;
  for (const flag of FLAGS) if (view[flag]) query.set(flag, 1);
  for (const value of ["units", "pointSize", "pointOpacity", "rank", "pictures"]) if (view[value] !== undefined) query.set(value, view[value]);
  if (view.layers?.length) query.set("layer", view.layers.join(","));
  if (view.relation) query.set("relation", view.relation.join(","));
  if (view.choices) query.set("choices", JSON.stringify(view.choices));
  if (state.frame) query.set("frame", numbers(state.frame));
  if (state.dimension !== null) query.set("dimension", state.dimension);
  if (state.within) query.set("within", JSON.stringify(state.within));
  if (state.selection?.length) query.set("hidden", JSON.stringify(state.selection));
  if (state.chosen) query.set("chosen", state.chosen);
  // Commas may stand in a query as they are, and read better so.
  return query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
}

// The item the point on show was reached from: a long point is written as what differs from it.
let anchor = null;
export function setAnchor(item) {
  anchor = item;
}

export const anchorOf = (item) => (anchor && anchor.space === state.space && anchor.index === item ? anchor : null);

function writePoint(query) {
  const from = state.z.length > LONG ? anchorOf(state.item) : null;
  if (from) {
    const changes = [];
    state.z.forEach((value, j) => { if (value !== from.z[j]) changes.push(`${j}:${number(value)}`); });
    if (changes.length <= LONG) {
      query.set("dz", changes.join(","));
      return;
    }
  }
  query.set("z", numbers(state.z));
}

// Which items are looked at: a range of a number, or one value of a column.
function partOf(asked) {
  if (asked === null) return null;
  const { column, low, high, value } = asked;
  if (typeof column === "string" && typeof value === "string") return { column, value };
  if (typeof column === "string" && Number.isFinite(low) && Number.isFinite(high)) return { column, low, high };
  throw new Error("no part of the items");
}

// What a link asks for; parts that make no sense are left out and named.
export function fromQuery(text) {
  const query = new URLSearchParams(text);
  const puzzling = [];
  const list = (name) => {
    const value = query.get(name);
    if (value === null) return null;
    const values = value.split(",").map(Number);
    if (value.trim() === "" || values.some((one) => !(Math.abs(one) <= FARTHEST))) {
      puzzling.push(name);
      return null;
    }
    return Float32Array.from(values);
  };
  const item = query.get("item");
  const wanted = {
    space: query.get("space"),
    projection: query.get("projection") ?? "pca",
    color: query.get("color"),
    item: item !== null && /^\d+$/.test(item) ? Number(item) : null,
    z: list("z"),
    spot: list("spot"),
    pins: { a: list("a"), b: list("b") },
    frame: list("frame"),
    changes: query.get("dz"),
    selection: null,
    page: query.get("page") ?? "explore",
    dimension: /^\d+$/.test(query.get("dimension") ?? "") ? Number(query.get("dimension")) : null,
    within: null,
    chosen: query.get("chosen") || null,
    view: {},
  };
  if (!PAGES.includes(wanted.page)) {
    puzzling.push("page");
    wanted.page = "explore";
  }
  const { frame } = wanted;
  if (frame && !(frame.length === 9 || (frame.length === 4 && frame[0] < frame[1] && frame[2] < frame[3]))) {
    puzzling.push("frame");
    wanted.frame = null;
  }
  if (item !== null && wanted.item === null) puzzling.push("item");
  for (const flag of FLAGS) if (query.get(flag) === "1") wanted.view[flag] = true;
  const layers = [...new Set((query.get("layer") ?? "").split(","))].filter((layer) => /^[a-z0-9][a-z0-9-]{0,47}$/.test(layer));
  if (layers.length) wanted.view.layers = layers;
  if (query.get("rank")) wanted.view.rank = query.get("rank");
  if (["both", "difference"].includes(query.get("pictures"))) wanted.view.pictures = query.get("pictures");
  const [, dimension, source, column] = /^(\d+),(table|measured),(.+)$/s.exec(query.get("relation") ?? "") ?? [];
  if (column) wanted.view.relation = [Number(dimension), source, column];
  else if (query.get("relation")) puzzling.push("relation");
  if (query.get("units") === "sigma") wanted.view.units = "sigma";
  if (wanted.spot && wanted.spot.length !== 2) {
    puzzling.push("spot");
    wanted.spot = null;
  }
  for (const [name, low, high] of [["pointSize", 1, 12], ["pointOpacity", 0.05, 1]]) {
    const value = Number(query.get(name));
    if (!query.has(name)) continue;
    if (value >= low && value <= high) wanted.view[name] = value;
    else puzzling.push(name);
  }
  try {
    wanted.within = partOf(JSON.parse(query.get("within") ?? "null"));
  } catch {
    puzzling.push("within");
  }
  try {
    const choices = JSON.parse(query.get("choices") ?? "null");
    const kept = Object.entries(choices ?? {}).filter(([, value]) => typeof value === "string");
    if (kept.length) wanted.view.choices = Object.fromEntries(kept);
  } catch {
    puzzling.push("choices");
  }
  try {
    const hidden = JSON.parse(query.get("hidden") ?? "null");
    if (Array.isArray(hidden)) wanted.selection = hidden.map(String);
  } catch {
    puzzling.push("hidden");
  }
  return { wanted, puzzling };
}

// What was done in the workspace, and not merely looked at, is undone by whoever did it; `handler(deed, back)`.
const handlers = new Map();
export const onDeed = (kind, handler) => { handlers.set(kind, handler); };
const deeds = () => JSON.parse(remembered("deeds") ?? "{}"); // depth of the entry -> deed, as long as the tab lives

// An entry of its own, at the same address.
export function did(deed) {
  replaceSoon.cancel();
  deeper();
  keepDeeds({ [depth]: deed });
  history.pushState(mark(), "", `${location.pathname}?${toQuery()}`);
  showDepth();
}

// Those that could be redone are gone once another step was taken.
function keepDeeds(more = {}) {
  const kept = Object.entries(deeds()).filter(([at]) => Number(at) < depth);
  remember("deeds", JSON.stringify({ ...Object.fromEntries(kept), ...more }));
}

// From one depth to another, deed by deed in their order.
async function goThrough(from, to) {
  const back = to < from;
  const between = Object.entries(deeds()).filter(([at]) => (back ? at > to && at <= from : at > from && at <= to));
  between.sort(([one], [other]) => (back ? other - one : one - other));
  for (const [, deed] of between) await handlers.get(deed.kind)?.(deed, back);
}

function write(push) {
  if (restoring) heldBack ||= push;
  if (restoring || !current.info) return;
  const address = `${location.pathname}?${toQuery()}`;
  if (push && address === location.pathname + location.search) return;
  if (push) {
    deeper();
    keepDeeds();
    history.pushState(mark(), "", address);
    showDepth();
  } else history.replaceState(mark(), "", address);
}

// What could not be used of a link must not be handed on with it.
export const correctAddress = () => history.replaceState(mark(), "", `${location.pathname}?${toQuery()}`);

const replaceSoon = debounced(() => write(false), 250);

function showDepth() {
  remember("furthest", String(furthest));
  for (const [id, possible] of [["undo", depth > 0], ["redo", depth < furthest]]) {
    document.getElementById(id)?.toggleAttribute("data-disabled", !possible);
    document.getElementById(id)?.setAttribute("aria-disabled", String(!possible));
  }
}

// A slider that has just been let go of is a step of its own.
const settling = [];
export const settleFirst = (action) => { settling.push(action); };
const settle = () => { for (const action of settling) action(); };
// The browser goes in its own time, and of two steps asked for at once it may take one only; none may lead out of the page's own.
let aim = null; // the step that is gone to
let going = false;
function go(by) {
  settle();
  aim = Math.min(furthest, Math.max(0, (aim ?? depth) + by));
  goOn();
}
function goOn() {
  if (going) return;
  if (aim === null || aim === depth) {
    aim = null;
    return;
  }
  going = true;
  history.go(aim - depth);
}
// A step of its own begins here.
function deeper() {
  aim = null;
  going = false;
  depth += 1;
  furthest = depth;
}
export const undo = () => go(-1);
export const redo = () => go(1);

export function connectHistory(restore) {
  depth = history.state?.depth ?? 0;
  origin = history.state?.origin ?? null;
  for (const listener of entryListeners) listener(history.state?.own ?? null);
  furthest = Math.max(depth, history.state?.depth === undefined ? 0 : Number(remembered("furthest") ?? 0));
  history.replaceState(mark(), "", location.href.replace(/([?&])report=[^&#]*&?/, "$1").replace(/[?&]$/, ""));
  if (history.state?.depth === undefined) remember("deeds", "{}");
  showDepth();
  const moves = questions();
  let done = Promise.resolve(); // deeds are undone one after the other, however quickly that is asked for
  window.addEventListener("popstate", async (event) => {
    replaceSoon.cancel();
    const newest = moves();
    const [from, to] = [depth, event.state?.depth ?? 0];
    depth = to;
    going = false;
    goOn();
    origin = event.state?.origin ?? null;
    showDepth();
    restoring = true;
    heldBack = false;
    for (const listener of entryListeners) listener(event.state?.own ?? null);
    const arrived = await restore(fromQuery(location.search), () => heldBack);
    done = done.then(() => goThrough(from, to)).catch(tellError);
    await done;
    if (!newest()) return; // the newest move alone says where the page is
    restoring = false;
    // What was gone to meanwhile is the next step from here.
    if (!arrived && heldBack) write(true);
  });
  subscribe((_changed, how) => {
    if (how.initial) return;
    if (how.commit) {
      replaceSoon.cancel();
      write(true);
    } else if (how.slider === undefined && !how.settling) replaceSoon(); // a slider commits when it comes to rest
  });
}
