// How large and how opaque the points of the map are.
import { coversPoints } from "./grid.js";
import { current, state } from "./store.js";

const FAINT = { size: 2, opacity: 0.08 }; // under decoded pictures points only hint at where the items are

export function applyMarkers(plot) {
  if (!plot?.data?.length || !window.Plotly) return;
  const deep = Boolean(plot._fullLayout.scene);
  let size = state.view.pointSize ?? (deep ? 3 : current.info?.count > 30000 ? 3 : 5);
  let opacity = state.view.pointOpacity ?? (deep ? 0.5 : 0.75);
  if (coversPoints()) [size, opacity] = [Math.min(size, FAINT.size), Math.min(opacity, FAINT.opacity)];
  document.getElementById("map-stage").dataset.grid = String(coversPoints());
  // Only those of the items: the legend has entries that draw nothing.
  const items = plot.data.flatMap((trace, i) => (trace.customdata ? [i] : []));
  const stale = items.some((i) => plot.data[i].marker?.size !== size || plot.data[i].marker?.opacity !== opacity);
  if (stale) window.Plotly.restyle(plot, { "marker.size": size, "marker.opacity": opacity }, items);
}
