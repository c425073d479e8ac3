// Sliders of directions: they move the point on show along a direction, from the one base point, and stand where it lies.
import { debounced } from "../core/api.js";
import { isFromPoint, onBaseMoved, toggleBase } from "../point/base.js";
import { settleFirst } from "../core/history.js";
import { state, subscribe, update } from "../core/store.js";
import { paintStripsAlong } from "./along_strips.js";

const panel = () => document.getElementById("study-panel");
const numbers = new WeakMap(); // slider -> { centre, direction, readout }

export function directionOf(slider) {
  if (!numbers.has(slider)) {
    const read = (name) => Float64Array.from(slider.dataset[name].split(","), Number);
    numbers.set(slider, { centre: read("centre"), direction: read("direction"), readout: read("readout") });
  }
  return numbers.get(slider);
}

function scoreOf(slider) {
  const { centre, readout } = directionOf(slider);
  let score = 0;
  for (let j = 0; j < centre.length; j += 1) score += (state.z[j] - centre[j]) * readout[j];
  return score;
}

// The latent point at t along a direction. Whatever else there is to it comes from the base point.
export function pointAlong(slider, t) {
  const { centre, direction } = directionOf(slider);
  if (!isFromPoint()) return Float32Array.from(centre, (value, j) => value + t * direction[j]);
  const by = t - scoreOf(slider);
  return state.z.map((value, j) => value + by * direction[j]);
}

const commit = debounced(() => update({}, { commit: true }), 350);
settleFirst(commit.flush);

let moving = null;
function moved(event) {
  const slider = event.target;
  if (!slider.matches?.("input.along") || !state.z) return;
  moving = slider;
  update({ z: pointAlong(slider, Number(slider.value)), spot: null, item: null }, { settling: true });
  moving = null;
  commit();
}

export function placeAlong(root = panel()) {
  if (!state.z || panel().hidden) return;
  for (const slider of root.querySelectorAll("input.along")) {
    if (slider !== moving && directionOf(slider).centre.length === state.z.length) slider.value = scoreOf(slider);
  }
  for (const button of root.querySelectorAll("[data-base]")) {
    button.textContent = isFromPoint() ? "From the point on show" : "From the data mean";
    button.setAttribute("aria-pressed", String(isFromPoint()));
  }
  repaintSoon();
}

const repaintSoon = debounced(() => {
  if (!panel().hidden) paintStripsAlong(panel(), pointAlong);
}, 150);

export function connectAlong() {
  panel().addEventListener("input", moved);
  panel().addEventListener("scroll", repaintSoon, { passive: true });
  panel().addEventListener("click", (event) => { if (event.target.closest("[data-base]")) toggleBase(); });
  onBaseMoved(() => placeAlong());
  subscribe((changed) => {
    if (changed.has("z") || changed.has("page")) placeAlong();
  });
}
