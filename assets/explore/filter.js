// The legend filters: which classes are hidden is in the store, and every figure follows it.
import { selectionQuery } from "./chosen.js";
import { plotElement } from "./map.js";
import { state, update } from "./store.js";

let filterChanged = false;
// A class is known by its name, which the figure holds beside what Plotly writes for it; other traces have none.
export const classOf = (trace) => trace.meta?.class ?? null;
const hiddenClasses = () => plotElement().data.filter((trace) => classOf(trace) !== null && trace.visible === "legendonly").map(classOf);
let filtered = null; // the traces the filter of the store has been applied to

export function rememberFilter() {
  const hidden = hiddenClasses();
  if (JSON.stringify(hidden) !== JSON.stringify(state.selection ?? [])) update({ selection: hidden.length ? hidden : null }, { commit: true });
  labelShown();
}

const figureName = (plot) => `${plot.data[0].uid}${state.color}${JSON.stringify(selectionQuery())}`;

// A figure comes from the server with every class shown.
export function applyFilter() {
  const plot = plotElement();
  if (!plot?.data?.length || (filtered === figureName(plot) && !filterChanged)) return;
  filtered = figureName(plot);
  filterChanged = false;
  const meant = plainNames(state.selection, plot.data.map(classOf));
  if (JSON.stringify(meant) !== JSON.stringify(state.selection)) update({ selection: meant });
  const hidden = new Set(meant ?? []);
  const visible = plot.data.map((trace) => (hidden.has(classOf(trace)) ? "legendonly" : true));
  const stale = plot.data.some((trace, i) => (trace.visible ?? true) !== visible[i]);
  if (stale) window.Plotly.restyle(plot, { visible });
  labelShown();
}

// Older addresses have the names of classes as HTML writes them.
const textOf = (markup) => new DOMParser().parseFromString(markup, "text/html").body.textContent;
const plainNames = (names, classes) => names?.map((name) => (!classes.includes(name) && classes.includes(textOf(name)) ? textOf(name) : name)) ?? null;

// The name of a class goes with its points.
function labelShown() {
  const plot = plotElement();
  const hidden = new Set(hiddenClasses());
  const labels = plot.layout.meta?.labels ?? [];
  const changes = {};
  (plot.layout.annotations ?? []).forEach((label, i) => {
    const visible = !hidden.has(labels[i]);
    if ((label.visible ?? true) !== visible) changes[`annotations[${i}].visible`] = visible;
  });
  if (Object.keys(changes).length) window.Plotly.relayout(plot, changes);
}

// The store has other classes hidden than the figure: after undo, or a link.
export function filterAnew() {
  filterChanged = JSON.stringify(plotElement()?.data ? hiddenClasses() : null) !== JSON.stringify(state.selection ?? []);
  if (filterChanged) applyFilter();
}
