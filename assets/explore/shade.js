// A veil over those regions of the map whose pictures are not to be believed.
import { debounced, newest, postNumbers } from "./api.js";
import { asWanted, flat, onMapMoved, onMapReady, plotBox, plotElement, toPixels } from "./map.js";
import { tellError } from "./notice.js";
import { colour } from "./picture.js";
import { state, subscribe } from "./store.js";
import { knowsWayBack } from "./way_back.js";

const CELL = 9; // CSS pixels between two spots that are asked about
const MOST = 12000; // spots of one request, however large the window
const MARGIN = 0.4; // of the view on every side: what panning brings in is veiled already
let shade = null; // { space, projection, picture, from, to }: the corners' places on the map
let repaint = () => {};

const wanted = () => Boolean(state.view.shade) && flat() && plotElement()?.data?.length > 0 && asWanted() && knowsWayBack();
export const isShaded = () => wanted() && shade?.space === state.space && shade?.projection === state.projection;

const load = newest(
  ({ space, projection, spots }) => postNumbers(`spaces/${space}/believed/${encodeURIComponent(projection)}`, spots),
  ({ buffer }, asked) => {
    shade = { ...asked, picture: veil(new Float32Array(buffer), asked.wide, asked.high) };
    repaint();
  },
  (error) => { if (error.status !== 409) tellError(error); },
);

// One pixel a spot, enlarged smoothly later on.
function veil(trust, wide, high) {
  const canvas = document.createElement("canvas");
  canvas.width = wide;
  canvas.height = high;
  const context = canvas.getContext("2d");
  const image = context.createImageData(wide, high);
  const [red, green, blue] = colour("--shade").match(/[0-9a-f]{2}/gi).map((part) => parseInt(part, 16));
  trust.forEach((value, i) => image.data.set([red, green, blue, Math.round(255 * 0.85 * (1 - value))], 4 * i));
  context.putImageData(image, 0, 0);
  return canvas;
}

const widened = ([low, high]) => [low - MARGIN * (high - low), high + MARGIN * (high - low)];

function refresh() {
  if (!wanted()) {
    repaint();
    return;
  }
  const { xaxis, yaxis } = plotElement()._fullLayout;
  const { width, height } = plotBox();
  const [across, down] = [width, height].map((size) => size * (1 + 2 * MARGIN));
  const cell = Math.max(CELL, Math.sqrt((across * down) / MOST));
  const wide = Math.ceil(across / cell);
  const high = Math.ceil(down / cell);
  const [left, right] = widened(xaxis.range);
  const [bottom, top] = widened(yaxis.range);
  const spots = new Float32Array(2 * wide * high);
  for (let row = 0; row < high; row += 1) {
    for (let column = 0; column < wide; column += 1) {
      spots[2 * (row * wide + column)] = left + ((right - left) * (column + 0.5)) / wide;
      spots[2 * (row * wide + column) + 1] = top + ((bottom - top) * (row + 0.5)) / high;
    }
  }
  load({ space: state.space, projection: state.projection, spots, wide, high, from: [left, top], to: [right, bottom] });
}

export function paintShade(context) {
  const [x, y] = toPixels(shade.from);
  const [right, bottom] = toPixels(shade.to);
  context.imageSmoothingEnabled = true;
  context.drawImage(shade.picture, x, y, right - x, bottom - y);
  context.imageSmoothingEnabled = false;
}

export function connectShade(paint) {
  repaint = paint;
  const soon = debounced(refresh, 60);
  onMapMoved(soon);
  onMapReady(soon);
  subscribe((changed) => {
    if (changed.has("space") || changed.has("projection")) shade = null;
    if (changed.has("view")) soon();
  });
  // The other theme has another veil.
  new MutationObserver(soon).observe(document.documentElement, { attributes: true, attributeFilter: ["data-mantine-color-scheme"] });
}
