// One slider per latent dimension: histogram, filmstrip, posterior of the item, and a knob.
import { paintName } from "./names.js";
import { debounced } from "../core/api.js";
import { show } from "./decoded.js";
import { tileShape } from "../draw/form.js";
import { settleFirst } from "../core/history.js";
import { fixed, signed } from "../draw/numbers.js";
import { element } from "../core/element.js";
import { colour, fitted, paintDoubt } from "../draw/picture.js";
import { dragSlider } from "./slider_drag.js";
import { current, state, subscribe, update } from "../core/store.js";
import { anyStrip, connectStrips, focusStrip, forgetStrips, grid, refreshSoon, strip } from "./strips.js";

const PAGE = 4;
const MANY = 48; // sliders at once; of more dimensions only the strongest get one unasked
const STRONGEST = 24;
const FARTHEST = 10; // lengths of the slider beyond its ends up to which a number can be typed
const rows = new Map(); // dimension -> elements of its row
const locked = new Set();
let inView = new Set();
let posterior = null; // { z, std } of the item touched
let observer = null;

export function layRows() {
  const host = document.getElementById("sliders");
  host.replaceChildren();
  rows.clear();
  locked.clear();
  inView = new Set();
  forgetStrips();
  observer?.disconnect();
  observer = new IntersectionObserver(seen, { root: host, rootMargin: "60px" });
  connectStrips(paintStrip, () => [...inView]);
  more = element("button", { className: "plain", id: "more-sliders", onclick: () => addRows(STRONGEST) });
  host.append(more);
  addRows(current.info.order.length > MANY ? STRONGEST : MANY);
}

let more = null; // the button below the rows

function addRow(j) {
  const row = layRow(j);
  rows.set(j, row);
  more.before(row.root);
  observer.observe(row.root);
  return row;
}

function addRows(count) {
  const left = current.info.order.filter((j) => !rows.has(j));
  for (const j of left.slice(0, count)) addRow(j);
  const still = Math.max(0, left.length - count);
  more.hidden = still === 0;
  more.textContent = `Show ${Math.min(STRONGEST, still)} more of ${fixed(current.info.order.length, 0)} dimensions`;
}

// Goes to the slider of a dimension, which need not have had one.
export function revealRow(j) {
  const { root, slider } = rows.get(j) ?? addRow(j);
  addRows(0);
  root.scrollIntoView({ block: "nearest" });
  slider.focus({ preventScroll: true });
}

// The dimension looked at stands out; beside a question it is the only one with a slider.
function showDimension() {
  const j = state.dimension;
  if (j !== null && !rows.has(j)) {
    addRow(j);
    addRows(0);
  }
  for (const [i, row] of rows) row.root.classList.toggle("on", i === j);
  if (j !== null) rows.get(j).root.scrollIntoView({ block: "nearest" });
}

function seen(entries) {
  for (const entry of entries) {
    const j = Number(entry.target.dataset.dimension);
    if (entry.isIntersecting) {
      inView.add(j);
      paint(j);
    } else inView.delete(j);
  }
  refreshSoon();
}

