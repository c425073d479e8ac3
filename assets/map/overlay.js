// What lies over the map without touching the plot: where you are, the path from A to B, the decoded grid.
import { debounced, postNumbers } from "../core/api.js";
import { paintBigMap } from "./raster.js";
import { placeClassNames } from "./class_names.js";
import { onAnswer } from "../point/decoded.js";
import { connectGrid, hasGrid, paintGrid } from "./grid.js";
import { connectLayer, hasNewcomers, paintNewcomers } from "./layer.js";
import { connectBiplot, hasBiplot, paintBiplot } from "./biplot.js";
import { connectMarks, hasMarks, paintMarks } from "./marks.js";
import { connectWithin, hasWithin, paintWithin } from "./within.js";
import { connectHits, hasHits, paintHits } from "./hits.js";
import { onSelection } from "./selection.js";
import { paintOutline } from "./lasso.js";
import { between, COUNT } from "../point/line.js";
import { connectLinks, linkedPlaces, paintLinks } from "./links.js";
import { asWanted, hasFigure, isReady, plotBox, toPixels } from "./surface.js";
import { onMapReady } from "./map_request.js";
import { tellError } from "../core/notice.js";
import { colour, fitted } from "../draw/picture.js";
import { questions } from "../core/revision.js";
import { dimOthers, hasSelectionMarks, paintSelectionMarks } from "./selection_marks.js";
import { connectShade, isShaded, paintShade } from "./shade.js";
import { current, state, subscribe } from "../core/store.js";
import { scaled } from "../core/text_size.js";

let here = null; // place of the point on show, in map coordinates
let hereOf = null; // the map it belongs to
let path = null; // { key, points } of the line from A to B
const FINE = 3; // places of the path for every picture of the strip from A to B

export const placeOnMap = () => (hereOf === state.projection ? here : null);

export function paintOverlay() {
  const canvas = document.getElementById("overlay");
  if (!canvas || !isReady()) return;
  const { context, w, h } = fitted(canvas);
  context.clearRect(0, 0, w, h);
  const underlay = document.getElementById("underlay");
  const below = fitted(underlay).context;
  below.clearRect(0, 0, w, h);
  placeHere();
  paintBigMap();
  dimOthers();
  placeClassNames();
  paintOutline();
  const gridded = hasGrid();
  const drawn = hasFigure() && asWanted();
  const crossed = drawn && path?.key === pathKey();
  // A blank canvas would be laid over the map all the same, with every frame.
  const linked = drawn && placeOnMap() && linkedPlaces().length > 0;
  const layered = drawn && hasNewcomers();
  const parted = drawn && hasWithin();
  const selecting = drawn && hasSelectionMarks();
  const searched = drawn && hasHits();
  const arrowed = drawn && hasBiplot();
  const marked = drawn && hasMarks();
  const over = crossed || linked || layered || parted || selecting || searched || arrowed || marked;
  canvas.style.visibility = over ? "" : "hidden";
  const shaded = isShaded();
  underlay.style.visibility = gridded || shaded ? "" : "hidden";
  if (!(gridded || shaded || over)) return;
  const box = plotBox();
  if (gridded || shaded) {
    below.save();
    below.beginPath();
    below.rect(box.left, box.top, box.width, box.height);
    below.clip();
    if (shaded) paintShade(below);
    if (gridded) paintGrid(below);
    below.restore();
  }
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.width, box.height);
  context.clip();
  if (selecting) paintSelectionMarks(context, toPixels);
  if (parted) paintWithin(context, toPixels);
  if (searched) paintHits(context, toPixels);
  if (layered) paintNewcomers(context);
  if (linked) paintLinks(context, toPixels(here), linkedPlaces().map(toPixels));
  if (crossed) paintPath(context);
  if (arrowed) paintBiplot(context, toPixels, box);
  if (marked) paintMarks(context, toPixels);
  context.restore();
}

