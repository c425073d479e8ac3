// The legend filters: which classes are hidden is in the store, and every figure follows it.
import { hasFigure, layout, meta, relayout, restyle, traces } from "./surface.js";
import { state, update } from "../core/store.js";
import { selectionQuery } from "./selection_query.js";

let filterChanged = false;
// A class is known by its name, which the figure holds beside what Plotly writes for it; other traces have none.
export const classOf = (trace) => trace.meta?.class ?? null;
const hiddenClasses = () => traces().filter((trace) => classOf(trace) !== null && trace.visible === "legendonly").map(classOf);
let filtered = null; // the traces the filter of the store has been applied to

export function rememberFilter() {
  const hidden = hiddenClasses();
  if (JSON.stringify(hidden) !== JSON.stringify(state.selection ?? [])) update({ selection: hidden.length ? hidden : null }, { commit: true });
  labelShown();
}

const figureName = () => `${traces()[0].uid}${state.color}${JSON.stringify(selectionQuery())}`;

// A figure comes from the server with every class shown.
export function applyFilter() {
  if (!hasFigure() || (filtered === figureName() && !filterChanged)) return;
  filtered = figureName();
  filterChanged = false;
  const meant = plainNames(state.selection, traces().map(classOf));
  if (JSON.stringify(meant) !== JSON.stringify(state.selection)) update({ selection: meant });
  const hidden = new Set(meant ?? []);
  const visible = traces().map((trace) => (hidden.has(classOf(trace)) ? "legendonly" : true));
  const stale = traces().some((trace, i) => (trace.visible ?? true) !== visible[i]);
  if (stale) restyle({ visible });
  labelShown();
}

// Older addresses have the names of classes as HTML writes them.
const textOf = (markup) => new DOMParser().parseFromString(markup, "text/html").body.textContent;
const plainNames = (names, classes) => names?.map((name) => (!classes.includes(name) && classes.includes(textOf(name)) ? textOf(name) : name)) ?? null;

// The name of a class goes with its points.
function labelShown() {
  const hidden = new Set(hiddenClasses());
  const labels = meta().labels ?? [];
  const changes = {};
  (layout().annotations ?? []).forEach((label, i) => {
    const visible = !hidden.has(labels[i]);
    if ((label.visible ?? true) !== visible) changes[`annotations[${i}].visible`] = visible;
  });
  if (Object.keys(changes).length) relayout(changes);
}

// The store has other classes hidden than the figure: after undo, or a link.
export function filterAnew() {
  filterChanged = JSON.stringify(hasFigure() ? hiddenClasses() : null) !== JSON.stringify(state.selection ?? []);
  if (filterChanged) applyFilter();
}