function layRow(j) {
  const { rate, std, low, high } = current.info.dimensions[j];
  const share = current.info.variance_shares?.[j];
  const histogram = element("canvas", { className: "histogram" });
  const pictures = element("canvas", { className: "strip" });
  const knob = element("div", { className: "knob" });
  const slider = element(
    "div",
    {
      id: `latent-${j}`,
      className: "latent",
      role: "slider",
      tabindex: 0,
      "aria-label": `Latent dimension ${j}`,
      "aria-valuemin": low,
      "aria-valuemax": high,
      "aria-valuenow": 0,
      onkeydown: (event) => key(event, j),
      onpointerdown: (event) => drag(event, j),
      onfocus: () => focusStrip(j),
      onpointerenter: () => focusStrip(j),
      ondblclick: () => setValue(j, current.info.dimensions[j].mean),
    },
    histogram,
    pictures,
    knob,
  );
  const value = element("input", {
    className: "value",
    inputmode: "decimal",
    "aria-label": `Value of latent dimension ${j}`,
    onchange: () => typed(j),
    onblur: () => { value.setCustomValidity(""); place(j); },
    onkeydown: (event) => event.stopPropagation(),
  });
  const lock = element("button", {
    className: "lock",
    title: "Lock: random draws and touched points leave this dimension as it is",
    "aria-label": `Lock latent dimension ${j}`,
    "aria-pressed": "false",
    onclick: () => toggleLock(j),
  });
  const told = current.info.can.variance
    ? { title: "Mean rate: how much information this dimension carries about an item", text: `${fixed(rate, 2)} nats${rate >= 0.05 ? "" : " · hardly used"}` }
    : share !== undefined
    ? { title: "Share of the variance of what is decoded that this dimension explains by itself", text: `${fixed(100 * share, 1)}\u00a0% of variance` }
    : { title: "Standard deviation over the items; without a variance in the posterior there is no rate", text: `σ ${fixed(std, 2)}` };
  const head = element(
    "div",
    { className: "row-head" },
    element("span", { className: "name" }, `z${j}`),
    element("span", { className: "meaning", "data-name-of": j, tabindex: -1 }),
    element("span", { className: "rate", title: told.title }, told.text),
    value,
    lock,
  );
  paintName(head.querySelector("[data-name-of]"));
  const root = element("div", { className: "row", "data-dimension": j }, head, slider);
  return { root, slider, histogram, pictures, knob, value, lock, grid: grid(j) };
}

// ---- moving ----

function position(j) {
  const { low, high } = current.info.dimensions[j];
  return ((state.z[j] - low) / (high - low)) * (current.info.steps - 1);
}

function key(event, j) {
  if (event.ctrlKey || event.metaKey || !state.z) return;
  const last = current.info.steps - 1;
  const at = position(j);
  // From between two steps a key goes to the next one in its direction.
  const up = (by) => Math.floor(at + 1e-4) + by;
  const down = (by) => Math.ceil(at - 1e-4) - by;
  const target = {
    ArrowRight: () => up(1), ArrowUp: () => up(1), ArrowLeft: () => down(1), ArrowDown: () => down(1),
    PageUp: () => up(PAGE), PageDown: () => down(PAGE), Home: () => 0, End: () => last,
  }[event.key];
  if (!target) return;
  event.preventDefault();
  event.stopPropagation();
  toStep(j, Math.min(last, Math.max(0, target())));
}

function drag(event, j) {
  if (event.button !== 0) return;
  const { slider } = rows.get(j);
  slider.focus({ preventScroll: true });
  dragSlider(slider, event, (share) => toStep(j, Math.round(share * (current.info.steps - 1))));
}

const commit = debounced(() => update({}, { commit: true }), 350);
settleFirst(commit.flush);

function toStep(j, k) {
  setValue(j, rows.get(j).grid[k], k);
}

// The picture first, in the same task as the event; everything else follows.
function setValue(j, value, k = null) {
  if (!state.z || !Number.isFinite(value)) return;
  const z = state.z.slice();
  z[j] = value;
  if (z[j] === state.z[j]) return;
  const ready = k === null ? null : strip(j);
  const index = ready ? ready.steps.indexOf(k) : -1;
  if (index >= 0) show(z, ready.pixels, index);
  update({ z, spot: null }, { slider: j, drawn: index >= 0 });
  commit();
}

function typed(j) {
  const { mean, std, low, high } = current.info.dimensions[j];
  const input = rows.get(j).value;
  const number = Number(input.value.trim().replace(",", ".").replace("−", "-"));
  const value = state.view.units === "sigma" ? mean + number * std : number;
  const far = FARTHEST * (high - low);
  let problem = "";
  if (input.value.trim() === "" || !Number.isFinite(number)) problem = "A number, please";
  else if (value < low - far || value > high + far) problem = `That is more than ${FARTHEST} slider lengths from the data`;
  input.setCustomValidity(problem);
  if (!input.reportValidity()) return;
  setValue(j, value);
}

function toggleLock(j) {
  if (locked.has(j)) locked.delete(j);
  else locked.add(j);
  rows.get(j).lock.setAttribute("aria-pressed", String(locked.has(j)));
}

export function unlockAll() {
  locked.clear();
  for (const row of rows.values()) row.lock.setAttribute("aria-pressed", "false");
}

