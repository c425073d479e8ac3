// Sliders of directions: they move the point on show along a direction, and stand where it lies on it.
import { debounced } from "../explore/api.js";
import { settleFirst } from "../explore/history.js";
import { state, subscribe, update } from "../explore/store.js";

const panel = () => document.getElementById("study-panel");
const numbers = new WeakMap(); // slider -> { centre, direction, readout }

function of(slider) {
  if (!numbers.has(slider)) {
    const read = (name) => Float64Array.from(slider.dataset[name].split(","), Number);
    numbers.set(slider, { centre: read("centre"), direction: read("direction"), readout: read("readout") });
  }
  return numbers.get(slider);
}

function scoreOf(slider) {
  const { centre, readout } = of(slider);
  let score = 0;
  for (let j = 0; j < centre.length; j += 1) score += (state.z[j] - centre[j]) * readout[j];
  return score;
}

const commit = debounced(() => update({}, { commit: true }), 350);
settleFirst(commit.flush);

let moving = null;
function moved(event) {
  const slider = event.target;
  if (!slider.matches?.("input.along") || !state.z) return;
  const by = Number(slider.value) - scoreOf(slider);
  const { direction } = of(slider);
  moving = slider;
  update({ z: state.z.map((value, j) => value + by * direction[j]), spot: null, item: null }, { settling: true });
  moving = null;
  commit();
}

export function placeAlong(root = panel()) {
  if (!state.z || panel().hidden) return;
  for (const slider of root.querySelectorAll("input.along")) {
    if (slider !== moving && of(slider).centre.length === state.z.length) slider.value = scoreOf(slider);
  }
}

export function connectAlong() {
  panel().addEventListener("input", moved);
  subscribe((changed) => {
    if (changed.has("z") || changed.has("page")) placeAlong();
  });
}