// The marker is an element of its own: a canvas over the whole map would be put on the screen anew with every picture.
function placeHere() {
  const marker = document.getElementById("here");
  if (!marker || !isReady()) return;
  const known = here && hereOf === state.projection;
  // Before its first figure the plot has axes already, which mean nothing.
  const at = hasFigure() && asWanted() && known ? toPixels(here) : [NaN, NaN];
  marker.toggleAttribute("hidden", Number.isNaN(at[0]));
  if (Number.isNaN(at[0])) return;
  const [x, y, turned] = hereOrWhere(at, plotBox());
  marker.dataset.where = turned === null ? "here" : "out";
  marker.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)${turned === null ? "" : ` rotate(${turned.toFixed(3)}rad)`}`;
}

// Out of view, an arrow at the edge says where to look.
/** @param {number[]} at @param {{ left: number, top: number, width: number, height: number }} box @returns {[number, number, number | null]} */
function hereOrWhere([x, y], { left, top, width, height }) {
  const rim = 14;
  const edge = [Math.min(left + width - rim, Math.max(left + rim, x)), Math.min(top + height - rim, Math.max(top + rim, y))];
  if (Math.hypot(x - edge[0], y - edge[1]) < rim) return [x, y, null];
  return [edge[0], edge[1], Math.atan2(y - edge[1], x - edge[0])];
}

// Once a frame, however many answers come.
let frame = 0;
function placeNextFrame() {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    placeHere();
  });
}

// Under the lens the pointer itself is the marker; moving both would have the screen drawn from one to the other.
const showMarker = debounced(() => {
  document.getElementById("here").style.visibility = "";
  placeHere();
}, 150);
function followPointer() {
  document.getElementById("here").style.visibility = "hidden";
  showMarker();
}

// Cross hairs, and the arrow that takes their place at the edge.
const CROSS = "M7 0A7 7 0 1 1 -7 0A7 7 0 1 1 7 0M7 0H13M-7 0H-13M0 7V13M0 -7V-13";
const ARROW = "M11 0L-6 -7L-2 0L-6 7Z";

export function layHere(stage) {
  const host = document.createElement("div");
  host.innerHTML = `<svg id="here" viewBox="-16 -16 32 32" width="32" height="32" aria-hidden="true" hidden>
    <path class="cross edge" d="${CROSS}"/><path class="cross" d="${CROSS}"/><path class="arrow" d="${ARROW}"/></svg>`;
  stage.append(host.firstElementChild);
}

// The same for a picture that is downloaded.
export function paintHere(context) {
  const at = here && hereOf === state.projection ? toPixels(here) : [NaN, NaN];
  if (Number.isNaN(at[0])) return;
  const [x, y, turned] = hereOrWhere(at, plotBox());
  context.save();
  context.translate(x, y);
  if (turned === null) {
    for (const [width, ink] of [[4, colour("--ground")], [2, colour("--accent")]]) {
      context.lineWidth = width;
      context.strokeStyle = ink;
      context.stroke(new Path2D(CROSS));
    }
  } else {
    context.rotate(turned);
    context.fillStyle = colour("--accent");
    context.fill(new Path2D(ARROW));
  }
  context.restore();
}

function paintPath(context) {
  const places = path.points.map(toPixels);
  context.lineWidth = 1.5;
  context.strokeStyle = colour("--accent");
  context.setLineDash([4, 3]);
  context.beginPath();
  places.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.stroke();
  context.setLineDash([]);
  context.font = `600 ${scaled(12)}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  [["A", places[0]], ["B", places.at(-1)]].forEach(([name, [x, y]]) => {
    context.fillStyle = colour("--accent");
    context.beginPath();
    context.arc(x, y, scaled(9), 0, 7);
    context.fill();
    context.fillStyle = colour("--ground");
    context.fillText(name, x, y + 0.5);
  });
}

// ---- the path ----

const pathKey = () => (state.pins.a && state.pins.b ? `${state.projection}|${state.pins.a}|${state.pins.b}` : "");

const paths = questions("space", "projection", "pins");
async function refreshPath() {
  const counts = paths();
  const { a, b } = state.pins;
  const key = pathKey();
  const there = state.projection.startsWith("z:") || current.info?.projections.includes(state.projection);
  if (!a || !b || !there || path?.key === key) return paintOverlay();
  const count = FINE * (COUNT - 1) + 1;
  const points = Float32Array.from(Array.from({ length: count }, (_, i) => [...between(a, b, i / (count - 1))]).flat());
  try {
    const { shape, buffer } = await postNumbers(`spaces/${state.space}/locate/${encodeURIComponent(state.projection)}`, points);
    if (!counts()) return undefined;
    const [, axes] = shape;
    const places = new Float32Array(buffer);
    path = { key, points: Array.from({ length: count }, (_, i) => Array.from(places.subarray(axes * i, axes * (i + 1)))) };
    paintOverlay();
  } catch (error) {
    if (counts() && error.status !== 409) tellError(error);
  }
  return undefined;
}

export function connectOverlay() {
  connectLinks(paintOverlay);
  connectShade(paintOverlay);
  connectLayer(paintOverlay);
  connectWithin(paintOverlay);
  connectHits(paintOverlay);
  onSelection(paintOverlay);
  connectBiplot(paintOverlay);
  connectMarks(paintOverlay);
  connectGrid(paintOverlay);
  onMapReady(refreshPath);
  onAnswer((about, asked) => {
    here = asked.spot ?? about.xy;
    hereOf = asked.projection;
    if (asked.spot && asked.moving) followPointer();
    else placeNextFrame();
  });
  subscribe((changed, how) => {
    if (how.answer) {
      here = state.spot;
      hereOf = state.projection;
      if (!how.lens) placeNextFrame();
    }
    if (how.station !== undefined && path?.key === pathKey()) {
      here = path.points[FINE * how.station];
      hereOf = state.projection;
      placeNextFrame();
    }
    if (changed.has("space") || changed.has("projection")) path = null;
    if (changed.has("pins") || changed.has("projection") || changed.has("space") || changed.has("view")) refreshPath();
  });
}
