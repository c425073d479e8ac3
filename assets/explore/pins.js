// Two latent points kept as A and B, and the straight line between them in pictures.
import { newest, postNumbers } from "./api.js";
import { tell, tellError } from "./notice.js";
import { atlas, drawSmall, picturesOf, tileShape } from "./form.js";
import { between } from "./overlay.js";
import { element, fitted, paintDoubt } from "./picture.js";
import { goTo } from "./sliders.js";
import { current, sameNumbers, state, subscribe, update } from "./store.js";

const COUNT = 16;
const pictures = {};
let strip = null;
let line = null; // { points, picture } of the strip on show
let at = 0;

export const lineStrip = () => line;

export function layPins() {
  const host = document.getElementById("pins");
  for (const name of ["a", "b"]) {
    const canvas = element("canvas", { role: "img", "aria-label": `Pin ${name.toUpperCase()}` });
    const show = element("button", { className: "pin", id: `pin-${name}`, title: `Pin the point on show as ${name.toUpperCase()}`, onclick: () => pin(name) }, element("span", {}, name.toUpperCase()), canvas);
    const clear = element("button", { className: "clear", title: `Take pin ${name.toUpperCase()} away`, "aria-label": `Take pin ${name.toUpperCase()} away`, hidden: true, onclick: () => unpin(name) }, "×");
    pictures[name] = { canvas, show, clear };
    const group = element("div", { className: "pin-group", "data-pin": name }, show, clear);
    host.append(group);
  }
  strip = element("canvas", {
    id: "line",
    tabindex: 0,
    role: "slider",
    "aria-label": "From A to B",
    "aria-valuemin": 0,
    "aria-valuemax": COUNT - 1,
    "aria-valuenow": 0,
    onclick: (event) => go(Math.floor((event.offsetX / strip.clientWidth) * COUNT)),
    onkeydown: (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step || !line) return;
      event.preventDefault();
      event.stopPropagation();
      go(Math.min(COUNT - 1, Math.max(0, at + step)));
    },
  });
  const hint = element("p", { id: "line-hint", className: "empty" }, "Pin two points as A and B to see the way from one to the other.");
  host.insertBefore(strip, host.lastChild);
  host.insertBefore(hint, host.lastChild);
  new ResizeObserver(paint).observe(strip);
  paintPins();
}

export function pin(name) {
  if (!state.z) return;
  const other = state.pins[name === "a" ? "b" : "a"];
  if (sameNumbers(other, state.z)) tell("A and B are the same point now.");
  update({ pins: { ...state.pins, [name]: state.z.slice() } }, { commit: true });
}

function unpin(name) {
  update({ pins: { ...state.pins, [name]: null } }, { commit: true });
}

function go(index) {
  if (!line) return;
  at = index;
  strip.setAttribute("aria-valuenow", String(index));
  goTo(line.points[index]);
}

const decodePins = newest(
  async ({ space, pins }) => {
    const chosen = ["a", "b"].filter((name) => pins[name]);
    const d = current.info.latent_dim;
    const points = chosen.map((name) => pins[name]);
    const both = chosen.length === 2;
    if (both) for (let i = 0; i < COUNT; i += 1) points.push(between(pins.a, pins.b, i / (COUNT - 1)));
    const body = new Float32Array(points.length * d);
    points.forEach((point, i) => body.set(point, i * d));
    const [decoded, scores] = await Promise.all([
      postNumbers(`spaces/${space}/decode`, body),
      postNumbers(`spaces/${space}/trust`, body),
    ]);
    return { chosen, points, both, pixels: picturesOf(decoded.buffer), trust: new Float32Array(scores.buffer) };
  },
  ({ chosen, points, both, pixels, trust }, asked) => {
    if (asked.space !== state.space || asked.pins !== state.pins) return;
    chosen.forEach((name, i) => drawSmall(pictures[name].canvas, pixels, i));
    line = both ? { points: points.slice(2), trust: trust.slice(2), picture: atlas(pixels, COUNT, 2), shape: tileShape(), count: COUNT } : null;
    paintPins();
    paint();
  },
  tellError,
);

function paintPins() {
  for (const name of ["a", "b"]) {
    const there = Boolean(state.pins[name]);
    pictures[name].show.dataset.there = String(there);
    pictures[name].clear.hidden = !there;
  }
  const hint = document.getElementById("line-hint");
  if (hint) hint.hidden = Boolean(line);
  if (strip) strip.hidden = !line;
}

function paint() {
  if (!strip || !line || strip.hidden) return;
  const { context, w, h } = fitted(strip);
  context.clearRect(0, 0, w, h);
  const [high, wide] = line.shape;
  const slot = w / COUNT;
  const side = Math.min(slot - 2, h * (wide / high));
  for (let i = 0; i < COUNT; i += 1) {
    context.drawImage(line.picture, 0, i * high, wide, high, i * slot + (slot - side) / 2, (h - (side * high) / wide) / 2, side, (side * high) / wide);
    paintDoubt(context, line.trust[i], i * slot + (slot - side) / 2, h - 3, side);
  }
}

subscribe((changed) => {
  if (changed.has("space")) {
    line = null;
    paintPins();
  }
  if (!changed.has("pins") || !current.info) return;
  if (!state.pins.a || !state.pins.b) line = null;
  paintPins();
  if (state.pins.a || state.pins.b) decodePins({ space: state.space, pins: state.pins });
});
