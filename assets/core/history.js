// Where you were: undo, redo, the browser's Back, and a link that brings anyone here.
import { fromQuery, toQuery } from "./address.js";
import { debounced } from "./api.js";
import { tellError } from "./notice.js";
import { remember, remembered } from "./remember.js";
import { questions } from "./revision.js";
import { current, state, subscribe, update } from "./store.js";

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
  const between = Object.entries(deeds()).map(([at, deed]) => ({ at: Number(at), deed })).filter(({ at }) => (back ? at > to && at <= from : at > from && at <= to));
  between.sort((one, other) => (back ? other.at - one.at : one.at - other.at));
  for (const { deed } of between) await handlers.get(deed.kind)?.(deed, back);
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
  for (const [id, possible] of Object.entries({ undo: depth > 0, redo: depth < furthest })) {
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
