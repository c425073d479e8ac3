// Arrows of the latent dimensions over a map of principal components: where one standard deviation of each leads.
import { numbersOf } from "../core/api.js";
import { onMapReady } from "./map_request.js";
import { tellError } from "../core/notice.js";
import { colour } from "../draw/picture.js";
import { questions } from "../core/revision.js";
import { current, state, subscribe, update } from "../core/store.js";
import { scaled } from "../core/text_size.js";

const MOST = 24; // arrows; of more dimensions the longest
const REACH = 0.42; // of the map's half extent that the longest arrow takes

let arrows = null; // { key, from, ends: [{ j, place, length }] }
let repaint = () => {};
const key = () => `${state.space}/${state.projection}`;
export const canBiplot = () => /^pca(-3d)?$/.test(state.projection);
const wanted = () => Boolean(state.view.biplot) && canBiplot() && Boolean(current.info);
export const hasBiplot = () => wanted() && arrows?.key === key();

const looks = questions("space", "projection");
async function refresh() {
  const counts = looks();
  if (!wanted() || arrows?.key === key()) {
    repaint();
    return;
  }
  const mine = key();
  const { dimensions, latent_dim: d } = current.info;
  const points = new Float32Array((d + 1) * d);
  for (let row = 0; row <= d; row += 1) {
    for (let j = 0; j < d; j += 1) points[row * d + j] = dimensions[j].mean + (row === j + 1 ? dimensions[j].std : 0);
  }
  try {
    const { shape, buffer } = await numbersOf(`spaces/${state.space}/locate/${state.projection}`, { method: "POST", body: points });
    if (!counts()) return;
    const places = new Float32Array(buffer);
    const place = (row) => Array.from(places.subarray(row * shape[1], (row + 1) * shape[1]));
    const from = place(0);
    const ends = Array.from({ length: d }, (_, j) => {
      const by = place(j + 1).map((value, axis) => value - from[axis]);
      return { j, by, length: Math.hypot(...by) };
    }).sort((one, other) => other.length - one.length).slice(0, MOST);
    arrows = { key: mine, from, ends };
    repaint();
  } catch (error) {
    if (counts()) tellError(error);
  }
}

export function paintBiplot(context, toPixels, box) {
  const longest = arrows.ends[0]?.length || 1;
  const [x0, y0] = toPixels(arrows.from);
  // As long in pixels as the map has room for: how long they are beside each other is what counts.
  const unit = arrows.ends[0] ? Math.hypot(...toPixels(arrows.from.map((value, axis) => value + arrows.ends[0].by[axis])).map((value, i) => value - [x0, y0][i])) : 1;
  const stretch = (REACH * Math.min(box.width, box.height)) / Math.max(unit, 1e-6);
  context.font = `600 ${scaled(12)}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineWidth = 1.5;
  const drawn = arrows.ends.filter(({ length }) => length >= 0.05 * longest);
  const labels = [];
  for (const { j, by } of drawn.toReversed()) {
    const [x1, y1] = toPixels(arrows.from.map((value, axis) => value + by[axis]));
    const [dx, dy] = [(x1 - x0) * stretch, (y1 - y0) * stretch];
    const at = Math.atan2(dy, dx);
    const ink = j === state.dimension ? colour("--accent") : colour("--ink");
    context.strokeStyle = colour("--ground");
    context.lineWidth = 4;
    stroke(context, x0, y0, dx, dy, at);
    context.strokeStyle = ink;
    context.lineWidth = j === state.dimension ? 2.5 : 1.5;
    stroke(context, x0, y0, dx, dy, at);
    labels.unshift({ j, ink, x: x0 + dx + 12 * Math.cos(at), y: y0 + dy + 12 * Math.sin(at) });
  }
  paintLabels(context, labels);
}

// The dimension on show first, then by length: a name that would lie on another is left out.
function paintLabels(context, labels) {
  const taken = [];
  const high = scaled(14);
  context.lineWidth = 3;
  context.strokeStyle = colour("--ground");
  for (const { j, ink, x, y } of labels.sort((one, other) => Number(other.j === state.dimension) - Number(one.j === state.dimension))) {
    const wide = context.measureText(`z${j}`).width + 2;
    if (taken.some((one) => Math.abs(one.x - x) < (one.wide + wide) / 2 && Math.abs(one.y - y) < high)) continue;
    taken.push({ x, y, wide });
    context.strokeText(`z${j}`, x, y);
    context.fillStyle = ink;
    context.fillText(`z${j}`, x, y);
  }
}

function stroke(context, x, y, dx, dy, at) {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + dx, y + dy);
  for (const turn of [2.6, -2.6]) {
    context.moveTo(x + dx, y + dy);
    context.lineTo(x + dx + 7 * Math.cos(at + turn), y + dy + 7 * Math.sin(at + turn));
  }
  context.stroke();
}

export function showBiplot() {
  update({ projection: canBiplot() ? state.projection : "pca", spot: null, view: { ...state.view, biplot: !(state.view.biplot && canBiplot()) } }, { commit: true });
}

export function connectBiplot(paint) {
  repaint = paint;
  onMapReady(refresh);
  subscribe((changed) => {
    if (["view", "projection", "space", "dimension"].some((name) => changed.has(name))) refresh();
  });
}
