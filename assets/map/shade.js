// A veil over those regions of the map whose pictures are not to be believed: coarse at once, then fine.
import { debounced, postNumbers } from "../core/api.js";
import { baseMoves, baseQuery, onBaseMoved } from "../point/base.js";
import { asWanted, flat, onMapMoved, hasFigure, plotBox, ranges, toPixels } from "./surface.js";
import { onMapReady } from "./map_request.js";
import { tellError } from "../core/notice.js";
import { colour } from "../draw/picture.js";
import { questions, under } from "../core/revision.js";
import { state, subscribe } from "../core/store.js";
import { knowsWayBack } from "../point/way_back.js";

const COARSE = 40; // CSS pixels between two spots that are asked about first
const FINE = 12;
const MOST = 4000; // spots of the fine layer, however large the window
const BAND = 800; // spots of one request: a click in between waits for no more than these
const PATIENCE = 3000; // milliseconds the fine layer may take; of a slow model it has fewer spots
const MARGIN = 0.4; // of the view on every side: what panning brings in is veiled already

let layers = []; // { space, projection, picture, from, to }: the corners' places on the map; later ones lie above
let repaint = () => {};

const wanted = () => Boolean(state.view.shade) && flat() && hasFigure() && asWanted() && knowsWayBack();
export const isShaded = () => wanted() && layers[0]?.space === state.space && layers[0]?.projection === state.projection;

// A lattice of spots over a part of the map, from the upper left to the lower right.
/** @param {number[]} xs @param {number[]} ys @param {number} width @param {number} height @param {number} cell */
function lattice([left, right], [bottom, top], width, height, cell) {
  const wide = Math.max(2, Math.ceil(width / cell));
  const high = Math.max(2, Math.ceil(height / cell));
  const spots = new Float32Array(2 * wide * high);
  for (let row = 0; row < high; row += 1) {
    for (let column = 0; column < wide; column += 1) {
      spots[2 * (row * wide + column)] = left + ((right - left) * (column + 0.5)) / wide;
      spots[2 * (row * wide + column) + 1] = top + ((bottom - top) * (row + 0.5)) / high;
    }
  }
  return { spots, wide, high, from: [left, top], to: [right, bottom] };
}

/** @param {number[]} ends */
const widened = ([low, high]) => [low - MARGIN * (high - low), high + MARGIN * (high - low)];

function layerOf(grid) {
  const picture = document.createElement("canvas");
  picture.width = grid.wide;
  picture.height = grid.high;
  return { space: state.space, projection: state.projection, picture, from: grid.from, to: grid.to };
}

// One pixel a spot, enlarged smoothly later on.
function fill(layer, first, trust) {
  const context = layer.picture.getContext("2d");
  const { width } = layer.picture;
  const image = context.createImageData(width, trust.length / width);
  const [red, green, blue] = colour("--shade").match(/[0-9a-f]{2}/gi).map((part) => parseInt(part, 16));
  trust.forEach((value, i) => image.data.set([red, green, blue, Math.round(255 * 0.85 * (1 - value))], 4 * i));
  context.putImageData(image, 0, first / width);
}

async function ask(spots, query) {
  const path = `spaces/${state.space}/believed/${encodeURIComponent(state.projection)}${query}`;
  return new Float32Array((await postNumbers(path, spots)).buffer);
}

const busy = (on) => document.querySelector('#map-tools [data-toggle="shade"]')?.setAttribute("aria-busy", String(on));

const veils = questions();
async function refresh() {
  const newest = veils();
  const same = under("space", "projection", baseMoves, wanted);
  const counts = () => newest() && same();
  if (!wanted()) {
    // Switched on again it is asked for anew: the point it was made from may have moved.
    layers = [];
    busy(false);
    repaint();
    return;
  }
  const query = baseQuery();
  const { x, y } = ranges();
  const { width, height } = plotBox();
  busy(true);
  try {
    const grid = lattice(x, y, width, height, COARSE);
    const began = performance.now();
    const coarse = layerOf(grid);
    fill(coarse, 0, await ask(grid.spots, query));
    if (!counts()) return;
    layers = [coarse];
    repaint();
    const pace = (performance.now() - began) / (grid.spots.length / 2);
    await refine(x, y, width, height, coarse, Math.min(MOST, PATIENCE / pace), query, counts);
    if (!counts()) return;
    const around = lattice(widened(x), widened(y), width * (1 + 2 * MARGIN), height * (1 + 2 * MARGIN), 1.5 * COARSE);
    const rim = layerOf(around);
    fill(rim, 0, await ask(around.spots, query));
    if (!counts()) return;
    layers = [rim, ...layers];
    repaint();
  } catch (error) {
    if (counts() && error.status !== 409) tellError(error);
  } finally {
    if (newest()) busy(false);
  }
}

async function refine(x, y, width, height, coarse, most, query, counts) {
  const cell = Math.max(FINE, Math.sqrt((width * height) / most));
  if (cell >= COARSE) return;
  const grid = lattice(x, y, width, height, cell);
  const fine = layerOf(grid);
  const context = fine.picture.getContext("2d");
  context.imageSmoothingEnabled = true;
  context.drawImage(coarse.picture, 0, 0, grid.wide, grid.high);
  const rows = Math.max(1, Math.floor(BAND / grid.wide));
  for (let row = 0; row < grid.high; row += rows) {
    const [first, last] = [row * grid.wide, Math.min(grid.high, row + rows) * grid.wide];
    const trust = await ask(grid.spots.slice(2 * first, 2 * last), query);
    if (!counts()) return;
    fill(fine, first, trust);
    layers = [fine];
    repaint();
  }
}

export function paintShade(context) {
  context.imageSmoothingEnabled = true;
  layers.forEach((layer, i) => {
    const [x, y] = toPixels(layer.from);
    const [right, bottom] = toPixels(layer.to);
    context.save();
    if (i + 1 < layers.length) leaveOut(context, layers[i + 1]);
    context.drawImage(layer.picture, x, y, right - x, bottom - y);
    context.restore();
  });
  context.imageSmoothingEnabled = false;
}

// Two veils over one another would be darker than either.
function leaveOut(context, above) {
  const [x, y] = toPixels(above.from);
  const [right, bottom] = toPixels(above.to);
  context.beginPath();
  context.rect(-1e5, -1e5, 2e5, 2e5);
  context.rect(x, y, right - x, bottom - y);
  context.clip("evenodd");
}

export function connectShade(paint) {
  repaint = paint;
  const soon = debounced(refresh, 60);
  onMapMoved(soon);
  onMapReady(soon);
  onBaseMoved(debounced(() => { if (wanted()) refresh(); }, 250));
  subscribe((changed) => {
    if (changed.has("space") || changed.has("projection")) layers = [];
    if (changed.has("view")) soon();
  });
  // The other theme has another veil.
  new MutationObserver(soon).observe(document.documentElement, { attributes: true, attributeFilter: ["data-mantine-color-scheme"] });
}
