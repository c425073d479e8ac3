// Lines from the point on show to its true neighbours: a map that tears them apart shows it.
import { latestOnly, postNumbers } from "../core/api.js";
import { nearestItems, onNearest } from "../item/nearest.js";
import { tellError } from "../core/notice.js";
import { colour } from "../draw/picture.js";
import { state, subscribe } from "../core/store.js";

let links = null; // { space, projection, items, places }
let repaint = () => {};

const wanted = () => Boolean(state.view.links) && nearestItems().length > 0;

// Places of the nearest items on the map on show; empty while unknown or not wanted.
export function linkedPlaces() {
  const fits = links && wanted() && links.space === state.space && links.projection === state.projection;
  return fits ? links.places : [];
}

const itemsNow = () => nearestItems().map((item) => item.index).join();

const load = latestOnly(
  ["space", "projection", "z", itemsNow],
  ({ space, projection, items }) => postNumbers(`spaces/${space}/places/${encodeURIComponent(projection)}`, Float32Array.from(items)),
  ({ shape, buffer }, asked) => {
    const numbers = new Float32Array(buffer);
    links = { ...asked, places: asked.items.map((_, i) => Array.from(numbers.subarray(i * shape[1], (i + 1) * shape[1]))) };
    repaint();
  },
  (error) => { if (error.status !== 409) tellError(error); },
);

function refresh() {
  if (!wanted()) {
    links = null;
    repaint();
    return;
  }
  const items = nearestItems().map((item) => item.index);
  const same = links && links.space === state.space && links.projection === state.projection && links.items.join() === items.join();
  if (same) repaint();
  else load({ space: state.space, projection: state.projection, items });
}

export function paintLinks(context, from, places) {
  context.strokeStyle = colour("--accent");
  context.fillStyle = colour("--ground");
  context.lineWidth = 1.25;
  context.globalAlpha = 0.75;
  context.beginPath();
  for (const [x, y] of places) {
    context.moveTo(...from);
    context.lineTo(x, y);
  }
  context.stroke();
  context.globalAlpha = 1;
  context.lineWidth = 1.75;
  for (const [x, y] of places) {
    context.beginPath();
    context.arc(x, y, 3.5, 0, 7);
    context.fill();
    context.stroke();
  }
}

export function connectLinks(paint) {
  repaint = paint;
  onNearest(refresh);
  subscribe((changed) => {
    if (changed.has("space") || changed.has("projection")) links = null;
    if (changed.has("view") || changed.has("projection")) refresh();
  });
}
