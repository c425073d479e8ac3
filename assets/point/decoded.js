// The picture of the latent point on show. One canvas, drawn at once from whatever source has the pixels first.
import { latestOnly, framed, debounced, onBack } from "../core/api.js";
import { baseQuery } from "./base.js";
import { endPulse, showPulse } from "../core/busy.js";
import { tellError } from "../core/notice.js";
import { drawPlot, isImage } from "../draw/form.js";
import { anchorOf } from "../core/address.js";
import { element } from "../core/element.js";
import { draw } from "../draw/picture.js";
import { readPlot, tellPlot } from "../draw/vector_plot.js";
import { setOut } from "../core/revision.js";
import { current, sameNumbers, state, subscribe, update } from "../core/store.js";
import { forgetTouch, knowsWayBack, touchOnceKnown } from "./way_back.js";

let canvas = null;
const answered = []; // told of every answer about the point on show

export function onAnswer(listener) {
  answered.push(listener);
}

export function layDecoded() {
  const host = document.getElementById("decoded-host");
  canvas = element("canvas", { id: "decoded", role: "img", "aria-label": "Decoded picture" });
  const read = element("div", { id: "decoded-read", hidden: true });
  host.append(canvas, read);
  const observer = new ResizeObserver(([entry]) => {
    room = [entry.contentRect.width, entry.contentRect.height];
    repaintDecoded();
  });
  observer.observe(host);
  host.addEventListener("pointerleave", () => { read.hidden = true; });
  host.addEventListener("pointermove", (event) => {
    if (!onShow || isImage()) return;
    const box = canvas.getBoundingClientRect();
    read.textContent = readPlot(current.info.picture, onShow.values, onShow.index, event.clientX - box.left, event.clientY - box.top, ...room);
    // Where the pointer is not.
    read.dataset.at = event.clientY - box.top > box.height / 2 ? "top" : "bottom";
    read.hidden = read.textContent === "";
  });
}

let room = [0, 0]; // width and height there are for a plot
let onShow = null; // { values, index } of the picture drawn last

// Plots are as large as their place, and in the colours of the page, either of which may have changed.
export function repaintDecoded() {
  if (onShow && current.info && !isImage()) drawPlot(canvas, [onShow], ...room);
}

const tellDecoded = debounced(() => {
  if (onShow) canvas.setAttribute("aria-label", isImage() ? "Decoded picture" : `Decoded: ${tellPlot(current.info.picture, onShow.values, onShow.index)}`);
}, 400);

// Draws a picture of `z`; pixels and data-z change in the same task.
export function show(z, pixels, index = 0) {
  onShow = { values: pixels, index };
  if (isImage()) draw(canvas, pixels, current.info.image_shape, index);
  else drawPlot(canvas, [onShow], ...room);
  canvas.dataset.z = z.join(",");
  tellDecoded();
}

export const decodedCanvas = () => canvas;
export const decodedValues = () => onShow;

// Asks for picture, trust, place and neighbours of the point on show.
const look = latestOnly(
  ["z", "space", "projection"],
  ({ z, space, projection, item }) =>
    framed(`spaces/${space}/look/${encodeURIComponent(projection)}${item === null ? "" : `?item=${item}`}`, { method: "POST", body: z }),
  ({ about, pixels }, asked) => {
    show(asked.z, pixels);
    for (const listener of answered) listener(about, asked);
  },
  tellError,
);

export function ask() {
  if (!state.z || !current.info) return;
  // Moved away from it, the point is no longer that of the item.
  const item = sameNumbers(anchorOf(state.item)?.z, state.z) ? state.item : null;
  look({ z: state.z, item, space: state.space, projection: state.projection, moving });
}

onBack(ask); // what a server that was gone did not answer

// Decodes a spot of the map and goes there. The lens goes nowhere, it shows what it passes: until a hand takes another point.
const touching = latestOnly(
  ["hand", "space"],
  ({ spot, space, projection, query }) =>
    framed(`spaces/${space}/touch/${encodeURIComponent(projection)}${query}`, { method: "POST", body: new Float32Array(spot) }),
  ({ about, pixels }, asked) => {
    const z = Float32Array.from(about.z);
    show(z, pixels);
    // The lens leaves one entry in the history, so that undo leads back to where it began.
    const began = lensFresh && !asked.commit;
    lensFresh = asked.commit;
    // Another map chosen meanwhile has the point, and finds its own place for it.
    const spot = asked.projection === state.projection ? asked.spot : null;
    update({ z, item: null, spot }, { commit: asked.commit || began, drawn: true, answer: about, lens: !asked.commit });
    for (const listener of answered) listener(about, asked);
  },
  tellError,
  ({ number }) => {
    if (number < lastCommit) return;
    endPulse();
    canvas.parentElement.removeAttribute("aria-busy");
  },
);
let lastCommit = 0;
let lensFresh = true;
export const restLens = () => { lensFresh = true; };
let touches = 0;

// `projection`: the map that was touched, which may be left already; `at`: where in the window it was; `query`: from which
// base point, for a picture that has been decoded from one.
export function touch(spot, commit = true, { projection = state.projection, at = null, query = baseQuery(projection) } = {}) {
  if (at) showPulse(at);
  if (!knowsWayBack({ space: state.space, projection })) {
    if (commit) touchOnceKnown({ space: state.space, projection }, () => touch(spot, true, { projection, at }));
    return;
  }
  forgetTouch();
  touches += 1;
  if (commit) {
    lastCommit = touches;
    canvas.parentElement.setAttribute("aria-busy", "true");
  }
  const asked = { spot, commit, moving: !commit, space: state.space, projection, query, number: touches };
  if (commit) touching(asked, setOut());
  else touching(asked);
}

let moving = false; // a hand is on a slider
const askSoon = debounced(ask, 30);
const askNext = debounced(ask, 0);
subscribe((changed, how) => {
  // Whatever else has been gone to since a spot was touched is what is wanted.
  if (changed.has("space") || (changed.has("z") && !how.answer)) forgetTouch();
  if (how.answer || how.station !== undefined) return; // the strip from A to B is played: all of it is there
  // What is drawn already can wait for its trust until the key's own task has ended.
  if (changed.has("z")) {
    moving = how.slider !== undefined;
    if (how.drawn) askNext();
    else ask();
  }
  else if (changed.has("projection")) askSoon();
});
