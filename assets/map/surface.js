// The surface the map is drawn on: Plotly's element, which may be another after every drawing; its places in pixels, and
// what it tells of. Plotly and its private attributes are known here, and for maps in depth in depth.js, alone.
import { debounced } from "../core/api.js";
import * as depth from "./depth.js";
import { state } from "../core/store.js";

/** @type {PlotlyElement | null} */
let plot = null; // Plotly's element
let bound = null; // its emitter our handlers are bound to

// ---- what is drawn ----

export const isReady = () => Boolean(plot?._fullLayout);
export const hasFigure = () => plot?.data?.length > 0 && isReady();
export const isDeep = () => depth.isDeep(plot);
export const flat = () => Boolean(plot?._fullLayout?.xaxis) && !isDeep();

// "space/projection" of what is drawn; empty before the first.
export const mapKey = () => String(plot?._fullLayout?.uirevision ?? "");
// Whether the map on show is the one chosen; until another one is there, it is the one before that is touched.
export const asWanted = () => mapKey() === `${state.space}/${state.projection}`;

// The figure as the server made it, changed by hand: its traces, its layout, and what else it says of itself.
export const traces = () => plot?.data ?? [];
export const layout = () => plot.layout;
export const meta = () => plot?.layout?.meta ?? {};
// The traces as they are drawn, with every default; another array after every change.
export const drawnTraces = () => plot?._fullData ?? [];

export const restyle = (changes, which) => window.Plotly.restyle(plot, changes, which);
export const relayout = (changes) => window.Plotly.relayout(plot, changes);

// ---- what happens on it ----

const listeners = { found: [], click: [], hover: [], unhover: [], restyle: [], moving: [], moved: [], drawn: [] };
// "found": another element; "click", "hover", "unhover", "restyle" as Plotly tells; "moving" and "moved": the view; "drawn".
export const onSurface = (event, listener) => { listeners[event].push(listener); };
const tell = (event, what) => { for (const listener of listeners[event]) listener(what); };
const viewMoved = (changes) => tell("moved", changes);

function find() {
  const found = document.querySelector("#map .js-plotly-plot");
  if (!found?.on || (found === plot && found._ev === bound)) return;
  plot = found;
  bound = found._ev;
  tell("found");
  plot.on("plotly_click", (event) => tell("click", event));
  plot.on("plotly_hover", (event) => tell("hover", event));
  plot.on("plotly_unhover", () => tell("unhover"));
  plot.on("plotly_restyle", ([changes]) => tell("restyle", changes));
  plot.on("plotly_relayouting", () => tell("moving"));
  plot.on("plotly_relayout", viewMoved);
  plot.on("plotly_afterplot", () => {
    hearAlone();
    tell("drawn");
    depth.onTurned(plot, () => tell("moving"));
  });
}

// Dash would have every move of the view followed by a whole drawing of the same figure.
function hearAlone() {
  for (const other of plot._ev.listeners("plotly_relayout")) if (other !== viewMoved) plot.removeListener("plotly_relayout", other);
}

// Plotly draws into an element it may replace; look for it after every drawing of the page.
export function watchSurface(stage) {
  new MutationObserver(find).observe(stage, { childList: true, subtree: true });
  find();
}

// The view has come to rest, or what can be seen in it has changed.
const restListeners = [];
export const onMapMoved = (listener) => { restListeners.push(listener); };
export const mapMoved = debounced(() => { for (const listener of restListeners) listener(); }, 150);

// ---- what part of the map is in view ----

// Both axes of a flat map, `{ x: [left, right], y: [bottom, top] }`.
export function ranges() {
  const { xaxis, yaxis } = plot._fullLayout;
  return { x: [...xaxis.range], y: [...yaxis.range] };
}
export const showRanges = (x, y) => relayout({ "xaxis.range": x, "yaxis.range": y });
export const isWhole = () => Boolean(plot._fullLayout.xaxis.autorange);
export const showWhole = () => relayout({ "xaxis.autorange": true, "yaxis.autorange": true });
// How much of the map a pixel is.
export function unitsPerPixel() {
  const { xaxis } = plot._fullLayout;
  return Math.abs(xaxis.range[1] - xaxis.range[0]) / xaxis._length;
}
// From where a map in depth is seen, `{ eye, center, up }`.
export const camera = () => depth.sceneOf(plot)?.getCamera() ?? plot._fullLayout.scene.camera;
export const showFrom = (from) => relayout({ "scene.camera": from });

