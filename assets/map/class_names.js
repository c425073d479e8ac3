// The names of classes written on the map: each as near to the middle of its class as it can stand without lying on another
// one or being cut off by the edge. Plotly draws them; they are only moved, and drawn anew they are moved anew.
import { drawnLabels, layout, plotBox, toPixels } from "./surface.js";

// Where boxes `{ x, y, w, h }`, by their middles, stand within `bounds` so that none lies on another: up or down by as little as will do.
export function apart(boxes, { left, top, width, height }) {
  const placed = [];
  const fit = (value, half, low, size) => Math.min(low + size - half, Math.max(low + half, value));
  const inside = boxes.map((box, at) => ({ ...box, at, x: fit(box.x, box.w / 2, left, width), y: fit(box.y, box.h / 2, top, height) }));
  for (const box of inside.toSorted((one, other) => one.y - other.y)) {
    const near = placed.filter((other) => Math.abs(other.x - box.x) < (other.w + box.w) / 2);
    const isFree = (y) => y - box.h / 2 >= top && y + box.h / 2 <= top + height && near.every((other) => Math.abs(other.y - y) > (other.h + box.h) / 2 - 0.01);
    const heights = [box.y, ...near.flatMap((other) => [-1, 1].map((way) => other.y + (way * (other.h + box.h)) / 2))];
    const free = heights.filter(isFree).sort((one, other) => Math.abs(one - box.y) - Math.abs(other - box.y));
    placed.push({ ...box, y: free[0] ?? box.y });
  }
  return placed.sort((one, other) => one.at - other.at).map(({ x, y }) => ({ x, y }));
}

function drawn() {
  return drawnLabels().flatMap(({ element: name, index, at }) => {
    const ground = name.querySelector("rect.bg");
    if (!ground) return [];
    const [x, y] = toPixels(at);
    return [{ name, index, x, y, w: Number(ground.getAttribute("width")), h: Number(ground.getAttribute("height")) }];
  });
}

export function placeClassNames() {
  const names = drawn();
  if (!names.length) return;
  apart(names, plotBox()).forEach(({ x, y }, i) => {
    names[i].name.style.transform = `translate(${(x - names[i].x).toFixed(1)}px, ${(y - names[i].y).toFixed(1)}px)`;
  });
}

// The same for a picture that is downloaded, which Plotly draws by itself.
export function placedAnnotations() {
  const names = drawn();
  const places = apart(names, plotBox());
  const annotations = (layout().annotations ?? []).map((one) => ({ ...one }));
  names.forEach(({ index, x, y }, i) => Object.assign(annotations[index], { xshift: places[i].x - x, yshift: y - places[i].y }));
  return annotations;
}