// Takes a whole latent point, the locked dimensions excepted.
export function goTo(z, changes = {}) {
  const next = Float32Array.from(z);
  if (state.z) for (const j of locked) next[j] = state.z[j];
  update({ z: next, spot: null, item: null, ...changes }, { commit: true });
}

export function randomPoint() {
  const { mean, std } = current.info.prior;
  // Box and Muller (1958)
  const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  return Float32Array.from(mean, (middle, j) => middle + std[j] * normal());
}

export const priorMean = () => Float32Array.from(current.info.prior.mean);

// ---- painting ----

export function setPosterior(item) {
  posterior = item;
  for (const j of inView) paintHistogram(j);
}

function paint(j) {
  paintHistogram(j);
  paintStrip(j);
  place(j);
}

function paintHistogram(j) {
  const row = rows.get(j);
  const { context, w, h } = fitted(row.histogram);
  context.clearRect(0, 0, w, h);
  const { histogram, low, high } = current.info.dimensions[j];
  const most = Math.max(...histogram, 1);
  context.fillStyle = colour("--histogram");
  histogram.forEach((count, bin) => {
    const tall = (count / most) * h;
    context.fillRect((bin / histogram.length) * w, h - tall, w / histogram.length + 0.5, tall);
  });
  if (!posterior) return;
  const x = (value) => ((value - low) / (high - low)) * w;
  context.fillStyle = colour("--accent-soft");
  const left = x(posterior.z[j] - posterior.std[j]);
  context.fillRect(left, 0, Math.max(2, x(posterior.z[j] + posterior.std[j]) - left), h);
  context.fillStyle = colour("--accent");
  context.fillRect(x(posterior.z[j]) - 0.75, 0, 1.5, h);
}

function paintStrip(j) {
  const row = rows.get(j);
  if (!row || !inView.has(j)) return;
  const known = anyStrip(j);
  const { context, w, h } = fitted(row.pictures);
  if (!known || w === 0) return;
  context.clearRect(0, 0, w, h);
  const [high, wide] = tileShape();
  const count = Math.max(3, Math.floor(w / (h * (wide / high))));
  const slot = w / count;
  const last = current.info.steps - 1;
  for (let i = 0; i < count; i += 1) {
    const step = ((i + 0.5) / count) * last;
    let best = 0;
    known.steps.forEach((k, at) => { if (Math.abs(k - step) < Math.abs(known.steps[best] - step)) best = at; });
    context.drawImage(known.picture, 0, best * high, wide, high, i * slot, 0, slot - 1, h);
    if (known.trust) paintDoubt(context, known.trust[best], i * slot, h - 3, slot - 1);
  }
  row.pictures.style.opacity = strip(j) ? 1 : 0.55;
}

function place(j) {
  const row = rows.get(j);
  if (!state.z) return;
  const { low, high, mean, std } = current.info.dimensions[j];
  const value = state.z[j];
  const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
  row.knob.style.left = `${share * 100}%`;
  row.knob.dataset.outside = String(value < low || value > high);
  const inSigma = std > 0 ? (value - mean) / std : 0;
  const shown = state.view.units === "sigma" ? inSigma : value;
  if (document.activeElement !== row.value) row.value.value = signed(shown.toFixed(2)); // no thousands set apart: it is read again
  row.slider.setAttribute("aria-valuenow", String(value));
  row.slider.setAttribute("aria-valuetext", `${fixed(value, 2)}, ${fixed(inSigma, 1)} σ from the mean`);
}

function placeAll() {
  for (const j of rows.keys()) place(j);
}

// Under the lens the knobs follow a few times a second: laying out every row with every picture would hold the picture up.
let placing = 0;
function placeSoon() {
  placing ||= setTimeout(() => {
    placing = 0;
    placeAll();
  }, 150);
}

export function repaintAll() {
  for (const j of inView) paint(j);
}

subscribe((changed, how) => {
  if (!current.info || !rows.size) return;
  if (changed.has("z")) {
    if (how.slider !== undefined) place(how.slider);
    else if (how.lens) placeSoon();
    else placeAll();
    if (how.station === undefined) refreshSoon(Boolean(how.lens) || how.slider !== undefined);
  }
  if (changed.has("view")) placeAll();
  if (changed.has("dimension") || changed.has("space")) showDimension();
});
