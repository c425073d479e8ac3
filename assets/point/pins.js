// Two latent points kept as A and B: set, gone to, cleared.
import { latestOnly, postNumbers } from "../core/api.js";
import { show } from "./decoded.js";
import { drawSmall, picturesOf } from "../draw/form.js";
import { layLine, setLine, stations } from "./line.js";
import { tell, tellError } from "../core/notice.js";
import { element } from "../core/element.js";
import { current, sameNumbers, state, subscribe, update } from "../core/store.js";

const NAMES = ["a", "b"];
const parts = {};
let decoded = null; // { space, points, pixels }: the pins, decoded

export function layPins() {
  const host = document.getElementById("pins");
  for (const name of NAMES) {
    const letter = name.toUpperCase();
    const canvas = element("canvas", { role: "img", "aria-label": `Decoded picture of ${letter}` });
    const words = element("span", {});
    const button = element("button", { className: "pin", id: `pin-${name}`, onclick: () => (state.pins[name] ? goToPin(name) : setPin(name)) }, words, canvas);
    const set = element("button", { className: "set", title: `Set ${letter} to the point on show (Shift + ${letter})`, onclick: () => setPin(name) }, `Set ${letter}`);
    const clear = element("button", { className: "clear", title: `Clear ${letter}`, "aria-label": `Clear ${letter}`, onclick: () => clearPin(name) }, "Clear");
    const actions = element("div", { className: "pin-actions", hidden: true }, set, clear);
    parts[name] = { button, words, canvas, actions };
    host.append(element("div", { className: "pin-group", "data-pin": name }, button, actions));
  }
  layLine(host, host.lastChild);
  paintPins();
}

export function setPin(name) {
  if (!state.z) return;
  const other = state.pins[name === "a" ? "b" : "a"];
  if (sameNumbers(other, state.z)) tell("A and B are the same point now.");
  update({ pins: { ...state.pins, [name]: state.z.slice() } }, { commit: true });
}

function clearPin(name) {
  update({ pins: { ...state.pins, [name]: null } }, { commit: true });
  parts[name].button.focus(); // the button pressed has gone
}

// Exactly there, whatever is locked: the picture of the pin is what will be seen.
export function goToPin(name) {
  const z = state.pins[name];
  if (!z) return tell(`${name.toUpperCase()} is not set; Shift + ${name.toUpperCase()} sets it to the point on show.`);
  const index = decoded?.space === state.space ? decoded.points.findIndex((point) => sameNumbers(point, z)) : -1;
  if (index >= 0) show(z, decoded.pixels, index);
  return update({ z: z.slice(), spot: null, item: null }, { commit: true, drawn: index >= 0 });
}

const decodePins = latestOnly(
  ["space", "pins"],
  async ({ space, pins }) => {
    const chosen = NAMES.filter((name) => pins[name]);
    const points = chosen.map((name) => pins[name]);
    if (chosen.length === 2) points.push(...stations(pins.a, pins.b));
    const d = current.info.latent_dim;
    const body = new Float32Array(points.length * d);
    points.forEach((point, i) => body.set(point, i * d));
    const [{ buffer }, scores] = await Promise.all([
      postNumbers(`spaces/${space}/decode`, body),
      postNumbers(`spaces/${space}/trust`, body),
    ]);
    return { chosen, points, pixels: picturesOf(buffer), trust: new Float32Array(scores.buffer) };
  },
  ({ chosen, points, pixels, trust }, asked) => {
    decoded = { space: asked.space, points, pixels };
    chosen.forEach((name, i) => drawSmall(parts[name].canvas, pixels, i));
    setLine(chosen.length === 2 ? { points, pixels, trust, first: 2 } : null);
  },
  tellError,
);

function paintPins() {
  for (const name of NAMES) {
    const { button, words, actions } = parts[name];
    const letter = name.toUpperCase();
    const there = Boolean(state.pins[name]);
    button.dataset.there = String(there);
    button.title = there ? `Go to ${letter} (${NAMES.indexOf(name) + 1})` : `Set ${letter} to the point on show (Shift + ${letter})`;
    button.setAttribute("aria-label", there ? `Go to ${letter}` : `Set ${letter}`);
    words.textContent = there ? letter : `Set ${letter}`;
    actions.hidden = !there;
  }
}

subscribe((changed) => {
  if (!changed.has("pins") && !changed.has("space")) return;
  if (changed.has("space") || !state.pins.a || !state.pins.b) setLine(null);
  if (!parts.a) return;
  paintPins();
  if (current.info && (state.pins.a || state.pins.b)) decodePins({ space: state.space, pins: state.pins });
});
