// How large and how opaque the points of the map are.
import { coversPoints } from "./grid.js";
import { current, state } from "../core/store.js";
import { hasFigure, isDeep, restyle, traces } from "./surface.js";

const FAINT = { size: 2, opacity: 0.08 }; // under decoded pictures points only hint at where the items are

export function applyMarkers() {
  if (!hasFigure()) return;
  const deep = isDeep();
  let size = state.view.pointSize ?? (deep ? 3 : current.info?.count > 30000 ? 3 : 5);
  let opacity = state.view.pointOpacity ?? (deep ? 0.5 : 0.75);
  if (coversPoints()) [size, opacity] = [Math.min(size, FAINT.size), Math.min(opacity, FAINT.opacity)];
  document.getElementById("map-stage").dataset.grid = String(coversPoints());
  // Only those of the items: the legend has entries that draw nothing.
  const items = traces().flatMap((trace, i) => (trace.customdata ? [i] : []));
  const stale = items.some((i) => traces()[i].marker?.size !== size || traces()[i].marker?.opacity !== opacity);
  if (stale) restyle({ "marker.size": size, "marker.opacity": opacity }, items);
}
