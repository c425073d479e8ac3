// The pictures of the gallery's tiles: asked for together, kept on sheets, and painted from there.
import { framed, latestOnly } from "../core/api.js";
import { isImage } from "../draw/form.js";
import { drawDifference, paintDifference } from "../draw/difference.js";
import { element } from "../core/element.js";
import { imageData, isDark } from "../draw/picture.js";
import { paintTile, TILE } from "../draw/vector_plot.js";
import { current, state } from "../core/store.js";

const MOST_ASKED = 64; // items of a request
const MOST_SHEETS = 40;
const BETWEEN = 4; // of two pictures of one tile

// What a tile shows: the item, the item beside its reconstruction, or what lies between them.
export const OFFERED = { item: "items", both: "with reconstructions", difference: "differences" };
export const shownAs = () => (current.info?.can.encode ? state.view.pictures ?? "item" : "item");
export const offered = () => Object.keys(OFFERED).filter((name) => name === "item" || current.info?.can.encode);
export const besides = () => (shownAs() === "both" ? 2 : 1);

let kept = new Map(); // item -> { canvas, y, w, h, scale }, the scale of a difference
let order = []; // the items of every sheet, the oldest first
let refused = new Set(); // items the server has no picture of
let keptOf = "";
let came = () => {};
/** @type {(error: any) => void} */
let failed = () => {};

export function onPictures(paint, tell) {
  came = paint;
  failed = tell;
}

// Differences lie on the page's ground, which may change.
const key = () => `${state.space}/${shownAs()}/${shownAs() === "difference" && isDark()}`;

function forgetOthers() {
  if (keptOf === key()) return;
  keptOf = key();
  kept = new Map();
  order = [];
  refused = new Set();
}

export function pictureOf(item) {
  forgetOthers();
  return kept.get(item) ?? null;
}

export const isRefused = (item) => refused.has(item);

// `items`: the nearest to where one looks first.
export function wantPictures(items) {
  forgetOthers();
  const missing = items.filter((item) => !kept.has(item) && !refused.has(item));
  if (missing.length) load({ space: state.space, as: shownAs(), items: missing.slice(0, MOST_ASKED) });
}

const load = latestOnly(
  [key],
  (asked) => framed(`spaces/${asked.space}/pictures`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ items: asked.items, reconstructions: asked.as !== "item" }),
  }),
  ({ about, pixels }, asked) => {
    keep(asked, about.shape.slice(1), pixels);
    came();
  },
  (error, asked) => {
    if (error.status >= 400 && error.status < 500) for (const item of asked.items) refused.add(item);
    failed(error);
  },
);

function keep({ items, as }, shape, pixels) {
  const [h, w] = isImage() ? shape : TILE.map((size) => 2 * size);
  const wide = as === "both" && isImage() ? 2 * w + BETWEEN : w;
  const canvas = element("canvas", { width: wide, height: h * items.length });
  items.forEach((item, i) => {
    const scale = paintOne(canvas.getContext("2d"), { as, shape, pixels, at: i, other: items.length + i, y: i * h, h, w });
    kept.set(item, { canvas, y: i * h, w: wide, h, scale });
  });
  order.push(items);
  if (order.length > MOST_SHEETS) for (const item of order.shift()) kept.delete(item);
}

// Returns the scale of a difference: each is scaled to its own item, so that small ones can be seen.
function paintOne(context, { as, shape, pixels, at, other, y, h, w }) {
  if (!isImage()) {
    const form = current.info.picture;
    if (as === "difference") return paintDifference(context, pixels, form, at, other, { x: 4, y: y + 4, w: w - 8, h: h - 8 }, isDark());
    // Two over each other would not be told apart at this size unless the first is faint.
    context.globalAlpha = as === "both" ? 0.4 : 1;
    paintTile(context, pixels, form, at, 0, y, w, h);
    context.globalAlpha = 1;
    if (as === "both") paintTile(context, pixels, form, other, 0, y, w, h);
  } else if (as === "difference") {
    const one = element("canvas");
    const scale = drawDifference(one, pixels, shape, at, other, isDark());
    context.drawImage(one, 0, y);
    return scale;
  } else {
    context.putImageData(imageData(pixels, shape, at), 0, y);
    if (as === "both") context.putImageData(imageData(pixels, shape, other), w + BETWEEN, y);
  }
  return undefined;
}
