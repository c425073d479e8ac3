// The one base point: where the coordinates off the plane of a PCA or raw map come from. Click, lens, grid, shade and
// the strips of directions all take it from here.
import { element } from "../core/element.js";
import { current, state, subscribe, update } from "../core/store.js";

const PLANAR = /^(pca|z:\d+,\d+)$/;

// Whether the map on show leaves coordinates open at all.
export const leavesOpen = (projection = state.projection) => Boolean(current.info) && PLANAR.test(projection) && current.info.latent_dim > 2;

export const isFromPoint = () => Boolean(state.view.offPlane);

// The latent point on show if coordinates are taken from it; null for the mean of the data, which the server knows.
export const basePoint = () => (isFromPoint() && state.z ? state.z : null);

// For a request about spots of a map.
export function baseQuery(projection = state.projection) {
  const base = leavesOpen(projection) ? basePoint() : null;
  return base ? `?base=${base.join(",")}` : "";
}

// How often it has moved: what was asked from it is told by that to be passed.
let moves = 0;
export const baseMoves = () => moves;

const listeners = [];
export const onBaseMoved = (listener) => { listeners.push(listener); };

export function toggleBase() {
  update({ view: { ...state.view, offPlane: isFromPoint() ? undefined : true } }, { commit: true });
}

const button = element("button", {
  id: "off-plane",
  className: "tool",
  hidden: true,
  "aria-pressed": "false",
  onclick: toggleBase,
});

// Stands on the map itself: it says what every spot means.
export function layBase(host) {
  host.prepend(button);
}

function paint() {
  button.hidden = !leavesOpen();
  if (button.hidden) return;
  const others = current.info.latent_dim - 2;
  const name = state.projection.startsWith("z:") ? `the other ${others} dimensions` : "what lies off the plane";
  button.textContent = isFromPoint() ? "Off the plane: point on show" : "Off the plane: data mean";
  button.title = isFromPoint()
    ? `A spot of this map sets two coordinates; ${name} stays as it is at the point on show. Click to take the mean of the data instead.`
    : `A spot of this map sets two coordinates; ${name} is that of the mean of the data. Click to keep it as it is at the point on show.`;
  button.setAttribute("aria-pressed", String(isFromPoint()));
}

let lastFrom = false;
subscribe((changed, how) => {
  if (changed.has("space") || changed.has("projection") || changed.has("view")) paint();
  const switched = changed.has("view") && lastFrom !== isFromPoint();
  lastFrom = isFromPoint();
  // A touched spot of this map moves the point within its plane only, so what lies off it stays.
  const moved = isFromPoint() && changed.has("z") && !how.answer;
  if (!switched && !moved) return;
  moves += 1;
  for (const listener of listeners) listener();
});