// ---- places ----

export const windowBox = () => plot.getBoundingClientRect();
export const size = () => [plot.clientWidth, plot.clientHeight];

// A place of the map as pixels of the plot.
/** @param {Iterable<number>} place */
export function toPixels(place) {
  if (isDeep()) return depth.seenAt(plot, place);
  const [x, y] = place;
  const { xaxis, yaxis } = plot._fullLayout;
  return [xaxis._offset + xaxis.c2p(x), yaxis._offset + yaxis.c2p(y)];
}

/** @param {number[]} at */
export function toPlace([x, y]) {
  const { xaxis, yaxis } = plot._fullLayout;
  return [xaxis.p2c(x - xaxis._offset), yaxis.p2c(y - yaxis._offset)];
}

// Where the map lies on the plot, in its pixels.
export function plotBox() {
  if (isDeep()) return depth.sceneBox(plot);
  const { xaxis, yaxis } = plot._fullLayout;
  return { left: xaxis._offset, top: yaxis._offset, width: xaxis._length, height: yaxis._length };
}

const onPlot = ({ x, y }) => {
  const { left, top } = windowBox();
  return [x - left, y - top];
};

// The spot at a place of the window, on the map that is drawn, whether it is the one wanted or not; null outside.
export function spotOf(at) {
  if (!flat()) return null;
  const [x, y] = onPlot(at);
  const { left, top, width, height } = plotBox();
  return x < left || y < top || x > left + width || y > top + height ? null : toPlace([x, y]);
}

// The item drawn within so many pixels of a place of the window, in depth the foremost; null where there is none.
export function itemSeenAt(at, reach) {
  const [x, y] = onPlot(at);
  if (isDeep()) return depth.itemSeenAt(plot, [x, y], reach);
  let [best, least] = [null, reach];
  for (const trace of plot._fullData) {
    if (trace.visible !== true || !trace.customdata) continue;
    for (let i = 0; i < trace.x.length; i += 1) {
      const [px, py] = toPixels([trace.x[i], trace.y[i]]);
      const away = Math.hypot(px - x, py - y);
      if (away <= least) [best, least] = [Number(trace.customdata[i]), away];
    }
  }
  return best;
}

// ---- Plotly's own points, labels and legend ----

// Where a point of an event is in the window.
export function onScreen(point) {
  const { left, top } = windowBox();
  const [x, y] = point ? toPixels([point.x, point.y, point.z]) : [NaN, NaN];
  return Number.isFinite(x) ? { x: left + x, y: top + y } : null;
}

export function itemOfPoint(point) {
  const index = plot._fullData[point.curveNumber]?.customdata?.[point.pointNumber];
  return index === undefined ? null : Number(index);
}

// The point under the pointer by Plotly's account: it tells of none twice.
export const pointHovered = () => plot?._hoverdata?.find(({ data }) => data) ?? null;
// Else it tells of no item that it takes for the one hovered still.
export const forgetHovered = () => window.Plotly.Fx.unhover(plot, {});

// The texts on the map as they are drawn: `{ element, index, at }`, the index among the layout's annotations.
export function drawnLabels() {
  const annotations = plot?._fullLayout?.annotations ?? [];
  if (!annotations.length) return [];
  return [...plot.querySelectorAll(".annotation")].flatMap((element) => {
    const index = Number(element.dataset.index);
    const { x, y } = annotations[index] ?? {};
    return x === undefined ? [] : [{ element, index, at: [x, y] }];
  });
}

export const legendEntries = () => [...(plot?.querySelectorAll(".legend .traces") ?? [])];
export const traceOfEntry = (entry) => entry.__data__[0].trace;

// The figure as a picture, an address of its data; with other labels if they are given.
export function pictureOf(annotations, scale) {
  const [width, height] = size();
  return window.Plotly.toImage({ data: plot.data, layout: { ...plot.layout, annotations } }, { format: "png", width, height, scale });
}
