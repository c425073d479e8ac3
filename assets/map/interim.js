// Between the choice of another map and its being drawn: what is seen is what is touched.
import { showPulse } from "../core/busy.js";
import { noteMapBefore } from "../core/history.js";
import { isMoving } from "./animation.js";
import { tell } from "../core/notice.js";
import { state, subscribe } from "../core/store.js";
import { hasFigure, itemSeenAt, mapKey, spotOf } from "./surface.js";

const NEAR = 6; // pixels within which a point is meant
const stage = () => document.getElementById("map-stage");

// The map whose points are drawn, if it is one of the space on show; null before the first.
export function drawnMap() {
  const key = hasFigure() ? mapKey() : "";
  return key.startsWith(`${state.space}/`) ? key.slice(state.space.length + 1) : null;
}

// While a map is computed the one before lies faintly behind it and hears nothing itself.
export function layInterim({ touchSpot, touchItem }) {
  stage().addEventListener("click", (event) => {
    if (stage().dataset.stale === undefined || event.target.closest("button, #map-state")) return;
    const at = { x: event.clientX, y: event.clientY };
    const spot = !isMoving() && drawnMap() !== null && spotOf(at);
    if (!spot) {
      showPulse(at, false);
      tell(isMoving() ? "The points are still moving; click them once the map is ready." : "The map is on its way; click it once it is ready.");
      return;
    }
    const item = event.altKey ? null : itemSeenAt(at, NEAR);
    if (item === null) touchSpot(spot, at);
    else touchItem(item, at);
  });
  let wanted = null; // what was chosen last
  subscribe((changed) => {
    if (!changed.has("projection") && !changed.has("space")) return;
    const drawn = drawnMap();
    if (drawn !== null && drawn !== state.projection) noteMapBefore(drawn, wanted === drawn);
    wanted = state.projection;
  });
}
