// Other data over the map: each layer in a colour of its own, or in the map's; what is foreign to the model is hollow.
import { framed, url } from "../core/api.js";
import { show } from "../point/decoded.js";
import { classOf } from "./filter.js";
import { hideCard, hovered, hoverOther } from "./hover.js";
import { layLayerList, paintLayerList } from "./layer_list.js";
import { connectPlaces, layersOnMap, pathOf, placesOf, slotOf } from "./layer_places.js";
import { hasFigure, toPixels, traces, windowBox } from "./surface.js";
import { cssOnScale } from "./animation.js";
import { tellError } from "../core/notice.js";
import { element } from "../core/element.js";
import { colour } from "../draw/picture.js";
import { setOut } from "../core/revision.js";
import { state, subscribe, update } from "../core/store.js";
import { showOwn } from "../item/panel.js";
import { requestedColour } from "./requested_colour.js";

const NEAR = 7; // pixels within which an item is meant
const MANY = 2000; // items of a layer beyond which they are drawn smaller
// In OKLab 0.10 from the colours of classes (up to eight) and the accent, 0.16 from each other; 0.066 and 0.09 as any dichromat sees them.
const INKS = ["#6900c3", "#96002d", "#87b487", "#1e4b78", "#875a78"];
// A sixth layer has the first one's colour in another shape: corners around the middle, of the same area.
const SHAPES = {
  diamond: [[0, -1], [1, 0], [0, 1], [-1, 0]],
  square: [[-0.71, -0.71], [0.71, -0.71], [0.71, 0.71], [-0.71, 0.71]],
  triangle: [[0, -1.24], [1.07, 0.62], [-1.07, 0.62]],
  cross: [[-0.33, -1.09], [0.33, -1.09], [0.33, -0.33], [1.09, -0.33], [1.09, 0.33], [0.33, 0.33], [0.33, 1.09], [-0.33, 1.09], [-0.33, 0.33], [-1.09, 0.33], [-1.09, -0.33], [-0.33, -0.33]],
};
const NAMES = Object.keys(SHAPES);
export const lookOf = (id) => ({ ink: INKS[slotOf(id) % INKS.length], shape: NAMES[Math.floor(slotOf(id) / INKS.length)] });
const REASONS = [
  "",
  "Unlike the data: far from all items in latent space",
  "Unlike the data: reconstructed worse than 99 % of the items",
  "Unlike the data: far from all items in latent space, and reconstructed worse than 99 % of them",
];

// ---- drawing ----

export const hasNewcomers = () => layersOnMap().length > 0;

// What colours the items of the map can colour these too, on the same scale.
function scaleOf({ values, color }) {
  const trace = traces().find(({ marker }) => marker?.colorscale && marker.cmin !== undefined);
  if (!trace || !values || color !== requestedColour()) return null;
  return (i) => (values[i] === null ? colour("--quiet") : cssOnScale(trace.marker, values[i]));
}

// Classes of the same name have the same colour; a class hidden in the legend is hidden here too.
function looks() {
  const found = new Map();
  for (const trace of traces()) if (typeof trace.marker?.color === "string") found.set(trace.meta?.missing ? null : classOf(trace), { ink: trace.marker.color, hidden: trace.visible === "legendonly" });
  return found;
}

// The items in view: { layer, index, place, ink, own, hollow }.
function visible() {
  const classes = looks();
  const asMap = Boolean(state.view.layersAsMap);
  return layersOnMap().flatMap(({ id }) => {
    const about = placesOf(id);
    const { axes, points, foreign } = about;
    const { ink: own, shape } = lookOf(id);
    const scaled = asMap ? scaleOf(about) : null;
    const found = [];
    for (let i = 0; i < points.length / axes; i += 1) {
      const look = about.classes && classes.get(about.classes[i] ?? null);
      if (look?.hidden) continue;
      const ink = asMap ? (scaled?.(i) ?? look?.ink ?? own) : own;
      found.push({ layer: id, index: i, place: toPixels(points.subarray(axes * i, axes * (i + 1))), ink, own, shape, hollow: Boolean(foreign?.[i]) });
    }
    return found;
  });
}

export const inksOfNewcomers = () => (hasNewcomers() ? visible().map(({ ink }) => ink) : []);
export const hollowNewcomers = () => (hasNewcomers() ? visible().filter(({ hollow }) => hollow).map(({ layer, index }) => `${layer}/${index}`) : []);

export function paintNewcomers(context) {
  const small = new Set(layersOnMap().filter(({ count }) => count > MANY).map(({ id }) => id));
  const asMap = Boolean(state.view.layersAsMap);
  const [ground, rim] = [colour("--ground"), colour("--ink")];
  for (const { layer, place: [x, y], ink, own, shape, hollow } of visible()) {
    const half = small.has(layer) ? 3 : 5;
    context.lineWidth = (small.has(layer) ? 0.5 : 1.25) + (hollow ? 0.75 : 0);
    context.fillStyle = hollow ? ground : ink;
    context.strokeStyle = hollow ? ink : asMap ? own : rim;
    context.beginPath();
    for (const [across, down] of SHAPES[shape]) context.lineTo(x + half * across, y + half * down);
    context.closePath();
    context.fill();
    context.stroke();
  }
}

// ---- touching ----

// The new item under the pointer, { layer, index, place }; null where there is none.
export function newcomerAt(at) {
  if (!at || !hasNewcomers() || !hasFigure()) return null;
  const box = windowBox();
  const [x, y] = [(at.clientX ?? at.x) - box.left, (at.clientY ?? at.y) - box.top];
  let [best, least] = [null, NEAR];
  for (const one of visible()) {
    const away = Math.hypot(one.place[0] - x, one.place[1] - y);
    if (away <= least) [best, least] = [one, away];
  }
  return best;
}

let over = false;
export const overNewcomer = () => over;

export function hoverNewcomer(at) {
  const found = newcomerAt(at);
  if (!found) {
    if (over && hovered() === null) hideCard();
    over = false;
    return false;
  }
  over = true;
  const { layer, index, place } = found;
  const box = windowBox();
  hoverOther(`${layer}/${index}`, { x: box.left + place[0], y: box.top + place[1] }, () => {
    const { labels, foreign } = placesOf(layer);
    const { name } = layersOnMap().find(({ id }) => id === layer);
    return [
      element("img", { src: url(pathOf(layer, `items/${index}.png`)), alt: `New item ${index}` }),
      element("div", {}, element("strong", {}, `New item ${index}`), element("p", {}, [labels?.[index], name].filter(Boolean).join(" · ")), element("p", { className: "empty" }, REASONS[foreign?.[index] ?? 0])),
    ];
  });
  return true;
}

export async function lookAtNewcomer({ layer, index }) {
  const arrives = setOut();
  try {
    const { about, pixels } = await framed(pathOf(layer, `items/${index}/look/${encodeURIComponent(state.projection)}`));
    if (!arrives()) return;
    const z = Float32Array.from(about.z);
    show(z, pixels, 1);
    update({ z, item: null, spot: null }, { commit: true, own: true });
    showOwn(about, pixels);
  } catch (error) {
    if (arrives()) tellError(error);
  }
}

export function connectLayer(repaint) {
  layLayerList(document.getElementById("map-chips"), lookOf);
  connectPlaces(() => {
    paintLayerList();
    repaint();
  });
  subscribe((changed) => {
    if (changed.has("selection")) repaint();
    if (["view", "space", "projection"].some((name) => changed.has(name))) {
      paintLayerList();
      repaint();
    }
  });
}
