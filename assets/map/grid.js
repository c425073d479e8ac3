// Decoded pictures over the map, a tile a cell. A tile is what a click on it shows, and fades with its trust.
import { debounced, framed, latestOnly } from "../core/api.js";
import { baseMoves, baseQuery, onBaseMoved } from "../point/base.js";
import { atlas, isImage, tileShape } from "../draw/form.js";
import { hideCard } from "./hover.js";
import { asWanted, flat, onMapMoved, hasFigure, plotBox, ranges, toPixels } from "./surface.js";
import { tellError } from "../core/notice.js";
import { fixed } from "../draw/numbers.js";
import { element } from "../core/element.js";
import { colour } from "../draw/picture.js";
import { current, state, subscribe } from "../core/store.js";
import { knowsWayBack } from "../point/way_back.js";

const CELL = 36; // CSS pixels of a tile, larger where there would be too many
const TALLEST = 32_000; // pixels of a canvas that every browser draws
const LARGE = 96; // of the tile under the pointer
let tiles = null; // { key, query, cells, size, picture, trust }
let repaint = () => {};

const wanted = () => Boolean(state.view.manifold);
const key = () => `${state.space}/${state.projection}`;
export const gridTiles = () => (hasGrid() ? tiles : null);
export const hasGrid = () => wanted() && flat() && tiles?.key === key();

// Before the tiles are there already: whoever asks for them has seen the points.
export const coversPoints = () => wanted() && flat();

const busy = (on) => document.querySelector('#map-tools [data-toggle="manifold"]')?.setAttribute("aria-busy", String(on));

const load = latestOnly(
  ["space", "projection", baseMoves, wanted],
  ({ space, projection, query, spots }) =>
    framed(`spaces/${space}/manifold/${encodeURIComponent(projection)}${query}`, { method: "POST", body: spots }),
  ({ about, pixels }, asked) => {
    const picture = atlas(pixels, asked.cells.length);
    hideCard();
    tiles = { key: asked.key, query: asked.query, cells: asked.cells, size: asked.size, trust: about.trust, picture };
    repaint();
  },
  (error) => { if (error.status !== 409) tellError(error); },
  () => busy(false),
);

function refresh() {
  if (!wanted()) tiles = null; // the point they were made from may have moved when they are wanted again
  if (!wanted() || !flat() || !current.info || !hasFigure() || !asWanted() || !knowsWayBack()) {
    repaint();
    return;
  }
  const { x, y } = ranges();
  const { width, height } = plotBox();
  const most = Math.min(current.info.most_pictures, TALLEST / tileShape()[0]);
  let cell = CELL;
  while (Math.ceil(height / cell) * Math.ceil(width / cell) > most) cell *= 1.1;
  const size = ((x[1] - x[0]) / width) * cell;
  const cells = [];
  for (let row = 0; row < Math.ceil(height / cell); row += 1) {
    for (let column = 0; column < Math.ceil(width / cell); column += 1) {
      cells.push([x[0] + (column + 0.5) * size, y[1] - (row + 0.5) * size]);
    }
  }
  busy(true);
  load({ key: key(), space: state.space, projection: state.projection, query: baseQuery(), spots: Float32Array.from(cells.flat()), cells, size });
}

export function paintGrid(context) {
  const [high, wide] = tileShape();
  const ground = colour("--ground");
  tiles.cells.forEach((cell, i) => {
    const [x, y] = toPixels(cell);
    const [right] = toPixels([cell[0] + tiles.size, cell[1]]);
    const side = (right - x) * 0.94;
    // What is not to be believed fades away.
    context.globalAlpha = Math.max(0.08, Math.min(1, (tiles.trust[i] ?? 1) * 1.1));
    if (!isImage()) {
      context.fillStyle = ground;
      context.fillRect(x - side / 2, y - (side * high) / wide / 2, side, (side * high) / wide);
    }
    context.drawImage(tiles.picture, 0, i * high, wide, high, x - side / 2, y - (side * high) / wide / 2, side, (side * high) / wide);
  });
  context.globalAlpha = 1;
}

// The tile at a spot of the map: its middle, which is what its picture was decoded from.
export function tileAt(spot) {
  if (!hasGrid() || !spot) return null;
  const half = tiles.size / 2;
  const index = tiles.cells.findIndex(([x, y]) => Math.abs(x - spot[0]) <= half && Math.abs(y - spot[1]) <= half);
  return index < 0 ? null : { index, spot: Float32Array.from(tiles.cells[index]), trust: tiles.trust[index], query: tiles.query };
}

// What the card of a tile holds.
export function tileCard({ index, trust }) {
  const [high, wide] = tileShape();
  const scale = LARGE / Math.max(high, wide);
  const canvas = element("canvas", { width: wide, height: high, style: `width: ${Math.round(wide * scale)}px; height: ${Math.round(high * scale)}px` });
  canvas.getContext("2d").drawImage(tiles.picture, 0, index * high, wide, high, 0, 0, wide, high);
  return [canvas, element("div", {}, element("strong", {}, trust === null ? "trust not known" : `trust ${fixed(trust, 2)}`), element("p", {}, "Click to look at it"))];
}

export function connectGrid(paint) {
  repaint = paint;
  onMapMoved(refresh);
  onBaseMoved(debounced(() => { if (wanted()) refresh(); }, 250));
  const soon = debounced(refresh, 60);
  subscribe((changed) => {
    if (changed.has("space") || changed.has("projection")) tiles = null;
    if (changed.has("view")) soon();
  });
}
