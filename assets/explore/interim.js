// Between the choice of another map and its being drawn: what is seen is what is touched.
import { showPulse } from "./busy.js";
import { noteMapBefore } from "./history.js";
import { isMoving } from "./moving.js";
import { tell } from "./notice.js";
import { state, subscribe } from "./store.js";

const NEAR = 6; // pixels within which a point is meant
const stage = () => document.getElementById("map-stage");

// The map whose points are drawn, if it is one of the space on show; null before the first.
export function drawnMap(plot) {
  const key = plot?.data?.length ? String(plot._fullLayout?.uirevision ?? "") : "";
  return key.startsWith(`${state.space}/`) ? key.slice(state.space.length + 1) : null;
}

// The item seen at a place of the window, null where there is none.
function itemSeenAt(plot, { x, y }) {
  const { xaxis, yaxis } = plot._fullLayout;
  const box = plot.getBoundingClientRect();
  const [px, py] = [x - box.left - xaxis._offset, y - box.top - yaxis._offset];
  let [best, least] = [null, NEAR];
  for (const trace of plot._fullData) {
    if (trace.visible !== true || !trace.customdata) continue;
    for (let i = 0; i < trace.x.length; i += 1) {
      const away = Math.hypot(xaxis.c2p(trace.x[i]) - px, yaxis.c2p(trace.y[i]) - py);
      if (away <= least) [best, least] = [Number(trace.customdata[i]), away];
    }
  }
  return best;
}

// While a map is computed the one before lies faintly behind it and hears nothing itself.
export function layInterim(plotElement, { spotOf, touchSpot, touchItem }) {
  stage().addEventListener("click", (event) => {
    if (stage().dataset.stale === undefined || event.target.closest("button, #map-state")) return;
    const plot = plotElement();
    const at = { x: event.clientX, y: event.clientY };
    const spot = !isMoving() && drawnMap(plot) !== null && spotOf(at);
    if (!spot) {
      showPulse(at, false);
      tell(isMoving() ? "The points are still moving; click them once the map is ready." : "The map is on its way; click it once it is ready.");
      return;
    }
    const item = event.altKey ? null : itemSeenAt(plot, at);
    if (item === null) touchSpot(spot, at);
    else touchItem(item, at);
  });
  let wanted = null; // what was chosen last
  subscribe((changed) => {
    if (!changed.has("projection") && !changed.has("space")) return;
    const drawn = drawnMap(plotElement());
    if (drawn !== null && drawn !== state.projection) noteMapBefore(drawn, wanted === drawn);
    wanted = state.projection;
  });
}
